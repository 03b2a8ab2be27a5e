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
	// groups are all of the instance's.
	groups []string
	// rules are the inbound rules of all groups, and egress the outbound ones.
	rules, egress []albrule.GroupRule
	// addresses are the private one and, if there is one, the public one.
	addresses []string
}

// CheckInstanceTarget asks what NewInstanceTarget asks of the instance, before
// any part of the stack is made: that it exists and runs, that its group is
// clear, and, unless OpenIngress is "warn", that its port is not open to
// addresses. A program that makes a load balancer first calls it before that.
func CheckInstanceTarget(ctx *pulumi.Context, name string, args *InstanceTargetArgs, opts ...pulumi.InvokeOption) error {
	if args == nil {
		return errNoInstanceTargetArgs(name)
	}
	args = args.withDefaults()
	found, err := lookUpInstance(ctx, args, opts...)
	if err == nil && args.OpenIngress != OpenIngressWarn {
		err = found.openToAddresses(args)
	}
	if err != nil {
		return fmt.Errorf("InstanceTarget %q: %w", name, err)
	}
	return nil
}

// lookUpInstance finds out about the instance.
func lookUpInstance(ctx *pulumi.Context, args *InstanceTargetArgs, opts ...pulumi.InvokeOption) (adoptedInstance, error) {
	var found adoptedInstance
	instance, err := ec2.LookupInstance(ctx, &ec2.LookupInstanceArgs{InstanceId: &args.InstanceId}, opts...)
	if err != nil {
		return found, fmt.Errorf("looking up instance %q: %w", args.InstanceId, err)
	}
	if err := albrule.InstanceState(instance.InstanceState); err != nil {
		return found, fmt.Errorf("instanceId: %w", err)
	}
	found.group, err = albrule.InstanceGroup(args.SecurityGroupId, instance.VpcSecurityGroupIds)
	if err != nil {
		return found, fmt.Errorf("securityGroupId: %w", err)
	}
	found.groups = instance.VpcSecurityGroupIds
	for _, address := range []string{instance.PrivateIp, instance.PublicIp} {
		if address != "" {
			found.addresses = append(found.addresses, address)
		}
	}
	found.rules, found.egress, err = groupRules(ctx, instance.VpcSecurityGroupIds, opts...)
	return found, err
}

// openToAddresses refuses an instance whose port is open to addresses. No such
// rule is ever ours, so that needs no knowledge of the load balancer.
func (a adoptedInstance) openToAddresses(args *InstanceTargetArgs) error {
	if err := albrule.OpenToAddresses(a.rules, args.Route.Port); err != nil {
		return fmt.Errorf("instanceId: %w", err)
	}
	return nil
}

// groupRules are the rules of the groups.
func groupRules(ctx *pulumi.Context, groups []string, opts ...pulumi.InvokeOption) (in, out []albrule.GroupRule, err error) {
	listed, err := vpc.GetSecurityGroupRules(ctx, &vpc.GetSecurityGroupRulesArgs{
		Filters: []vpc.GetSecurityGroupRulesFilter{{Name: "group-id", Values: groups}},
	}, opts...)
	if err != nil {
		return nil, nil, fmt.Errorf("looking up the rules of security groups %v: %w", groups, err)
	}
	for _, id := range listed.Ids {
		rule, err := vpc.GetSecurityGroupRule(ctx, &vpc.GetSecurityGroupRuleArgs{SecurityGroupRuleId: &id}, opts...)
		if err != nil {
			return nil, nil, fmt.Errorf("looking up security group rule %q: %w", id, err)
		}
		found := albrule.GroupRule{
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
