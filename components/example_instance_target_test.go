package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// legacyServer puts an instance that exists already behind a load balancer of its VPC.
func legacyServer(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "legacy", &components.NetworkArgs{
		Existing: &components.ExistingNetworkArgs{
			VpcId:           pulumi.String("vpc-1"),
			PublicSubnetIds: pulumi.ToStringArray([]string{"subnet-pub-a", "subnet-pub-c"}),
		},
	})
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "legacy", &components.CertifiedDomainArgs{
		DomainName: "legacy.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "legacy", &components.SecuredALBArgs{
		Network: network,
		Domain:  domain,
		// The record that leads to the instance until now is taken over.
		OverwriteExistingRecords: true,
	})
	if err != nil {
		return err
	}
	_, err = components.NewInstanceTarget(ctx, "legacy", &components.InstanceTargetArgs{
		InstanceId: pulumi.String("i-0123456789abcdef0"),
		Route:      &components.ServiceRouteArgs{LoadBalancer: alb, Port: 8443},
	})
	return err
}

func ExampleInstanceTarget() {
	pulumi.Run(legacyServer)
}
