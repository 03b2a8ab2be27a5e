package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// rotation is the first of the two updates that rotate the secret: the load balancer accepts
// both versions. The second update leaves out PreviousVersion.
func rotation(ctx *pulumi.Context) error {
	secret, err := components.NewOriginSecret(ctx, "origin", &components.OriginSecretArgs{
		Version:         "2026-07",
		PreviousVersion: "2026-01",
	})
	if err != nil {
		return err
	}
	network, err := components.NewNetwork(ctx, "web", nil)
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "origin", &components.CertifiedDomainArgs{
		DomainName: "origin.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
		Network:      network,
		Domain:       domain,
		AccessFrom:   components.AccessFromCloudFront,
		OriginSecret: secret,
	})
	if err != nil {
		return err
	}
	// The distribution takes the secret from its origin and sends the new version.
	front, err := components.NewCloudFrontFront(ctx, "web", &components.CloudFrontFrontArgs{Origin: alb})
	if err != nil {
		return err
	}
	ctx.Export("url", front.Url)
	return nil
}

func ExampleOriginSecret() {
	pulumi.Run(rotation)
}
