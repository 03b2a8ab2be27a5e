package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// distributionCertificate is for CloudFront, which takes certificates from us-east-1 only, in a stack
// of any Region.
func distributionCertificate(ctx *pulumi.Context) error {
	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "www", &components.CertifiedDomainArgs{
		DomainName:    "www.example.com",
		HostedZone:    &components.HostedZoneArgs{Name: "example.com"},
		ForCloudFront: true,
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	ctx.Export("certificateArn", domain.CertificateArn)
	return nil
}

func ExampleUSEast1Provider() {
	pulumi.Run(distributionCertificate)
}
