package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

// insideAndOutside is a service named api behind a public and an internal load balancer.
func insideAndOutside(check func(public, internal *components.SecuredALB), changes ...fargateChange) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		public, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
		if err != nil {
			return err
		}
		inside, err := components.NewCertifiedDomain(ctx, "inside", &components.CertifiedDomainArgs{
			DomainName: "inside.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
		})
		if err != nil {
			return err
		}
		internal, err := components.NewSecuredALB(ctx, "inside", &components.SecuredALBArgs{
			Network: p.network, Domain: inside, Internal: true, AllowedCidrs: []string{"10.0.0.0/16"},
		})
		if err != nil {
			return err
		}
		err = newFargate(ctx, append([]fargateChange{func(a *components.PrivateFargateServiceArgs) {
			a.Route = &components.ServiceRouteArgs{LoadBalancer: public}
			a.AdditionalRoutes = []*components.ServiceRouteArgs{{LoadBalancer: internal, HealthCheck: &components.HealthCheckArgs{Path: "/up"}}}
		}}, changes...)...)
		if err == nil && check != nil {
			check(public, internal)
		}
		return err
	})
}

func TestOneServiceBehindTwoLoadBalancers(t *testing.T) {
	g := componentstest.Deploy(t, insideAndOutside(func(public, internal *components.SecuredALB) {
		for _, b := range []*components.SecuredALB{public, internal} {
			for _, r := range requestpath.Check(b.Plan()) {
				assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
			}
		}
	}))
	componentstest.AssertInvariants(t, g)
	service := g.Get(t, typeService, "api")
	groups, is := service.Input("loadBalancers").([]any)
	require.True(t, is)
	require.Len(t, groups, 2)
	for i, name := range []string{"api", "api-2"} {
		group := g.Get(t, typeTargetGroup, name)
		assert.Equal(t, map[string]any{"containerName": "api", "containerPort": 8080, "targetGroupArn": group.Output("arn")}, groups[i])
		assert.True(t, service.DependsOn(g.Get(t, typeListenerRule, name+"-rule")))
		assert.True(t, service.DependsOn(g.Get(t, typeIngress, name+"-target-ingress")))
		assert.True(t, service.DependsOn(g.Get(t, typeEgress, name+"-alb-egress")))
		assert.Equal(t, g.Get(t, typeGroup, "api-tasks").ID, g.Get(t, typeIngress, name+"-target-ingress").Input("securityGroupId"))
	}
	assert.Equal(t, "/up", g.Get(t, typeTargetGroup, "api-2").Input("healthCheck.path"))
	assert.Equal(t, g.Get(t, typeGroup, "inside-alb").ID, g.Get(t, typeIngress, "api-2-target-ingress").Input("referencedSecurityGroupId"))
}

// The records of both load balancers wait for the service.
func TestNamesOfEveryLoadBalancerFollowTheService(t *testing.T) {
	g := componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		later := pulumi.BoolRef(false)
		var all []*components.SecuredALB
		for _, name := range []string{"one", "two"} {
			alb, err := components.NewSecuredALB(ctx, name, &components.SecuredALBArgs{
				Network: p.network, Domain: p.domain, CreateAliasRecords: later,
			})
			if err != nil {
				return err
			}
			all = append(all, alb)
		}
		err := newFargate(ctx, func(a *components.PrivateFargateServiceArgs) {
			a.Route = &components.ServiceRouteArgs{LoadBalancer: all[0]}
			a.AdditionalRoutes = []*components.ServiceRouteArgs{{LoadBalancer: all[1]}}
		})
		if err != nil {
			return err
		}
		for _, alb := range all {
			if err := alb.CreateRecords(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, name := range []string{"one", "two"} {
		assert.True(t, g.Get(t, typeRecord, name+"-a-app.example.com").DependsOn(g.One(t, typeService)), name)
	}
}

// A part that is faulty is reported by itself, in a list too.
func TestAnAdditionalRouteWaitsForItsLoadBalancer(t *testing.T) {
	_, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
		public, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
		if err != nil {
			return err
		}
		planned, err := components.PlanSecuredALB("later", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
		if err != nil {
			return err
		}
		return newFargate(ctx, func(a *components.PrivateFargateServiceArgs) {
			a.Route = &components.ServiceRouteArgs{LoadBalancer: public}
			a.AdditionalRoutes = []*components.ServiceRouteArgs{{LoadBalancer: planned}}
		})
	}))
	require.ErrorContains(t, err, `PrivateFargateService "api": cannot be registered before SecuredALB "later": call its Register first`)
}
