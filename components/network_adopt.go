package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/subnetting"
)

// adopt hands on what was given. Subnets are looked up on the way, so that one of
// another VPC is refused before anything is put into it.
func (n *Network) adopt(ctx *pulumi.Context, e ExistingNetworkArgs) {
	n.adopted = true
	n.privateEgress = e.PrivateEgress
	n.VpcId = e.VpcId.ToStringOutput()
	n.PublicSubnetIds = n.checkedSubnets(ctx, e, "existing.publicSubnetIds", e.PublicSubnetIds, subnetting.CheckAdoptedPublic)
	n.PrivateSubnetIds = pulumi.StringArray{}.ToStringArrayOutput()
	if e.PrivateSubnetIds != nil {
		n.PrivateSubnetIds = n.checkedSubnets(ctx, e, "existing.privateSubnetIds", e.PrivateSubnetIds, subnetting.CheckAdopted)
	}
	n.EndpointSecurityGroupId = orEmpty(e.EndpointSecurityGroupId)
	n.S3PrefixListId = orEmpty(e.S3PrefixListId)
}

func orEmpty(in pulumi.StringInput) pulumi.StringOutput {
	if in == nil {
		in = pulumi.String("")
	}
	return in.ToStringOutput()
}

// checkedSubnets are the ids, once they are known and found to be right.
func (n *Network) checkedSubnets(
	ctx *pulumi.Context, e ExistingNetworkArgs, path string, ids pulumi.StringArrayInput,
	check func(vpc string, subnets []subnetting.Adopted) error,
) pulumi.StringArrayOutput {
	return pulumi.All(e.VpcId, ids).ApplyT(func(v []any) ([]string, error) {
		vpc, ids := v[0].(string), v[1].([]string)
		subnets, err := n.lookUpSubnets(ctx, ids)
		if err == nil {
			err = check(vpc, subnets)
		}
		return ids, networkFault(n.PulumiResourceName(), path, err)
	}).(pulumi.StringArrayOutput)
}

func (n *Network) lookUpSubnets(ctx *pulumi.Context, ids []string) ([]subnetting.Adopted, error) {
	subnets := make([]subnetting.Adopted, len(ids))
	for i, id := range ids {
		if id == "" {
			return nil, fmt.Errorf("must not hold an empty id")
		}
		found, err := ec2.LookupSubnet(ctx, &ec2.LookupSubnetArgs{Id: pulumi.StringRef(id)}, pulumi.Parent(n))
		if err != nil {
			return nil, fmt.Errorf("looking up subnet %q: %w", id, err)
		}
		subnets[i] = subnetting.Adopted{ID: id, VPC: found.VpcId, Zone: found.AvailabilityZone, CIDRBlock: found.CidrBlock}
	}
	return subnets, nil
}
