package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// subnetRule says whether subnets of a VPC can be adopted.
type subnetRule func(vpc string, subnets []awsrule.AdoptedSubnet) error

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
	_, vpcKnown := literal(n.args.Existing.VpcId)
	if _, plain := literals(ids); plain && vpcKnown {
		return ids.ToStringArrayOutput()
	}
	return pulumi.All(n.args.Existing.VpcId.ToStringOutput(), ids).ApplyT(func(v []any) ([]string, error) {
		ids := v[1].([]string)
		subnets, err := lookUpSubnets(ctx, ids, []pulumi.InvokeOption{pulumi.Parent(n)})
		if err == nil {
			err = rule(v[0].(string), subnets)
		}
		return ids, n.fault(path, err)
	}).(pulumi.StringArrayOutput)
}
