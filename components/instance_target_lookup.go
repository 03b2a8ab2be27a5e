package components

import (
	"cmp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// adoptedInstance is what an InstanceTarget found out about its instance.
type adoptedInstance struct {
	// group gets the rule that admits the load balancer.
	group string
	// groups are all of the instance's.
	groups []string
	// rules are the inbound rules of all groups, and egress the outbound ones.
	rules, egress []awsrule.SecurityGroupRule
	// addresses are the private one and, if there is one, the public one.
	addresses []string
}

func (c *InstanceTarget) lookUpInstance(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (found adoptedInstance, err error) {
	args := c.args
	instance, err := ec2.LookupInstance(ctx, &ec2.LookupInstanceArgs{InstanceId: &args.InstanceId}, opts...)
	if err != nil {
		return found, c.fault("instanceId", lookupFailed(err, "instance %q", args.InstanceId))
	}
	if err := awsrule.InstanceState(instance.InstanceState); err != nil {
		return found, c.fault("instanceId", err)
	}
	found.group, err = awsrule.InstanceGroup(args.SecurityGroupId, instance.VpcSecurityGroupIds)
	if err != nil {
		return found, c.fault("securityGroupId", err)
	}
	found.groups = instance.VpcSecurityGroupIds
	for _, address := range []string{instance.PrivateIp, instance.PublicIp} {
		if address != "" {
			found.addresses = append(found.addresses, address)
		}
	}
	found.rules, found.egress, err = groupRules(ctx, instance.VpcSecurityGroupIds, opts...)
	return found, c.fault("instanceId", err)
}

func groupRules(ctx *pulumi.Context, groups []string, opts ...pulumi.InvokeOption) (in, out []awsrule.SecurityGroupRule, err error) {
	listed, err := vpc.GetSecurityGroupRules(ctx, &vpc.GetSecurityGroupRulesArgs{
		Filters: []vpc.GetSecurityGroupRulesFilter{{Name: "group-id", Values: groups}},
	}, opts...)
	if err != nil {
		return nil, nil, lookupFailed(err, "the rules of security groups %v", groups)
	}
	for _, id := range listed.Ids {
		rule, err := vpc.GetSecurityGroupRule(ctx, &vpc.GetSecurityGroupRuleArgs{SecurityGroupRuleId: &id}, opts...)
		if err != nil {
			return nil, nil, lookupFailed(err, "security group rule %q", id)
		}
		found := awsrule.SecurityGroupRule{
			ID:        id,
			GroupID:   rule.SecurityGroupId,
			Protocol:  rule.IpProtocol,
			FromPort:  rule.FromPort,
			ToPort:    rule.ToPort,
			Addresses: cmp.Or(rule.CidrIpv4, rule.CidrIpv6, rule.PrefixListId),
			FromGroup: rule.ReferencedSecurityGroupId,
		}
		if rule.IsEgress {
			out = append(out, found)
		} else {
			in = append(in, found)
		}
	}
	return in, out, nil
}
