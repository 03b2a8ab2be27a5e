package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// intranet is a load balancer that only the addresses of an office reach. It answers 404 until
// a route is attached; other stacks attach theirs to its listener.
func intranet(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "intranet", &components.NetworkArgs{Nat: components.NatPerAz})
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "intranet", &components.CertifiedDomainArgs{
		DomainName:              "intranet.example.com",
		SubjectAlternativeNames: []string{"wiki.example.com"},
		HostedZone:              &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "intranet", &components.SecuredALBArgs{
		Network:            network,
		Domain:             domain,
		AllowedCidrs:       []string{"198.51.100.0/24"},
		IdleTimeoutSeconds: 120,
		DeletionProtection: true,
	})
	if err != nil {
		return err
	}
	ctx.Export("listenerArn", alb.ListenerArn)
	return nil
}

func ExampleSecuredALB() {
	pulumi.Run(intranet)
}
