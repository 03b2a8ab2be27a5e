package requestpath

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// mismatch is 464: the request's version is not one that the target group takes.
//
//	request   HTTP1   HTTP2                        GRPC
//	HTTP/1.1  ok      464                          464
//	HTTP/2    ok      ok                           POST only, else 464
//	gRPC      464     ok if the target speaks it   ok
//
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (g *TargetGroup) mismatch(c call) *cause {
	if g.takes(c) {
		return nil
	}
	what, version := c.version, VersionHTTP1
	switch c.version {
	case HTTP2:
		what, version = "HTTP/2 "+c.method, VersionHTTP2
	case GRPC:
		version = VersionGRPC
	}
	out := &cause{
		fact: factProtocolVersion, field: part("targetGroups", g.Name) + ".protocolVersion",
		why: fmt.Sprintf("the request is %s and target group %s takes version %s", what, g.Name, g.ProtocolVersion),
		fix: fmt.Sprintf("set the target group's protocol version to %s", version),
	}
	if c.from.fetch != nil && c.version == HTTP11 {
		// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
		out.why += ": CloudFront speaks HTTP/1.1 to its origins, whatever the viewer speaks"
		out.fix += ", or let viewers reach the load balancer without CloudFront; for gRPC enable it on the distribution and forward over HTTPS"
	}
	return out
}

func (g *TargetGroup) takes(c call) bool {
	switch g.ProtocolVersion {
	case VersionHTTP2:
		return c.version != HTTP11
	case VersionGRPC:
		return c.version == GRPC || c.version == HTTP2 && c.method == "POST"
	}
	return c.version != GRPC
}

// toTarget picks a target and passes the request on.
func (w *walker) toTarget(h *Hop, c call, b *LoadBalancer, l *Listener, g *TargetGroup) *answer {
	out := g.targetCall(c, b, l)
	registered, none := w.registered(h, g)
	if len(registered) == 0 {
		return none
	}
	a := w.dial(out, g, w.pick(out, b, g, registered))
	switch {
	case a.final():
		return a
	case a.delay > b.IdleTimeoutSeconds:
		return b.targetSlow(h, a.delay)
	case a.Status == 0:
		return targetFailed(h, a)
	}
	return a
}

// targetCall is the request that the load balancer makes of the sender's. Nobody
// checks a target's certificate, and no SNI is sent, which no page of AWS
// mentions.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
func (g *TargetGroup) targetCall(c call, b *LoadBalancer, l *Listener) call {
	out := c
	out.from, out.sni, out.checks = b.peer(), "", nil
	out.scheme, out.tls = strings.ToLower(g.Protocol), backendTLS(l.SecurityPolicy)
	out.offers, out.priorKnowledge = offeredBy(GRPC), true
	if g.ProtocolVersion == VersionHTTP1 {
		out.version, out.offers = HTTP11, offeredBy(HTTP11)
	}
	return out
}

// registered are the targets that may get requests, or the answer without any.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (w *walker) registered(h *Hop, g *TargetGroup) ([]Target, *answer) {
	field := part("targetGroups", g.Name) + ".targets"
	missing := cause{
		fact: factNoTargets, field: field,
		why: fmt.Sprintf("target group %s has no registered target that the load balancer may use", g.Name),
		fix: "register a running target, in a zone that the load balancer has",
	}
	var usable []Target
	for _, t := range g.Targets {
		s := w.plan.server(t.Server)
		if s == nil {
			return nil, h.undescribed(field, "server "+t.Server)
		}
		if c := w.neverStarts(s); c != nil {
			missing = *c
			continue
		}
		switch t.Health {
		case Unused:
		case Draining:
			missing = cause{
				fact: factDraining, field: field,
				why: fmt.Sprintf("all targets of group %s are being deregistered", g.Name),
				fix: "register a target before the last one goes",
			}
		default:
			usable = append(usable, t)
		}
	}
	if len(usable) == 0 {
		return nil, h.answers(503, missing)
	}
	return usable, nil
}

// pick is the first healthy target. When none is, the load balancer uses them all.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func (w *walker) pick(out call, b *LoadBalancer, g *TargetGroup, targets []Target) Target {
	healthy := func(t Target) bool {
		if t.Health == "" {
			trial := &walker{plan: w.plan}
			return trial.dial(out, g, t).Status != 0
		}
		return t.Health == Healthy
	}
	if i := slices.IndexFunc(targets, healthy); i >= 0 {
		return targets[i]
	}
	w.warn(factFailOpen, nil, "no target of group %s is healthy: load balancer %s fails open and routes to unhealthy targets", g.Name, b.Name)
	return targets[0]
}

func (w *walker) dial(out call, g *TargetGroup, t Target) *answer {
	s := w.plan.server(t.Server)
	out.port = cmp.Or(t.Port, g.Port)
	at := place{server: s, address: s.privateAddress()}
	out.dialled = at.address.String()
	return w.atServer(out, HopTarget, at)
}

// privateAddress is the first private one, or the first at all.
func (s *Server) privateAddress() netip.Addr {
	var first netip.Addr
	for _, text := range s.Addresses {
		a, err := netip.ParseAddr(text)
		switch {
		case err != nil:
		case isPrivate(a):
			return a
		case !first.IsValid():
			first = a
		}
	}
	return first
}

// connectSeconds is how long a load balancer tries to connect to a target.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
const connectSeconds = 10

// targetFailed makes 504 of dropped packets and 502 of every other failure.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func targetFailed(h *Hop, failure *answer) *answer {
	a := h.instead(502, failure)
	switch failure.Reason {
	case Timeout:
		a.Status, a.Fact, a.delay = 504, factTargetDropped, connectSeconds
	case TLSAlert:
		a.Fact = factTargetTLS
	case NoCommonVersion:
		a.Fact = factTargetHTTPVersion
	default:
		a.Fact = factTargetRefused
	}
	a.Why = fmt.Sprintf("the load balancer cannot use its target %s: %s", failure.ByName, failure.Why)
	return a
}

// targetSlow is 504: the load balancer waits no longer.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (b *LoadBalancer) targetSlow(h *Hop, delay int) *answer {
	a := h.answer(504, cause{
		fact: factTargetSlow, field: part("loadBalancers", b.Name) + ".idleTimeoutSeconds",
		why: fmt.Sprintf("the target takes %d s and the load balancer waits %d s", delay, b.IdleTimeoutSeconds),
		fix: "answer sooner, or raise the idle timeout",
	})
	a.delay = b.IdleTimeoutSeconds
	return a
}
