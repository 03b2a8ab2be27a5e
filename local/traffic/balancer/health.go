package balancer

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// isHealthy says whether a code is among those of a matcher such as "200,301-399".
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
func isHealthy(matcher string, code int) bool {
	for part := range strings.SplitSeq(matcher, ",") {
		first, last, _ := strings.Cut(part, "-")
		from, _ := strconv.Atoi(first)
		to, _ := strconv.Atoi(cmp.Or(last, first))
		if from <= code && code <= to {
			return true
		}
	}
	return false
}

// watch checks the targets of a group, each by itself, until the load balancer
// closes.
func (r *Running) watch(g *group) {
	for _, t := range g.targets {
		if t.Unused == "" && t.override != Draining {
			r.run(func() { r.watchTarget(g, t) })
		}
	}
}

func (r *Running) watchTarget(g *group, t *target) {
	probes := r.newProbes(g.config)
	defer probes.CloseIdleConnections()
	interval := r.network.Clock().Seconds(g.config.Check.Interval)
	for {
		passed := t.override != Unhealthy && r.check(g, t, probes)
		if r.ctx.Err() != nil {
			return
		}
		g.recordCheck(t, passed)
		next := time.NewTimer(interval)
		select {
		case <-next.C:
		case <-r.ctx.Done():
			next.Stop()
			return
		}
	}
}

// check asks a target once. The Host header is its address, with the port.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// (the User-Agent: .../application/load-balancer-troubleshooting.html)
func (r *Running) check(g *group, t *target, probes http.RoundTripper) bool {
	ctx, cancel := context.WithTimeout(r.ctx, r.network.Clock().Seconds(g.config.Check.Timeout))
	defer cancel()
	c := g.config.Check
	at := t.at
	if c.Port != 0 {
		at = netip.AddrPortFrom(t.Address, uint16(c.Port))
	}
	method, body := http.MethodGet, io.Reader(nil)
	if g.config.Version == VersionGRPC {
		method, body = http.MethodPost, strings.NewReader("\x00\x00\x00\x00\x00") // one empty message
	}
	req, err := http.NewRequestWithContext(ctx, method, schemeOf(c.Secure)+"://"+at.String()+c.Path, body)
	if err != nil {
		return false
	}
	req.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	req.Header.Set("Accept-Encoding", "gzip, compressed")
	if g.config.Version == VersionGRPC {
		req.Header.Set("Content-Type", "application/grpc")
		req.Header.Set("Te", "trailers")
	}
	res, err := probes.RoundTrip(req)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, res.Body)
	if e := res.Body.Close(); err != nil || e != nil {
		return false
	}
	if g.config.Version == VersionGRPC {
		return isHealthy(c.Matcher, grpcStatus(res))
	}
	return isHealthy(c.Matcher, res.StatusCode)
}

// grpcStatus is the status of a gRPC answer, in its trailers or, when there is
// nothing else, in its header; -1 without one.
func grpcStatus(res *http.Response) int {
	for _, h := range []http.Header{res.Trailer, res.Header} {
		if code, err := strconv.Atoi(h.Get("Grpc-Status")); err == nil {
			return code
		}
	}
	return -1
}

func schemeOf(secure bool) string {
	if secure {
		return "https"
	}
	return "http"
}
