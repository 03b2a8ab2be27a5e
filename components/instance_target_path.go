package components

import (
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/requestpath"
)

// target is the instance as plans have it: as it was found, without the rule that is
// to admit the load balancer.
func (a *InstanceTargetArgs) target(found adoptedInstance) targetPlan {
	t := targetPlan{server: found.id, group: found.group, addresses: found.addresses}
	for _, id := range found.groups {
		t.groups = append(t.groups, requestpath.SecurityGroup{
			Name: id, Ingress: accessOf(found.rules, id), Egress: accessOf(found.egress, id),
		})
	}
	return t
}

func accessOf(rules []awsrule.SecurityGroupRule, group string) []requestpath.Access {
	var all []requestpath.Access
	for _, r := range rules {
		if r.GroupID != group {
			continue
		}
		access := requestpath.Access{Protocol: r.Protocol, SecurityGroup: r.FromGroup}
		if r.Protocol != "-1" {
			access.FromPort, access.ToPort = r.FromPort, r.ToPort
		}
		if strings.HasPrefix(r.Addresses, "pl-") {
			access.PrefixList = r.Addresses
		} else {
			access.CIDR = r.Addresses
		}
		all = append(all, access)
	}
	return all
}
