package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// catalog is a distribution that caches the pages of a catalog, and nothing else. Viewers of
// www.example.com are redirected to example.com.
func catalog(ctx *pulumi.Context) error {
	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "shop", &components.CertifiedDomainArgs{
		DomainName:              "example.com",
		SubjectAlternativeNames: []string{"www.example.com"},
		HostedZone:              &components.HostedZoneArgs{Name: "example.com"},
		ForCloudFront:           true,
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	_, err = components.NewCloudFrontFront(ctx, "shop", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com",
		Domain:           domain,
		Redirects:        &components.RedirectsArgs{Www: components.WwwToApex},
		Behaviors: []*components.BehaviorArgs{{
			PathPattern: "/catalog/*",
			Caching: &components.CachingArgs{
				DefaultTtlSeconds: pulumi.IntRef(60),
				QueryStrings:      []string{"page", "sort"}, // the service receives these alone
			},
			Functions: []components.FunctionArgs{{
				Event: components.FunctionViewerResponse,
				Code: `function handler(event) {
  event.response.headers['x-robots-tag'] = { value: 'noarchive' };
  return event.response;
}`,
			}},
		}},
	})
	return err
}

func ExampleCachingArgs() {
	pulumi.Run(catalog)
}
