package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// twoRoutes makes routes named first and second of the given priorities, for paths of
// their own.
func twoRoutes(ctx *pulumi.Context, first, second int, listener func(*components.ServiceRouteArgs, int)) error {
	for i, priority := range []int{first, second} {
		name := []string{"first", "second"}[i]
		_, err := components.NewServiceRoute(ctx, name, routeArgs(func(a *components.ServiceRouteArgs) {
			a.Priority, a.Port, a.Paths = priority, 8080+i, []string{"/" + name}
			listener(a, i)
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

func TestServiceRoutesOfOnePriorityCollide(t *testing.T) {
	const want = `ServiceRoute "second": priority: must be unique on the listener, got 100, which route "first" has; ` +
		"give \"second\" another, for example 101"
	onALB := func(first, second int) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
			if err != nil {
				return err
			}
			return twoRoutes(ctx, first, second, func(a *components.ServiceRouteArgs, _ int) { a.LoadBalancer = alb })
		})
	}
	onListeners := func(arns ...string) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			return twoRoutes(ctx, 100, 100, func(a *components.ServiceRouteArgs, i int) {
				a.ExistingListener = &components.ExistingListenerArgs{ListenerArn: pulumi.String(arns[i])}
			})
		}
	}
	g, err := componentstest.TryDeploy(onALB(100, 100))
	assert.ErrorContains(t, err, want)
	assert.Len(t, g.OfType(components.TokenServiceRoute), 1, "the second route registers nothing")
	componentstest.Deploy(t, onALB(100, 101))

	_, err = componentstest.TryDeploy(onListeners(adoptedListenerArn, adoptedListenerArn))
	assert.ErrorContains(t, err, want)
	componentstest.Deploy(t, onListeners(adoptedListenerArn, otherListenerArn))
	// Another program of the same process is on its own.
	componentstest.Deploy(t, adopted(pulumi.String(adoptedListenerArn), plainRoute))
}

func TestServiceRoutesToOneGroupAndPortCollide(t *testing.T) {
	program := func(group pulumi.StringInput, ports ...int) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
			if err != nil {
				return err
			}
			return twoRoutes(ctx, 100, 101, func(a *components.ServiceRouteArgs, i int) {
				a.LoadBalancer, a.TargetSecurityGroupId, a.Port = alb, group, ports[i]
			})
		})
	}
	g, err := componentstest.TryDeploy(program(pulumi.String("sg-tasks"), 80, 80))
	assert.ErrorContains(t, err, `ServiceRoute "second": targetSecurityGroupId: must differ from the group of route "first" on the same port, `+
		`got "sg-tasks" and 80 for both`)
	assert.Len(t, g.OfType(components.TokenServiceRoute), 1, "the second route registers nothing")
	componentstest.Deploy(t, program(pulumi.String("sg-tasks"), 80, 81))
	componentstest.Deploy(t, program(pulumi.String("sg-tasks").ToStringOutput(), 80, 80)) // cannot be told beforehand
}

func TestServiceRoutesFillTheSecurityGroup(t *testing.T) {
	program := func(quota int) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
				Network: p.network, Domain: p.domain, SecurityGroupRuleQuota: quota,
			})
			if err != nil {
				return err
			}
			if err := twoRoutes(ctx, 100, 101, func(a *components.ServiceRouteArgs, _ int) { a.LoadBalancer = alb }); err != nil {
				return err
			}
			_, err = components.NewServiceRoute(ctx, "third", routeArgs(func(a *components.ServiceRouteArgs) {
				a.LoadBalancer, a.Priority, a.Port, a.Paths = alb, 102, 9000, []string{"/third/*"}
			}))
			return err
		})
	}
	componentstest.Deploy(t, program(3))
	g, err := componentstest.TryDeploy(program(2))
	assert.ErrorContains(t, err, `ServiceRoute "third": loadBalancer: must have room in its security group for one more outbound rule: `+
		"3 routes x 1 rule = 3 rules, the quota is 2")
	assert.Len(t, g.OfType(components.TokenServiceRoute), 2, "the third route registers nothing")
}

func TestAddingAServiceRouteChangesNoOther(t *testing.T) {
	program := func(n int) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
			if err != nil {
				return err
			}
			// The new route comes first, in the program and on the listener.
			for _, r := range []struct {
				name     string
				priority int
			}{{"new", 10}, {"old", 100}}[2-n:] {
				_, err := components.NewServiceRoute(ctx, r.name, routeArgs(func(a *components.ServiceRouteArgs) {
					a.LoadBalancer, a.Priority, a.Port, a.Paths = alb, r.priority, 8000+r.priority, []string{"/" + r.name}
				}))
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	before, after := componentstest.Deploy(t, program(1)), componentstest.Deploy(t, program(2))
	for _, r := range before.All() {
		now := after.ByURN(r.URN)
		require.NotNil(t, now, r.URN)
		assert.Equal(t, r.Inputs, now.Inputs, r.URN)
	}
	assert.Len(t, after.Custom(), len(before.Custom())+4)
}
