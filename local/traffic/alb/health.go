package alb

import (
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// watch checks a target of a group until the load balancer closes. It speaks the
// TLS versions that requests to the group are sent in, over a connection for each
// check.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// (the TLS versions are inferred)
func (r *Running) watch(g *group, t *target) {
	probes := r.transport(g.ProtocolVersion, slices.Max(slices.Collect(maps.Keys(g.connections))))
	probes.DisableKeepAlives = true
	defer probes.CloseIdleConnections()
	interval := r.seconds(g.HealthCheck.Interval)
	for {
		passed := !t.fails && r.check(g, t, probes)
		if r.ctx.Err() != nil {
			return
		}
		g.recordCheck(t, passed)
		select {
		case <-time.After(interval):
		case <-r.ctx.Done():
			return
		}
	}
}

// check asks a target once. The Host header is its address, with the port.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// (the User-Agent: .../application/load-balancer-troubleshooting.html)
func (r *Running) check(g *group, t *target, probes http.RoundTripper) bool {
	c := g.HealthCheck
	ctx, cancel := context.WithTimeout(r.ctx, r.seconds(c.Timeout))
	defer cancel()
	at := t.at
	if port, err := strconv.ParseUint(c.Port, 10, 16); err == nil { // else it is "traffic-port"
		at = netip.AddrPortFrom(at.Addr(), uint16(port))
	}
	grpc := g.ProtocolVersion == versionGRPC
	method, body := http.MethodGet, io.Reader(nil)
	if grpc {
		method, body = http.MethodPost, strings.NewReader("\x00\x00\x00\x00\x00") // one empty message
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.ToLower(c.Protocol)+"://"+at.String()+c.Path, body)
	if err != nil {
		return false
	}
	req.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	req.Header.Set("Accept-Encoding", "gzip, compressed")
	if grpc {
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
	if grpc {
		return isHealthy(c.Matcher, grpcStatus(res))
	}
	return isHealthy(c.Matcher, res.StatusCode)
}

// grpcStatus is the status of a gRPC answer, in its trailers or, when there is
// nothing else, in its header; -1 without one.
func grpcStatus(res *http.Response) int {
	code, err := strconv.Atoi(cmp.Or(res.Trailer.Get("Grpc-Status"), res.Header.Get("Grpc-Status")))
	if err != nil {
		return -1
	}
	return code
}

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
