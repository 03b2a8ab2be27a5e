package requestpath

import (
	"net/netip"
	"slices"
	"strings"
)

// asSent are ordinary probes as those would send them whom the plan is for: from
// an address that the load balancer admits, and as gRPC calls where the targets take
// nothing else.
func (w *walker) asSent(probes []Probe) []Probe {
	var all []Probe
	for _, p := range probes {
		outcome := p.Walk(*w.plan).Chain.Outcome
		if address := w.admittedBy(outcome); address != "" {
			p.Request.From.Address = address
			outcome = p.Walk(*w.plan).Chain.Outcome
		}
		if w.wantsGRPC(outcome) {
			if p.Request.Scheme == SchemeHTTP {
				continue // nobody calls gRPC over a redirect
			}
			p.Name += " (gRPC)"
			p.Request.Method, p.Request.Version = "POST", GRPC
		}
		all = append(all, p)
	}
	return all
}

// admittedBy is the first address of a range that the load balancer is open to, when
// it is not open to everybody; "" when that is not what went wrong.
func (w *walker) admittedBy(o Outcome) string {
	b := find(w.plan.LoadBalancers, func(b *LoadBalancer) bool { return b.Name == o.ByName })
	if o.Reason != Timeout || o.By != HopLoadBalancer || b == nil {
		return ""
	}
	for _, name := range b.SecurityGroups {
		g := w.plan.group(name)
		if g == nil {
			continue
		}
		for _, rule := range g.Ingress {
			if prefix, err := netip.ParsePrefix(rule.CIDR); err == nil {
				return prefix.Addr().String()
			}
		}
	}
	return ""
}

// wantsGRPC says that a target group refused it for being no gRPC call.
func (w *walker) wantsGRPC(o Outcome) bool {
	return o.Status == 464 && o.XCache == "" && slices.ContainsFunc(w.plan.TargetGroups, func(g TargetGroup) bool {
		return g.ProtocolVersion == VersionGRPC && strings.HasPrefix(o.Field, part("targetGroups", g.Name)+".")
	})
}
