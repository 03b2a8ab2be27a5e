package components

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// adopt hands on what was given. Subnets are looked up on the way, so that one of
// another VPC is refused before anything is put into it.
func (n *Network) adopt(ctx *pulumi.Context) (err error) {
	e := n.args.Existing
	n.VpcId = e.VpcId.ToStringOutput()
	n.PublicSubnetIds, err = n.checkedSubnets(ctx, "existing.publicSubnetIds", e.PublicSubnetIds, awsrule.AdoptedPublicSubnets)
	if err != nil {
		return err
	}
	n.PrivateSubnetIds = pulumi.StringArray{}.ToStringArrayOutput()
	if e.PrivateSubnetIds != nil {
		n.PrivateSubnetIds, err = n.checkedSubnets(ctx, "existing.privateSubnetIds", e.PrivateSubnetIds, awsrule.AdoptedSubnets)
	}
	n.EndpointSecurityGroupId = orEmpty(e.EndpointSecurityGroupId)
	n.S3PrefixListId = orEmpty(e.S3PrefixListId)
	return err
}

func orEmpty(in pulumi.StringInput) pulumi.StringOutput {
	if in == nil {
		in = pulumi.String("")
	}
	return in.ToStringOutput()
}

// checkedSubnets are the ids, found to be right: at once where they are plain
// strings, so that nothing else is made meanwhile, else once they are known.
func (n *Network) checkedSubnets(
	ctx *pulumi.Context, path string, ids pulumi.StringArrayInput,
	rule func(vpc string, subnets []awsrule.AdoptedSubnet) error,
) (pulumi.StringArrayOutput, error) {
	check := func(vpc string, ids []string) error {
		subnets, err := n.lookUpSubnets(ctx, ids)
		if err == nil {
			err = rule(vpc, subnets)
		}
		return n.fault(path, err)
	}
	vpc, vpcKnown := literal(n.args.Existing.VpcId)
	if plain, ok := literals(ids); ok && vpcKnown {
		return ids.ToStringArrayOutput(), check(vpc, plain)
	}
	return pulumi.All(n.args.Existing.VpcId.ToStringOutput(), ids).ApplyT(func(v []any) ([]string, error) {
		ids := v[1].([]string)
		return ids, check(v[0].(string), ids)
	}).(pulumi.StringArrayOutput), nil
}

func (n *Network) lookUpSubnets(ctx *pulumi.Context, ids []string) ([]awsrule.AdoptedSubnet, error) {
	subnets := make([]awsrule.AdoptedSubnet, len(ids))
	for i, id := range ids {
		if id == "" {
			return nil, fmt.Errorf("must not hold an empty id")
		}
		found, err := lookUpSubnet(ctx, id, pulumi.Parent(n))
		if err != nil {
			return nil, err
		}
		subnets[i] = found
	}
	return subnets, nil
}
