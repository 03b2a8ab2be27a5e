// Platform is the stack of a team that runs one load balancer for many others: the
// network, the certificate and the HTTPS listener. ../team is one of the others.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

func main() { pulumi.Run(platform) }

func platform(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "platform", &components.NetworkArgs{Nat: components.NatPerAz})
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "apps", &components.CertifiedDomainArgs{
		DomainName: "*.apps.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	loadBalancer, err := components.NewSecuredALB(ctx, "apps", &components.SecuredALBArgs{
		Network: network,
		Domain:  domain,
		// One record serves all services, present and future.
		AliasNames:         []string{"*.apps.example.com"},
		DeletionProtection: true,
	})
	if err != nil {
		return err
	}
	ctx.Export("listenerArn", loadBalancer.ListenerArn)
	ctx.Export("vpcId", network.VpcId)
	ctx.Export("publicSubnetIds", network.PublicSubnetIds)
	ctx.Export("privateSubnetIds", network.PrivateSubnetIds)
	return nil
}
