package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// website is a distribution in front of a load balancer that answers nobody else.
func website(ctx *pulumi.Context) error {
	zone := &components.HostedZoneArgs{Name: "example.com"}

	secret, err := components.NewOriginSecret(ctx, "origin", nil)
	if err != nil {
		return err
	}
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
		Network:      network,
		Domain:       originDomain,
		AccessFrom:   components.AccessFromCloudFront,
		OriginSecret: secret,
	})
	if err != nil {
		return err
	}
	// Before the distribution, which checks and waits for the routes of its origin.
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
		DomainName:              "example.com",
		SubjectAlternativeNames: []string{"www.example.com"},
		HostedZone:              zone,
		ForCloudFront:           true,
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	front, err := components.NewCloudFrontFront(ctx, "website", &components.CloudFrontFrontArgs{
		Origin: alb,
		Domain: domain,
	})
	if err != nil {
		return err
	}
	ctx.Export("url", front.Url) // https://example.com
	return nil
}

func ExampleCloudFrontFront() {
	pulumi.Run(website)
}
