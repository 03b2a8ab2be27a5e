package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// hiddenWebsite is a distribution in front of a load balancer that has private addresses alone.
func hiddenWebsite(ctx *pulumi.Context) error {
	zone := &components.HostedZoneArgs{Name: "example.com"}

	network, err := components.NewNetwork(ctx, "origin", nil)
	if err != nil {
		return err
	}
	originDomain, err := components.NewCertifiedDomain(ctx, "origin", &components.CertifiedDomainArgs{
		DomainName: "origin.example.com",
		HostedZone: zone,
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "origin", &components.SecuredALBArgs{
		Network:    network,
		Domain:     originDomain,
		AccessFrom: components.AccessFromVpcOrigin,
	})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "website", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		Route: &components.ServiceRouteArgs{LoadBalancer: alb},
	})
	if err != nil {
		return err
	}

	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "website", &components.CertifiedDomainArgs{
		DomainName:    "hidden.example.com",
		HostedZone:    zone,
		ForCloudFront: true,
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	// Makes the VPC origin, and has the load balancer admit it.
	front, err := components.NewCloudFrontFront(ctx, "website", &components.CloudFrontFrontArgs{
		Origin: alb,
		Domain: domain,
	})
	if err != nil {
		return err
	}
	ctx.Export("url", front.Url)
	ctx.Export("vpcOriginId", front.VpcOriginId)
	return nil
}

func ExampleCloudFrontFront_vpcOrigin() {
	pulumi.Run(hiddenWebsite)
}
