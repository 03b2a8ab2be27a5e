package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// shop is a container behind a load balancer, at https://shop.example.com.
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
	if err != nil {
		return err
	}
	ctx.Export("url", pulumi.String("https://"+domain.DomainName()))
	return nil
}

// A whole program: a container behind a load balancer, over HTTPS.
func Example() {
	pulumi.Run(shop)
}
