package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

// vpcOriginEnd is what a VPC origin leads to: a load balancer or an instance.
type vpcOriginEnd struct {
	name string
	arn  pulumi.StringOutput
	// idLength is the length of the id at the end of arn.
	idLength int
	// replaced says that changed settings give it another ARN, so that no VPC origin made elsewhere
	// leads to it for long.
	replaced bool
	// after are the resources that are there before the VPC origin.
	after []pulumi.Resource
	// admit lets CloudFront in, once its VPC origin exists, and returns the rules.
	admit func(ctx *pulumi.Context, vpcOriginID pulumi.StringInput) ([]pulumi.Resource, error)
}

// Lengths of the ids at the end of ARNs: 16 digits, and "i-" with 17 digits.
const (
	loadBalancerIDLength = 16
	instanceIDLength     = 19
)

// checkGateway refuses an adopted VPC, with an id that is a plain string, without an internet
// gateway. AWS wants one in a VPC with VPC origins, although nothing is routed through it.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
func (n *Network) checkGateway(ctx *pulumi.Context, parent pulumi.Resource) error {
	if !n.Adopted() {
		return nil
	}
	vpc, known := literal(n.args.Existing.VpcId)
	if !known {
		return nil
	}
	_, err := ec2.LookupInternetGateway(ctx, &ec2.LookupInternetGatewayArgs{
		Filters: []ec2.GetInternetGatewayFilter{{Name: "attachment.vpc-id", Values: []string{vpc}}},
	}, pulumi.Parent(parent))
	if err != nil {
		err = awsrule.VPCOriginGateway(vpc, lookupFailed(err, "its internet gateway"))
	}
	return err
}

// newVPCOriginRule admits CloudFront, once its VPC origin exists: by the security group that
// CloudFront has in the VPC then, which only distributions of this account have. AWS says
// that the group is there with the first VPC origin, but others have seen it later; until
// it is there, the rule is for CloudFront's prefix list, which admits the same connections. A
// later update finds the group, and replaces the rule.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// https://github.com/aws/aws-cdk/pull/33318
func newVPCOriginRule(
	ctx *pulumi.Context, parent pulumi.Resource, rule tcpRule, vpcID pulumi.StringOutput, vpcOriginID pulumi.StringInput, prefixList string,
) (*vpc.SecurityGroupIngressRule, error) {
	// The lookup comes after the VPC origin, and is not known before.
	known := pulumi.All(vpcID, vpcOriginID).ApplyT(func(both []any) string { return both[0].(string) }).(pulumi.StringOutput)
	groups := ec2.GetSecurityGroupsOutput(ctx, ec2.GetSecurityGroupsOutputArgs{Filters: ec2.GetSecurityGroupsFilterArray{
		ec2.GetSecurityGroupsFilterArgs{Name: pulumi.String("vpc-id"), Values: pulumi.StringArray{known}},
		ec2.GetSecurityGroupsFilterArgs{Name: pulumi.String("group-name"), Values: pulumi.ToStringArray([]string{awstable.VPCOriginGroup})},
	}}, pulumi.Parent(parent)).Ids()
	rule.description = "HTTPS from CloudFront"
	rule.peer = groups.ApplyT(func(ids []string) *string {
		if len(ids) == 0 {
			return nil
		}
		return &ids[0]
	}).(pulumi.StringPtrOutput)
	rule.prefixList = groups.ApplyT(func(ids []string) *string {
		if len(ids) > 0 {
			return nil
		}
		return &prefixList
	}).(pulumi.StringPtrOutput)
	return rule.in(ctx, parent)
}
