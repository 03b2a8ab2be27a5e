package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// insideAndOut is one service that the internet reaches at api.example.com, and the VPC
// at inside.example.com without leaving it.
func insideAndOut(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "shop", nil)
	if err != nil {
		return err
	}
	zone := &components.HostedZoneArgs{Name: "example.com"}
	api, err := components.NewCertifiedDomain(ctx, "api", &components.CertifiedDomainArgs{
		DomainName: "api.example.com", HostedZone: zone,
	})
	if err != nil {
		return err
	}
	public, err := components.NewSecuredALB(ctx, "api", &components.SecuredALBArgs{Network: network, Domain: api})
	if err != nil {
		return err
	}
	inside, err := components.NewCertifiedDomain(ctx, "inside", &components.CertifiedDomainArgs{
		DomainName: "inside.example.com", HostedZone: zone,
	})
	if err != nil {
		return err
	}
	internal, err := components.NewSecuredALB(ctx, "inside", &components.SecuredALBArgs{
		Network: network, Domain: inside, Internal: true, AllowedCidrs: []string{"10.0.0.0/16"},
	})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "api", &components.PrivateFargateServiceArgs{
		Image:            pulumi.String("public.ecr.aws/nginx/nginx:stable"),
		Route:            &components.ServiceRouteArgs{LoadBalancer: public},
		AdditionalRoutes: []*components.ServiceRouteArgs{{LoadBalancer: internal}},
	})
	return err
}

func ExamplePrivateFargateService_twoLoadBalancers() {
	pulumi.Run(insideAndOut)
}
