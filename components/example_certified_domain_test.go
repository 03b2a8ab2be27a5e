package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// certificate requests a certificate for two names and everything below one of them.
func certificate(ctx *pulumi.Context) error {
	domain, err := components.NewCertifiedDomain(ctx, "shop", &components.CertifiedDomainArgs{
		DomainName:              "shop.example.com",
		SubjectAlternativeNames: []string{"*.shop.example.com", "www.example.com"},
		HostedZone:              &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	ctx.Export("certificateArn", domain.CertificateArn)
	return nil
}

func ExampleCertifiedDomain() {
	pulumi.Run(certificate)
}
