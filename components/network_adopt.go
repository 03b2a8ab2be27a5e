package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// adopt hands on what was given.
func (n *Network) adopt(ctx *pulumi.Context) error {
	e := n.args.Existing
	n.VpcId = e.VpcId.ToStringOutput()
	n.PublicSubnetIds = n.checkedSubnets(ctx, existingPublic, e.PublicSubnetIds, awsrule.LoadBalancerSubnets)
	n.PrivateSubnetIds = n.checkedSubnets(ctx, existingPrivate, e.PrivateSubnetIds, awsrule.AdoptedSubnets)
	n.EndpointSecurityGroupId = orEmpty(e.EndpointSecurityGroupId)
	n.S3PrefixListId = orEmpty(e.S3PrefixListId)
	return nil
}

func orEmpty(in pulumi.StringInput) pulumi.StringOutput {
	if in == nil {
		in = pulumi.String("")
	}
	return in.ToStringOutput()
}

// checkedSubnets are the ids, checked once they are known, so that subnets of another VPC
// are refused before anything is put into them. LookUp has checked plain strings.
func (n *Network) checkedSubnets(
	ctx *pulumi.Context, path string, ids pulumi.StringArrayInput, rule subnetRule,
) pulumi.StringArrayOutput {
	if ids == nil {
		return pulumi.StringArray{}.ToStringArrayOutput()
	}
	if _, _, known := n.args.Existing.plain(ids); known {
		return ids.ToStringArrayOutput()
	}
	return pulumi.All(n.args.Existing.VpcId.ToStringOutput(), ids).ApplyT(func(v []any) ([]string, error) {
		ids := v[1].([]string)
		_, err := lookUpSubnets(ctx, v[0].(string), ids, rule, pulumi.Parent(n))
		return ids, n.fault(path, err)
	}).(pulumi.StringArrayOutput)
}
