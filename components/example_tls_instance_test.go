package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// smallSite is one instance that only CloudFront reaches, over TLS from end to end.
func smallSite(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "small", &components.NetworkArgs{Nat: components.NatNone})
	if err != nil {
		return err
	}
	secret, err := components.NewOriginSecret(ctx, "small", nil)
	if err != nil {
		return err
	}
	zone := &components.HostedZoneArgs{Name: "example.com"}
	instance, err := components.NewTLSInstance(ctx, "small", &components.TLSInstanceArgs{
		Network:          network,
		OriginDomainName: "origin.small.example.com",
		HostedZone:       zone,
		AcmeEmail:        "ops@example.com",
		AppPort:          3000,
		OriginSecret:     secret,
	})
	if err != nil {
		return err
	}
	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "small", &components.CertifiedDomainArgs{
		DomainName:    "small.example.com",
		HostedZone:    zone,
		ForCloudFront: true,
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	front, err := components.NewCloudFrontFront(ctx, "small", &components.CloudFrontFrontArgs{
		Origin: instance,
		Domain: domain,
	})
	if err != nil {
		return err
	}
	ctx.Export("url", front.Url)
	return nil
}

func ExampleTLSInstance() {
	pulumi.Run(smallSite)
}
