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
	id string
	// vpc and zone are where it stands.
	vpc, zone string
	// placed says that the load balancer's VPC and zones were compared with these.
	placed bool
	// group gets the rule that admits the load balancer.
	group string
	// groups are all of the instance's.
	groups []string
	// rules are the inbound rules of all groups, and egress the outbound ones.
	rules, egress []awsrule.SecurityGroupRule
	// addresses are the private one and, if there is one, the public one.
	addresses []string
}

// lookUpInstance finds out about the instance of that id. The group is the one that
// was given, "" for none.
func (c *InstanceTarget) lookUpInstance(
	ctx *pulumi.Context, id, group string, opts ...pulumi.InvokeOption,
) (found adoptedInstance, err error) {
	instance, err := ec2.LookupInstance(ctx, &ec2.LookupInstanceArgs{InstanceId: &id}, opts...)
	if err != nil {
		return found, c.fault("instanceId", lookupFailed(err, "instance %q", id))
	}
	if err := awsrule.InstanceState(instance.InstanceState); err != nil {
		return found, c.fault("instanceId", err)
	}
	found.id, found.zone, found.groups = id, instance.AvailabilityZone, instance.VpcSecurityGroupIds
	if found.group, err = awsrule.InstanceGroup(group, found.groups); err != nil {
		return found, c.fault("securityGroupId", err)
	}
	for _, address := range []string{instance.PrivateIp, instance.PublicIp} {
		if address != "" {
			found.addresses = append(found.addresses, address)
		}
	}
	subnet, err := lookUpSubnet(ctx, instance.SubnetId, opts...)
	if err != nil {
		return found, c.fault("instanceId", err)
	}
	found.vpc = subnet.VPC
	found.rules, found.egress, err = groupRules(ctx, found.groups, opts...)
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
