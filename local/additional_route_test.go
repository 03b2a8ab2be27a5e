package local_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/requestpath"
)

// twoWaysIn is a service behind a public load balancer, and behind an internal one too
// if inside says so.
func twoWaysIn(inside bool) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		network, err := components.NewNetwork(ctx, "shop", nil)
		if err != nil {
			return err
		}
		loadBalancer := func(name string, args components.SecuredALBArgs) (*components.SecuredALB, error) {
			args.Network = network
			args.Domain, err = components.NewCertifiedDomain(ctx, name, &components.CertifiedDomainArgs{
				DomainName: name + ".example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
			})
			if err != nil {
				return nil, err
			}
			return components.NewSecuredALB(ctx, name, &args)
		}
		public, err := loadBalancer("app", components.SecuredALBArgs{})
		if err != nil {
			return err
		}
		args := &components.PrivateFargateServiceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Route: &components.ServiceRouteArgs{LoadBalancer: public},
		}
		if inside {
			internal, err := loadBalancer("inside", components.SecuredALBArgs{Internal: true, AllowedCidrs: []string{"10.0.0.0/16"}})
			if err != nil {
				return err
			}
			args.AdditionalRoutes = []*components.ServiceRouteArgs{{LoadBalancer: internal}}
		}
		_, err = components.NewPrivateFargateService(ctx, "app", args)
		return err
	}
}

// A service stands behind a public and an internal load balancer, and the second one
// comes and goes while the first one answers.
func TestAServiceBehindTwoLoadBalancers(t *testing.T) {
	t.Parallel()
	stack := local.New(t, twoWaysIn(false))
	stack.Up()
	stop := askThroughout(t, stack)

	stack.Use(twoWaysIn(true))
	stack.Up()
	inside := requestpath.Request{Name: "inside.example.com", From: requestpath.Source{Kind: requestpath.FromVPC}}
	assert.Equal(t, 200, stack.Request(inside).Status)
	assert.Equal(t, requestpath.Timeout, stack.Get("https://inside.example.com/").Reason)
	for _, r := range stack.Check() {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		seen, predicted := stack.Request(r.Request), r.Chain.Traces[0].Outcome
		assert.Equal(t, predicted.Status, seen.Status, r.Name)
		assert.Equal(t, predicted.Reason, seen.Reason, r.Name)
	}
	assert.Empty(t, stack.Up().Changes())
	assert.Empty(t, stack.Refresh().Changes())

	stack.Use(twoWaysIn(false))
	stack.Up()
	stop()
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
	assertSeed(t, stack)
}
