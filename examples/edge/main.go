// Edge puts CloudFront in front of a load balancer that serves nothing else: the
// distribution identifies itself by a secret header.
//
// The secret is rotated by two updates: the first with secretVersion 2 and
// previousSecretVersion 1, the second without previousSecretVersion.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/portico-iac/portico/components"
)

func main() { pulumi.Run(edge) }

func edge(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")
	secret, err := components.NewOriginSecret(ctx, "origin-secret", &components.OriginSecretArgs{
		Version: cfg.Get("secretVersion"), PreviousVersion: cfg.Get("previousSecretVersion"),
	})
	if err != nil {
		return err
	}
	balancer, err := origin(ctx, secret)
	if err != nil {
		return err
	}
	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "viewer", &components.CertifiedDomainArgs{
		DomainName:              "example.com",
		SubjectAlternativeNames: []string{"www.example.com"},
		HostedZone:              &components.HostedZoneArgs{Name: "example.com"},
		ForCloudFront:           true,
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	front, err := components.NewCloudFrontFront(ctx, "front", &components.CloudFrontFrontArgs{
		Origin: balancer,
		Domain: domain,
	})
	if err != nil {
		return err
	}
	ctx.Export("url", front.Url)
	return nil
}

// origin makes the load balancer and the service behind it.
func origin(ctx *pulumi.Context, secret *components.OriginSecret) (*components.SecuredALB, error) {
	network, err := components.NewNetwork(ctx, "network", nil)
	if err != nil {
		return nil, err
	}
	domain, err := components.NewCertifiedDomain(ctx, "origin", &components.CertifiedDomainArgs{
		DomainName: "origin.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return nil, err
	}
	balancer, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
		Network: network, Domain: domain, AccessFrom: "cloudfront", OriginSecret: secret,
	})
	if err != nil {
		return nil, err
	}
	_, err = components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
		Image:         pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		ContainerPort: 80,
		Route:         &components.ServiceRouteArgs{LoadBalancer: balancer},
	})
	return balancer, err
}
