package components

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/albrule"
)

// adoptedInstance is what an InstanceTarget found out about its instance.
type adoptedInstance struct {
	// group gets the rule that admits the load balancer.
	group string
	// rules are the inbound rules of all of the instance's groups.
	rules []albrule.GroupRule
}

// adopt looks the instance up and refuses it while its port is open to
// addresses. No such rule is ever ours, so that needs no knowledge of the load
// balancer.
func (c *InstanceTarget) adopt(ctx *pulumi.Context) (adoptedInstance, error) {
	var found adoptedInstance
	instance, err := ec2.LookupInstance(ctx, &ec2.LookupInstanceArgs{InstanceId: &c.args.InstanceId}, pulumi.Parent(c))
	if err != nil {
		return found, fmt.Errorf("looking up instance %q: %w", c.args.InstanceId, err)
	}
	if err := albrule.InstanceState(instance.InstanceState); err != nil {
		return found, fmt.Errorf("instanceId: %w", err)
	}
	found.group, err = albrule.InstanceGroup(c.args.SecurityGroupId, instance.VpcSecurityGroupIds)
	if err != nil {
		return found, fmt.Errorf("securityGroupId: %w", err)
	}
	found.rules, err = c.inboundRules(ctx, instance.VpcSecurityGroupIds)
	if err != nil {
		return found, err
	}
	if err := c.tolerate(ctx, albrule.OpenToAddresses(found.rules, c.args.Route.Port)); err != nil {
		return found, fmt.Errorf("instanceId: %w", err)
	}
	return found, nil
}

func (c *InstanceTarget) inboundRules(ctx *pulumi.Context, groups []string) ([]albrule.GroupRule, error) {
	listed, err := vpc.GetSecurityGroupRules(ctx, &vpc.GetSecurityGroupRulesArgs{
		Filters: []vpc.GetSecurityGroupRulesFilter{{Name: "group-id", Values: groups}},
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("looking up the rules of security groups %v: %w", groups, err)
	}
	var rules []albrule.GroupRule
	for _, id := range listed.Ids {
		rule, err := vpc.GetSecurityGroupRule(ctx, &vpc.GetSecurityGroupRuleArgs{SecurityGroupRuleId: &id}, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("looking up security group rule %q: %w", id, err)
		}
		if rule.IsEgress {
			continue
		}
		rules = append(rules, albrule.GroupRule{
			ID:        id,
			GroupID:   rule.SecurityGroupId,
			Protocol:  rule.IpProtocol,
			FromPort:  rule.FromPort,
			ToPort:    rule.ToPort,
			Addresses: cmp.Or(rule.CidrIpv4, rule.CidrIpv6, rule.PrefixListId),
			FromGroup: rule.ReferencedSecurityGroupId,
		})
	}
	return rules, nil
}
