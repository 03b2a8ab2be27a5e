package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// guarded is a container behind a load balancer that asks AWS WAF about every request. The
// managed rules only count until the log shows that they affect nobody.
func guarded(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "guarded", nil)
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "guarded", &components.CertifiedDomainArgs{
		DomainName: "guarded.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	acl, err := components.NewWebAcl(ctx, "guarded", &components.WebAclArgs{
		KnownBadInputs: components.WebAclBlock,
		RateLimit:      &components.WebAclRateLimitArgs{Requests: 2000},
		Rules:          []components.WebAclRuleArgs{{Name: "no-admin", Paths: []string{"/admin", "/admin/*"}}},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "guarded", &components.SecuredALBArgs{Network: network, Domain: domain, WebAcl: acl})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "guarded", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		Route: &components.ServiceRouteArgs{LoadBalancer: alb},
	})
	return err
}

func ExampleWebAcl() {
	pulumi.Run(guarded)
}
