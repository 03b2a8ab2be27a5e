package local_test

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const cloudFrontList = "com.amazonaws.global.cloudfront.origin-facing"

// newGroup is a security group of the network that was there before, which lets
// everything out.
func newGroup(ctx *pulumi.Context, name string) (*ec2.SecurityGroup, error) {
	group, err := ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{VpcId: pulumi.String(vpcID)})
	if err != nil {
		return nil, err
	}
	_, err = vpc.NewSecurityGroupEgressRule(ctx, name+"-out", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: group.ID(), IpProtocol: pulumi.String("-1"), CidrIpv4: pulumi.String("0.0.0.0/0"),
	})
	return group, err
}

// admitAddresses opens port 443 of a group to a CIDR, or with "" to CloudFront.
func admitAddresses(ctx *pulumi.Context, name string, group pulumi.StringInput, cidr string) error {
	rule := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group, IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
	}
	if cidr == "" {
		list, err := ec2.LookupManagedPrefixList(ctx, &ec2.LookupManagedPrefixListArgs{Name: pulumi.StringRef(cloudFrontList)})
		if err != nil {
			return err
		}
		rule.PrefixListId = pulumi.String(list.Id)
	} else {
		rule.CidrIpv4 = pulumi.String(cidr)
	}
	_, err := vpc.NewSecurityGroupIngressRule(ctx, name, rule)
	return err
}

// admitGroup opens a port of a group to the members of another one.
func admitGroup(ctx *pulumi.Context, name string, group, other pulumi.StringInput, port int) error {
	_, err := vpc.NewSecurityGroupIngressRule(ctx, name, &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group, ReferencedSecurityGroupId: other,
		IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(port), ToPort: pulumi.Int(port),
	})
	return err
}
