package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// planWeb plans a load balancer with its network and certificate.
func planWeb(t *testing.T) (*components.Network, *components.CertifiedDomain, *components.SecuredALB) {
	t.Helper()
	network, err := components.PlanNetwork("net", nil)
	require.NoError(t, err)
	domain, err := components.PlanCertifiedDomain("app", &components.CertifiedDomainArgs{
		DomainName: "app.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	require.NoError(t, err)
	web, err := components.PlanSecuredALB("web", &components.SecuredALBArgs{Network: network, Domain: domain})
	require.NoError(t, err)
	return network, domain, web
}

// What is planned alone and registered later is what the constructors make at once.
func TestPlanThenRegister(t *testing.T) {
	g := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		network, domain, web := planWeb(t)
		for _, c := range []interface {
			Register(*pulumi.Context, ...pulumi.ResourceOption) error
		}{network, domain, web} {
			if err := c.Register(ctx); err != nil {
				return err
			}
		}
		assert.EqualError(t, web.Register(ctx), `SecuredALB "web": is registered already`)
		return nil
	})
	componentstest.AssertInvariants(t, g)
	assert.Len(t, g.OfType(components.TokenSecuredALB), 1)
}

func TestRegisterInTheOrderOfNeeds(t *testing.T) {
	g, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		network, _, web := planWeb(t)
		if err := network.Register(ctx); err != nil {
			return err
		}
		return web.Register(ctx)
	})
	assert.ErrorContains(t, err, `SecuredALB "web": cannot be registered before CertifiedDomain "app": call its Register first`)
	assert.Empty(t, g.OfType(components.TokenSecuredALB))
}

// A fault is reported by the component that has it, and by no other.
func TestAFaultyPartIsReportedOnce(t *testing.T) {
	network, err := components.PlanNetwork("net", &components.NetworkArgs{Nat: "two"})
	assert.ErrorContains(t, err, `Network "net": nat: must be one of`)
	domain, err := components.PlanCertifiedDomain("app", &components.CertifiedDomainArgs{
		DomainName: "App", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
	})
	assert.ErrorContains(t, err, `CertifiedDomain "app": domainName`)
	web, err := components.PlanSecuredALB("web", &components.SecuredALBArgs{Network: network, Domain: domain})
	assert.NoError(t, err)
	service, err := components.PlanPrivateFargateService("app", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), ContainerPort: 80,
		Route: &components.ServiceRouteArgs{LoadBalancer: web, Priority: 100},
	})
	assert.NoError(t, err)
	g, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error { return service.Register(ctx) })
	assert.ErrorContains(t, err, `PrivateFargateService "app": cannot be registered: `)
	assert.Empty(t, g.All())
}
