package components

import (
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// Stand-ins, in plans, for addresses that AWS is still to choose.
const (
	anyPublicAddress  = "198.51.100.20"
	anyPrivateAddress = "10.0.0.20"
)

func cidrAccess(port int, cidr string) requestpath.Access {
	return requestpath.Access{Protocol: "tcp", FromPort: port, ToPort: port, CIDR: cidr}
}

func prefixListAccess(port int, list string) requestpath.Access {
	return requestpath.Access{Protocol: "tcp", FromPort: port, ToPort: port, PrefixList: list}
}

func groupAccess(port int, group string) requestpath.Access {
	return requestpath.Access{Protocol: "tcp", FromPort: port, ToPort: port, SecurityGroup: group}
}

// addAliases adds alias records that lead from names to what AWS names target.
func addAliases(p *requestpath.Plan, names []string, target string, ipv6 bool) {
	for _, n := range names {
		p.Records = append(p.Records, requestpath.Record{Name: n, Type: requestpath.RecordA, Alias: target})
		if ipv6 {
			p.Records = append(p.Records, requestpath.Record{Name: n, Type: requestpath.RecordAAAA, Alias: target})
		}
	}
}

// addGroup adds a security group, or its rules to the one of that name.
func addGroup(p *requestpath.Plan, g requestpath.SecurityGroup) {
	for i := range p.SecurityGroups {
		if own := &p.SecurityGroups[i]; own.Name == g.Name {
			own.Ingress = append(own.Ingress, g.Ingress...)
			own.Egress = append(own.Egress, g.Egress...)
			return
		}
	}
	p.SecurityGroups = append(p.SecurityGroups, g)
}

// serverOf is the plan's server of that name, nil if there is none.
func serverOf(p *requestpath.Plan, name string) *requestpath.Server {
	i := slices.IndexFunc(p.Servers, func(s requestpath.Server) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &p.Servers[i]
}
