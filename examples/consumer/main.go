// Shop runs a container behind a load balancer.
package main

import (
	"github.com/portico-iac/portico/components"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() { pulumi.Run(shop) }

func shop(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "shop", nil)
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "shop", &components.CertifiedDomainArgs{
		DomainName: "shop.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "shop", &components.SecuredALBArgs{Network: network, Domain: domain})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "shop", &components.PrivateFargateServiceArgs{
		Image:         pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		ContainerPort: 80,
		Route:         &components.ServiceRouteArgs{LoadBalancer: alb},
	})
	ctx.Export("url", pulumi.String("https://"+domain.DomainName()))
	return err
}
