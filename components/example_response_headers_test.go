package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// api is a distribution for an API that pages of one other site may call with the viewer's
// cookies, and that is answered in two countries alone.
func api(ctx *pulumi.Context) error {
	front, err := components.NewCloudFrontFront(ctx, "api", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com",
		ResponseHeaders: &components.ResponseHeadersArgs{
			Hsts:   &components.HstsArgs{IncludeSubdomains: true},
			Remove: []string{"X-Powered-By"},
			Cors: &components.CorsArgs{
				AllowOrigins:     []string{"https://app.example.org"},
				AllowMethods:     []string{"GET", "PUT", "DELETE"},
				AllowHeaders:     []string{"Content-Type", "Authorization"},
				AllowCredentials: true,
			},
		},
		GeoRestriction: &components.GeoRestrictionArgs{Allow: []string{"JP", "SG"}},
	})
	if err != nil {
		return err
	}
	ctx.Export("url", front.Url)
	return nil
}

func ExampleResponseHeadersArgs() {
	pulumi.Run(api)
}
