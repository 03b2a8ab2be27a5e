package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// networks makes one network and adopts another.
func networks(ctx *pulumi.Context) error {
	// Without NAT, the private subnets reach only the AWS services that are named here, and S3.
	made, err := components.NewNetwork(ctx, "closed", &components.NetworkArgs{
		CidrBlock:             "10.1.0.0/20",
		AvailabilityZoneCount: 3,
		Nat:                   components.NatNone,
		InterfaceEndpoints:    []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"},
		Tags:                  map[string]string{"team": "shop"},
	})
	if err != nil {
		return err
	}
	ctx.Export("privateSubnetIds", made.PrivateSubnetIds)

	// Nothing is created in a VPC that exists already.
	adopted, err := components.NewNetwork(ctx, "shared", &components.NetworkArgs{
		Existing: &components.ExistingNetworkArgs{
			VpcId:            pulumi.String("vpc-1"),
			PublicSubnetIds:  pulumi.ToStringArray([]string{"subnet-pub-a", "subnet-pub-c"}),
			PrivateSubnetIds: pulumi.ToStringArray([]string{"subnet-priv-a", "subnet-priv-c"}),
			PrivateEgress:    components.PrivateEgressNat,
		},
	})
	if err != nil {
		return err
	}
	ctx.Export("sharedVpcId", adopted.VpcId)
	return nil
}

func ExampleNetwork() {
	pulumi.Run(networks)
}
