package balancer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// matcher are ranges of codes that count as healthy.
type matcher [][2]int

// parseMatcher reads codes such as "200,301-399".
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
func parseMatcher(s string) (matcher, error) {
	var out matcher
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, errFrom := strconv.Atoi(first)
		to, errTo := strconv.Atoi(last)
		if errFrom != nil || errTo != nil {
			return nil, fmt.Errorf("healthCheck.matcher: must be codes or ranges of codes, got %q", s)
		}
		out = append(out, [2]int{from, to})
	}
	return out, nil
}

func (m matcher) has(code int) bool {
	for _, r := range m {
		if r[0] <= code && code <= r[1] {
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
	interval := r.seconds(g.config.Check.Interval, 30)
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
	ctx, cancel := context.WithTimeout(r.ctx, r.seconds(g.config.Check.Timeout, 5))
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
		return g.matcher.has(grpcStatus(res))
	}
	return g.matcher.has(res.StatusCode)
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
