package registered

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// unknownGroups stands for security groups of which nothing is known.
const unknownGroups = "security groups not known"

// bounds admit the least and the most to what is not known.
func (r *reader) bounds() (least, most requestpath.Plan) {
	least, most = r.Plan, r.Plan
	least.SecurityGroups = changed(r.Plan.SecurityGroups, func(g *requestpath.SecurityGroup) {
		if g.Name == unknownGroups {
			g.Ingress, g.Egress = nil, nil
		}
	})
	least.Servers = changed(r.Plan.Servers, func(s *requestpath.Server) {
		s.Addresses = slices.DeleteFunc(slices.Clone(s.Addresses), func(a string) bool { return slices.Contains(r.standIns, a) })
	})
	most.SecurityGroups = slices.Clone(r.Plan.SecurityGroups)
	for _, name := range present(r.open) {
		g := groupIn(&most, name)
		g.Ingress, g.Egress = append(slices.Clone(g.Ingress), everything...), append(slices.Clone(g.Egress), everything...)
	}
	most.LoadBalancers = changed(r.Plan.LoadBalancers, func(b *requestpath.LoadBalancer) {
		b.Listeners = changed(b.Listeners, func(l *requestpath.Listener) {
			l.Rules = changed(l.Rules, func(rule *requestpath.ListenerRule) {
				rule.Conditions = slices.DeleteFunc(slices.Clone(rule.Conditions), unknownCondition)
			})
		})
	})
	return least, most
}

// changed is a copy of a list with every element changed.
func changed[T any](all []T, change func(*T)) []T {
	all = slices.Clone(all)
	for i := range all {
		change(&all[i])
	}
	return all
}

// everything is what a group admits that admits all.
var everything = []requestpath.Access{{Protocol: "-1", CIDR: "0.0.0.0/0"}, {Protocol: "-1", CIDR: "::/0"}}

// publicStandIn is an address that is kept for documentation.
// Sourced: https://www.rfc-editor.org/rfc/rfc5737
func publicStandIn(n int) string { return fmt.Sprintf("198.51.100.%d", 1+n%250) }

// standIn are a private and a public address for a server whose own are not known.
func (r *reader) standIn(n int) []string {
	public := publicStandIn(n)
	r.standIns = append(r.standIns, public)
	return []string{r.addressIn("", 200+n), public}
}
