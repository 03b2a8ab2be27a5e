package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// validateVPCOrigin refuses what a load balancer that only a VPC origin leads to has no use
// for.
func (a *SecuredALBArgs) validateVPCOrigin(l *fault.List) {
	if a.AccessFrom != AccessFromVpcOrigin {
		return
	}
	if len(a.AliasNames) > 0 {
		l.Addf("aliasNames", "must be empty when accessFrom is %q, got %q: CloudFront finds the load balancer without a record, "+
			"and the record would lead viewers to its private addresses (no answer); leave them out", AccessFromVpcOrigin, a.AliasNames)
	}
	if a.DualStack {
		l.Addf("dualStack", "must be false when accessFrom is %q, got true: CloudFront connects to VPC origins over IPv4; leave it out", AccessFromVpcOrigin)
	}
}

// checkGateway refuses an adopted VPC, with an id that is a plain string, without an internet
// gateway. AWS wants one in a VPC with VPC origins, although nothing is routed through it.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
func (c *SecuredALB) checkGateway(ctx *pulumi.Context) error {
	n := c.args.Network
	if c.args.AccessFrom != AccessFromVpcOrigin || !n.Adopted() {
		return nil
	}
	vpc, known := literal(n.args.Existing.VpcId)
	if !known {
		return nil
	}
	_, err := ec2.LookupInternetGateway(ctx, &ec2.LookupInternetGatewayArgs{
		Filters: []ec2.GetInternetGatewayFilter{{Name: "attachment.vpc-id", Values: []string{vpc}}},
	}, pulumi.Parent(c))
	if err != nil {
		err = awsrule.VPCOriginGateway(vpc, lookupFailed(err, "its internet gateway"))
	}
	return c.fault("network", err)
}

// admitVPCOrigin admits CloudFront, once its VPC origin exists: by the security group that
// CloudFront has in the VPC then, which only distributions of this account have. AWS says
// that the group is there with the first VPC origin, but others have seen it later; until
// it is there, the rule is for CloudFront's prefix list, which admits the same connections. A
// later update finds the group, and replaces the rule.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// https://github.com/aws/aws-cdk/pull/33318
func (c *SecuredALB) admitVPCOrigin(ctx *pulumi.Context, vpcOriginID pulumi.StringInput) error {
	if len(c.IngressRules) > 0 { // by another distribution
		return nil
	}
	list, err := lookupPrefixList(ctx, c, awstable.CloudFrontPrefixList, c.args.SecurityGroupRuleQuota)
	if err != nil {
		return c.fault("securityGroupRuleQuota", err)
	}
	// The lookup comes after the VPC origin, and is not known before.
	vpc := pulumi.All(c.VpcId, vpcOriginID).ApplyT(func(both []any) string { return both[0].(string) }).(pulumi.StringOutput)
	groups := ec2.GetSecurityGroupsOutput(ctx, ec2.GetSecurityGroupsOutputArgs{Filters: ec2.GetSecurityGroupsFilterArray{
		ec2.GetSecurityGroupsFilterArgs{Name: pulumi.String("vpc-id"), Values: pulumi.StringArray{vpc}},
		ec2.GetSecurityGroupsFilterArgs{Name: pulumi.String("group-name"), Values: pulumi.ToStringArray([]string{awstable.VPCOriginGroup})},
	}}, pulumi.Parent(c)).Ids()
	admitted, err := tcpRule{
		name: c.name + "-in-vpc-origin", description: "HTTPS from CloudFront", tags: c.args.Tags,
		group: c.SecurityGroup.ID(), port: awstable.HTTPSPort,
		peer: groups.ApplyT(func(ids []string) *string {
			if len(ids) == 0 {
				return nil
			}
			return &ids[0]
		}).(pulumi.StringPtrOutput),
		prefixList: groups.ApplyT(func(ids []string) *string {
			if len(ids) > 0 {
				return nil
			}
			return &list
		}).(pulumi.StringPtrOutput),
	}.in(ctx, c)
	if err != nil {
		return err
	}
	c.IngressRules = append(c.IngressRules, admitted)
	return nil
}
