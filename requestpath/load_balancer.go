package requestpath

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
)

// atLoadBalancer is a request that reaches a load balancer.
func (w *walker) atLoadBalancer(c call, b *LoadBalancer) *answer {
	h := w.arrive(HopLoadBalancer, b.Name, c)
	g := gate{field: part("loadBalancers", b.Name), groups: b.SecurityGroups, private: b.Internal, unrouted: b.Unrouted && !b.Internal}
	if dropped := w.pass(h, c, g); dropped != nil {
		return dropped
	}
	l := find(b.Listeners, func(l *Listener) bool { return l.Port == c.port })
	if l == nil {
		return h.closed(Refused, "refuses the connection: no listener", g.field)
	}
	if refused := l.undeployable(b); refused != nil {
		return h.refusedByAWS(refused)
	}
	c, refusal := w.enter(h, c, l.door(b))
	if refusal != nil {
		return refusal
	}
	if c.method == "TRACE" {
		// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
		return h.answers(405, cause{
			fact: factTrace, field: "request.method", why: "a load balancer does not take the method TRACE", fix: "use another method",
		})
	}
	if blocked := w.inspect(b.guarded(h), c); blocked != nil {
		return blocked
	}
	return w.decide(h, c, b, l)
}

// guarded is the load balancer as one that asks a web ACL, before its rules.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
// (the actions of a request that passes and is redirected are "waf,redirect")
func (b *LoadBalancer) guarded(h *Hop) guarded {
	return guarded{
		hop: h, name: b.WebACL, field: part("loadBalancers", b.Name) + ".webACL",
		limit: awstable.LoadBalancerBodyInspectionBytes, fact: factWebACLAtLoadBalancer,
	}
}

func (l *Listener) field(b *LoadBalancer) string {
	return fieldOf(part("loadBalancers", b.Name), part("listeners", l.Port))
}

// door is what the listener shows. HTTP/2 goes with HTTPS alone.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
func (l *Listener) door(b *LoadBalancer) door {
	d := door{
		field: l.field(b), secure: l.Protocol == ProtocolHTTPS,
		certificates: l.Certificates, tls: policyTLS(l.SecurityPolicy), versions: []string{HTTP11},
		minimumTLS: factTLSVersion, tlsField: l.field(b) + ".securityPolicy",
	}
	if d.secure {
		d.versions = []string{HTTP2, HTTP11}
	}
	if len(l.Certificates) > 0 {
		d.fallback = &l.Certificates[0]
		d.certificates = inOrder(l.Certificates)
	}
	return d
}

// inOrder are a listener's certificates in the order in which they are considered:
// valid ones first, and of those the ones that were added before the default one.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func inOrder(certificates []Certificate) []Certificate {
	all := append(slices.Clone(certificates[1:]), certificates[0])
	valid := slices.DeleteFunc(slices.Clone(all), func(c Certificate) bool { return c.Expired })
	expired := slices.DeleteFunc(all, func(c Certificate) bool { return !c.Expired })
	return append(valid, expired...)
}

// undeployable is what AWS refuses about the listener before any request.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html
func (l *Listener) undeployable(b *LoadBalancer) *cause {
	var at, why, fix string
	switch {
	case l.Protocol != ProtocolHTTP && l.Protocol != ProtocolHTTPS:
		at, why, fix = "protocol", fmt.Sprintf("a listener speaks HTTP or HTTPS, not %q", l.Protocol), "use HTTPS"
	case l.Protocol == ProtocolHTTPS && len(l.Certificates) == 0:
		at, why, fix = "certificates", "AWS refuses an HTTPS listener without a certificate", "give it one"
	case len(policyTLS(l.SecurityPolicy)) == 0:
		at, why = "securityPolicy", fmt.Sprintf("AWS has no security policy %q", l.SecurityPolicy)
		fix = "use " + awstable.RecommendedLoadBalancerPolicy
	default:
		return nil
	}
	return &cause{fact: factListenerInvalid, field: fieldOf(l.field(b), at), why: why, fix: fix}
}

func (w *walker) decide(h *Hop, c call, b *LoadBalancer, l *Listener) *answer {
	w.warnOfUnseenHosts(c, b, l)
	rule, name := l.match(c), "default"
	action, field := l.DefaultAction, l.field(b)+".defaultAction"
	if rule != nil {
		name = fmt.Sprint(rule.Priority)
		action, field = rule.Action, fieldOf(l.field(b), part("rules", rule.Priority), "action")
	}
	h.Rule = name
	switch {
	case !action.valid(l):
		return h.refusedByAWS(&cause{
			fact: factActionInvalid, field: field,
			why: fmt.Sprintf("AWS refuses the %q action at %s", action.Type, field),
			fix: "forward, answer 2xx, 4xx or 5xx, or redirect with 301 or 302 to another URL and never from HTTPS to HTTP",
		})
	case action.Type == ActionForward:
		h.Decision = fmt.Sprintf("forwards to target group %s", action.TargetGroup)
		return w.forward(h, c, b, l, action.TargetGroup, field)
	case action.Type == ActionRedirect:
		return h.redirects(max(action.Redirect.Status, 301), action.Redirect.location(c, l),
			cause{fact: factRedirectAction, why: fmt.Sprintf("rule %s of the listener on port %d redirects", name, l.Port)})
	}
	h.Decision = fmt.Sprintf("answers %d itself", action.Status)
	return h.answer(action.Status, l.fixedResponse(c, rule, action.Status, field))
}

// fixedResponse says why the listener itself answers. When the default action
// does, the rule that came closest to taking the request tells the reason.
func (l *Listener) fixedResponse(c call, rule *ListenerRule, status int, field string) cause {
	if rule != nil {
		return cause{fact: factFixedResponse, field: field,
			why: fmt.Sprintf("rule %d answers %d itself", rule.Priority, status),
			fix: "let the rule forward to a target group, if the request is meant to be served"}
	}
	if why, fix := l.nearMiss(c); why != "" {
		return cause{fact: factNoRuleMatches, field: field, why: why, fix: fix}
	}
	return cause{fact: factFixedResponse, field: field,
		why: fmt.Sprintf("no rule takes the request, so the default action of the listener answers %d", status),
		fix: "add a rule for this host and path that forwards to a target group"}
}

// valid says whether AWS takes the action on this listener.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
func (a Action) valid(l *Listener) bool {
	switch a.Type {
	case ActionForward:
		return true
	case ActionFixedResponse:
		return a.Status >= 200 && a.Status < 600 && a.Status/100 != 3
	case ActionRedirect:
		return a.Redirect != nil && a.Redirect.valid(l)
	}
	return false
}

func (w *walker) forward(h *Hop, c call, b *LoadBalancer, l *Listener, name, field string) *answer {
	g := w.plan.targetGroup(name)
	if g == nil {
		return h.undescribed(field, "target group "+name)
	}
	if refused := g.undeployable(l); refused != nil {
		return h.refusedByAWS(refused)
	}
	if mismatch := g.mismatch(c); mismatch != nil {
		return h.answers(464, *mismatch)
	}
	return w.toTarget(h, c, b, l, g)
}

// undeployable is a group whose version needs an HTTPS listener and has none.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
func (g *TargetGroup) undeployable(l *Listener) *cause {
	at := "protocolVersion"
	var why, fix string
	switch {
	case !slices.Contains([]string{ProtocolHTTP, ProtocolHTTPS}, g.Protocol):
		why, fix, at = fmt.Sprintf("a target group speaks HTTP or HTTPS, not %q", g.Protocol), "use HTTP or HTTPS", "protocol"
	case !slices.Contains([]string{VersionHTTP1, VersionHTTP2, VersionGRPC}, g.ProtocolVersion):
		why, fix = fmt.Sprintf("AWS has no protocol version %q", g.ProtocolVersion), "use HTTP1, HTTP2 or GRPC"
	case g.ProtocolVersion != VersionHTTP1 && l.Protocol != ProtocolHTTPS:
		why = fmt.Sprintf("AWS refuses to forward from an HTTP listener to a target group of version %s", g.ProtocolVersion)
		fix = "set the version to HTTP1, or use an HTTPS listener"
	default:
		return nil
	}
	return &cause{fact: factGroupNeedsHTTPS, field: fieldOf(part("targetGroups", g.Name), at), why: why, fix: fix}
}

// peer is the load balancer as its targets see it.
func (b *LoadBalancer) peer() peer {
	p := peer{groups: b.SecurityGroups, inside: true, guarded: true, loadBalancer: b}
	p.address, _ = netip.ParseAddr(b.PrivateAddress)
	return p
}
