package registered

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// unknownGroups stands for security groups of which nothing is known.
const unknownGroups = "security groups not known"

// Unsure are the notes because of which it cannot be known whether a request has
// the outcome that Follow predicts. It is empty when the outcome is judged alike and
// comes from the same resource, whether the rules and conditions that are not known
// admit and match nothing or everything.
func (m *Model) Unsure(request requestpath.Request, judge func(requestpath.Chain) bool) []Note {
	unsure := slices.DeleteFunc(slices.Clone(m.Notes), func(n Note) bool { return !n.unsure })
	if len(unsure) == 0 {
		return nil
	}
	least, most := m.followIn(m.least, request), m.followIn(m.most, request)
	if judge(least) == judge(most) && least.Outcome.Status == most.Outcome.Status && least.Outcome.ByName == most.Outcome.ByName {
		return nil
	}
	return unsure
}

func (m *Model) followIn(bound requestpath.Plan, request requestpath.Request) requestpath.Chain {
	plan := m.PlanFor(request.Path)
	plan.SecurityGroups, plan.Servers, plan.LoadBalancers = bound.SecurityGroups, bound.Servers, bound.LoadBalancers
	return requestpath.Follow(plan, request, 0)
}

// bounds admit the least and the most to what is not known.
func (r *reader) bounds() (least, most requestpath.Plan) {
	least, most = r.Plan, r.Plan
	least.SecurityGroups = slices.Clone(r.Plan.SecurityGroups)
	for i := range least.SecurityGroups {
		if g := &least.SecurityGroups[i]; g.Name == unknownGroups {
			g.Ingress, g.Egress = nil, nil
		}
	}
	least.Servers = slices.Clone(r.Plan.Servers)
	for i := range least.Servers {
		s := &least.Servers[i]
		s.Addresses = slices.DeleteFunc(slices.Clone(s.Addresses), func(a string) bool { return slices.Contains(r.standIns, a) })
	}
	most.SecurityGroups = slices.Clone(r.Plan.SecurityGroups)
	for _, name := range present(r.open) {
		g := groupIn(&most, name)
		g.Ingress, g.Egress = append(slices.Clone(g.Ingress), everything...), append(slices.Clone(g.Egress), everything...)
	}
	most.LoadBalancers = matchingAll(r.Plan.LoadBalancers)
	return least, most
}

// matchingAll leaves out conditions without values, which are not known.
func matchingAll(loadBalancers []requestpath.LoadBalancer) []requestpath.LoadBalancer {
	loadBalancers = slices.Clone(loadBalancers)
	for i := range loadBalancers {
		listeners := slices.Clone(loadBalancers[i].Listeners)
		for j := range listeners {
			rules := slices.Clone(listeners[j].Rules)
			for k := range rules {
				rules[k].Conditions = slices.DeleteFunc(slices.Clone(rules[k].Conditions),
					func(c requestpath.Condition) bool { return len(c.Values) == 0 })
			}
			listeners[j].Rules = rules
		}
		loadBalancers[i].Listeners = listeners
	}
	return loadBalancers
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
