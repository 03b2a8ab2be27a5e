package components_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// orders is the program under test: a service behind a load balancer.
func orders(ctx *pulumi.Context) error {
	network, err := components.NewNetwork(ctx, "shop", nil)
	if err != nil {
		return err
	}
	domain, err := components.NewCertifiedDomain(ctx, "shop", &components.CertifiedDomainArgs{
		DomainName: "shop.example.com",
		HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	if err != nil {
		return err
	}
	alb, err := components.NewSecuredALB(ctx, "shop", &components.SecuredALBArgs{Network: network, Domain: domain})
	if err != nil {
		return err
	}
	_, err = components.NewPrivateFargateService(ctx, "shop", &components.PrivateFargateServiceArgs{
		Image:         pulumi.String(config.Require(ctx, "shop:image")),
		ContainerPort: 8080,
		Route:         &components.ServiceRouteArgs{LoadBalancer: alb, Priority: 100, Paths: []string{"/api/*"}},
	})
	return err
}

// A program's unit test: see package componentstest.
func Example_unitTest() {
	t := &testing.T{} // in a test: the one that go test passes in

	g := componentstest.Deploy(t, orders, componentstest.WithConfig(map[string]string{
		"shop:image": "public.ecr.aws/nginx/nginx:stable",
	}))

	// Nothing is open to the internet but the load balancer, secrets stay secret,
	// and every resource belongs to a component.
	componentstest.AssertInvariants(t, g)

	rule := g.One(t, "aws:lb/listenerRule:ListenerRule")
	fmt.Println("priority:", rule.Input("priority"))
	fmt.Println("paths:", rule.Input("conditions[0].pathPattern.values"))

	service := g.One(t, "aws:ecs/service:Service")
	fmt.Println("container port:", service.Input("loadBalancers[0].containerPort"))
	fmt.Println("waits for its rule:", service.DependsOn(rule))
	fmt.Println("ALBs:", g.Counts()["aws:lb/loadBalancer:LoadBalancer"])

	// A preview finds out what is refused before anything is made.
	_, err := componentstest.TryPreview(orders, componentstest.WithHostedZone("example.org"),
		componentstest.WithConfig(map[string]string{"shop:image": "public.ecr.aws/nginx/nginx:stable"}))
	fmt.Println("refused without the zone:", err != nil)

	// Output:
	// priority: 100
	// paths: [/api/*]
	// container port: 8080
	// waits for its rule: true
	// ALBs: 1
	// refused without the zone: true
}
