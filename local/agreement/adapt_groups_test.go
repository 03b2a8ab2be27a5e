package agreement

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// closedGroup is worn by what wears no group in the plan: it admits nobody.
const closedGroup = "closed"

// adaptGroups makes the security groups such that all that is referred to exists
// and everything fits into the quota.
func adaptGroups(p *requestpath.Plan, request requestpath.Request) {
	for i := range p.Balancers {
		wearSome(p, &p.Balancers[i].SecurityGroups)
	}
	for i := range p.Servers {
		wearSome(p, &p.Servers[i].SecurityGroups)
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
			if a.SecurityGroup != "" {
				describeGroup(p, a.SecurityGroup)
			}
		}
	}
	for _, g := range slices.Clone(p.SecurityGroups) {
		splitGroup(p, g.Name)
	}
}

func wearSome(p *requestpath.Plan, worn *[]string) {
	if len(*worn) == 0 {
		*worn = []string{closedGroup}
	}
	for _, name := range *worn {
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

// splitGroup drops rules that are said twice and moves those that do not fit into
// groups of their own, which whoever wears the group wears too.
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
		for _, worn := range wardrobes(p) {
			if slices.Contains(*worn, name) {
				*worn = append(*worn, more.Name)
			}
		}
	}
}

// wardrobes are all lists of groups that something wears.
func wardrobes(p *requestpath.Plan) []*[]string {
	var all []*[]string
	for i := range p.Balancers {
		all = append(all, &p.Balancers[i].SecurityGroups)
	}
	for i := range p.Servers {
		all = append(all, &p.Servers[i].SecurityGroups)
		if p.Servers[i].Image != nil {
			all = append(all, &p.Servers[i].Image.EndpointGroups)
		}
	}
	return all
}

// portions are rules, each once, in portions that fit into a group; one at least.
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
