package requestpath

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

// toTarget picks a target and passes the request on.
func (w *walker) toTarget(h *Hop, c call, b *LoadBalancer, l *Listener, g *TargetGroup) (answer, *failure) {
	out := g.targetCall(c, b, l)
	registered, missing, f := w.registered(b, g)
	if f != nil {
		return answer{}, f
	}
	if len(registered) == 0 {
		h.Decision = "answers 503"
		return answer{status: 503, by: HopBalancer, byName: b.Name, cause: missing}, nil
	}
	t := w.pick(out, b, g, registered)
	a, f := w.dial(out, g, t)
	switch {
	case f != nil && f.final():
		return answer{}, f
	case f != nil && f.delay > b.IdleTimeoutSeconds:
		return b.targetSlow(f.delay), nil
	case f != nil:
		return b.targetFailed(f), nil
	case a.delay > b.IdleTimeoutSeconds:
		return b.targetSlow(a.delay), nil
	}
	return a, nil
}

// targetCall is the request that the balancer makes of the sender's. Nobody
// checks a target's certificate, and no SNI is sent, which no page of AWS
// mentions.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
func (g *TargetGroup) targetCall(c call, b *LoadBalancer, l *Listener) call {
	out := c
	out.from, out.sni, out.checks = b.peer(), "", nil
	out.scheme, out.tls = SchemeHTTP, backendTLS(l.SecurityPolicy)
	if g.Protocol == ProtocolHTTPS {
		out.scheme = SchemeHTTPS
	}
	out.offers, out.priorKnowledge = offeredBy(GRPC), true
	if g.ProtocolVersion == VersionHTTP1 {
		out.version, out.offers = HTTP11, offeredBy(HTTP11)
	}
	return out
}

// registered are the targets that may get requests. Without any, missing says
// why.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (w *walker) registered(b *LoadBalancer, g *TargetGroup) (usable []Target, missing cause, f *failure) {
	field := part("targetGroups", g.Name) + ".targets"
	missing = cause{
		fact: factNoTargets, field: field,
		why: fmt.Sprintf("target group %s has no registered target that the balancer may use", g.Name),
		fix: "register a running target, in a zone that the balancer has",
	}
	for _, t := range g.Targets {
		s := w.plan.server(t.Server)
		if s == nil {
			return nil, missing, undescribed(HopBalancer, b.Name, field, "server "+t.Server)
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
	return usable, missing, nil
}

// pick is the first healthy target. When none is healthy the balancer fails open
// and uses them all.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func (w *walker) pick(out call, b *LoadBalancer, g *TargetGroup, targets []Target) Target {
	healthy := func(t Target) bool {
		if t.Health == "" {
			trial := &walker{plan: w.plan}
			_, f := trial.dial(out, g, t)
			return f == nil
		}
		return t.Health == Healthy
	}
	if i := slices.IndexFunc(targets, healthy); i >= 0 {
		return targets[i]
	}
	w.warn(factFailOpen, nil, "no target of group %s is healthy: balancer %s fails open and routes to unhealthy targets", g.Name, b.Name)
	return targets[0]
}

// dial sends the request to one target.
func (w *walker) dial(out call, g *TargetGroup, t Target) (answer, *failure) {
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

// connectSeconds is how long a balancer tries to connect to a target.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
const connectSeconds = 10

// targetFailed turns a connection that failed into 502, or 504 when packets are
// dropped.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (b *LoadBalancer) targetFailed(f *failure) answer {
	a := answer{status: 502, by: HopBalancer, byName: b.Name, delay: f.delay, cause: f.cause}
	switch f.reason {
	case Timeout:
		a.status, a.fact, a.delay = 504, factTargetDropped, connectSeconds
	case TLSAlert:
		a.fact = factTargetTLS
	case NoCommonVersion:
		a.fact = factTargetHTTPVersion
	default:
		a.fact = factTargetRefused
	}
	a.why = fmt.Sprintf("the balancer cannot use its target %s: %s", f.byName, f.why)
	return a
}

// targetSlow is 504: the balancer waits no longer.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (b *LoadBalancer) targetSlow(delay int) answer {
	return answer{status: 504, by: HopBalancer, byName: b.Name, delay: b.IdleTimeoutSeconds, cause: cause{
		fact: factTargetSlow, field: part("loadBalancers", b.Name) + ".idleTimeoutSeconds",
		why: fmt.Sprintf("the target takes %d s and the balancer waits %d s", delay, b.IdleTimeoutSeconds),
		fix: "answer sooner, or raise the idle timeout",
	}}
}
