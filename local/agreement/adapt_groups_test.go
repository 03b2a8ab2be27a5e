package agreement

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// closedGroup, which admits nothing, is attached to whatever has no group in the plan.
const closedGroup = "closed"

// adaptGroups adds the groups that are only referred to, and splits those that
// exceed the quota.
func adaptGroups(p *requestpath.Plan, request requestpath.Request) {
	for i := range p.LoadBalancers {
		attachSome(p, &p.LoadBalancers[i].SecurityGroups)
	}
	for i := range p.Servers {
		attachSome(p, &p.Servers[i].SecurityGroups)
		if image := p.Servers[i].Image; image != nil {
			for _, name := range image.EndpointGroups {
				describeGroup(p, name)
			}
		}
	}
	for _, name := range request.From.SecurityGroups {
		describeGroup(p, name)
	}
	for _, g := range slices.Clone(p.SecurityGroups) {
		for _, a := range slices.Concat(g.Ingress, g.Egress) {
			if a.SecurityGroup != "" && a.SecurityGroup != requestpath.VPCOriginGroup {
				describeGroup(p, a.SecurityGroup)
			}
		}
	}
	for _, g := range slices.Clone(p.SecurityGroups) {
		splitGroup(p, g.Name)
	}
}

func attachSome(p *requestpath.Plan, attached *[]string) {
	if len(*attached) == 0 {
		*attached = []string{closedGroup}
	}
	for _, name := range *attached {
		describeGroup(p, name)
	}
}

func describeGroup(p *requestpath.Plan, name string) {
	if group(p, name) == nil {
		p.SecurityGroups = append(p.SecurityGroups, requestpath.SecurityGroup{Name: name})
	}
}

func group(p *requestpath.Plan, name string) *requestpath.SecurityGroup {
	i := slices.IndexFunc(p.SecurityGroups, func(g requestpath.SecurityGroup) bool { return g.Name == name })
	if i < 0 {
		return nil
	}
	return &p.SecurityGroups[i]
}

// rulesPerGroup is how many rules fit into a group in each direction; a list of
// CloudFront's addresses counts as listWeight of them.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
const (
	rulesPerGroup = 60
	listWeight    = 55
)

// splitGroup drops duplicate rules and moves those above the quota into further
// groups, attached to whatever has the group.
func splitGroup(p *requestpath.Plan, name string) {
	g := group(p, name)
	in, out := portions(g.Ingress), portions(g.Egress)
	g.Ingress, g.Egress = in[0], out[0]
	for i := 1; i < max(len(in), len(out)); i++ {
		more := requestpath.SecurityGroup{Name: fmt.Sprintf("%s-%d", name, i+1)}
		if i < len(in) {
			more.Ingress = in[i]
		}
		if i < len(out) {
			more.Egress = out[i]
		}
		p.SecurityGroups = append(p.SecurityGroups, more)
		for _, attached := range attachments(p) {
			if slices.Contains(*attached, name) {
				*attached = append(*attached, more.Name)
			}
		}
	}
}

// attachments returns the list of groups of everything that can have groups.
func attachments(p *requestpath.Plan) []*[]string {
	var all []*[]string
	for i := range p.LoadBalancers {
		all = append(all, &p.LoadBalancers[i].SecurityGroups)
	}
	for i := range p.Servers {
		all = append(all, &p.Servers[i].SecurityGroups)
		if p.Servers[i].Image != nil {
			all = append(all, &p.Servers[i].Image.EndpointGroups)
		}
	}
	return all
}

// portions splits rules, without duplicates, into portions that fit into a group.
// There is at least one portion.
func portions(rules []requestpath.Access) [][]requestpath.Access {
	all := [][]requestpath.Access{nil}
	weight := 0
	var seen []requestpath.Access
	for _, r := range rules {
		r = plainAccess(r)
		if slices.Contains(seen, r) {
			continue
		}
		seen = append(seen, r)
		own := 1
		if r.PrefixList == requestpath.OriginFacing {
			own = listWeight
		}
		if weight += own; weight > rulesPerGroup {
			all, weight = append(all, nil), own
		}
		all[len(all)-1] = append(all[len(all)-1], r)
	}
	return all
}

// plainAccess is a rule with every default written out, so that equal rules are
// equal.
func plainAccess(a requestpath.Access) requestpath.Access {
	switch a.Protocol {
	case "-1":
		a.FromPort, a.ToPort = 0, 0
	case "", "tcp":
		a.Protocol = "tcp"
		if a.FromPort == 0 && a.ToPort == 0 {
			a.ToPort = 65535
		}
	}
	return a
}
