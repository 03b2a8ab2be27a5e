package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// inOrder makes routes with the priorities and paths that are given, in that order.
func inOrder(all ...routeOf) pulumi.RunFunc {
	return balanced(unchanged, nil, func(ctx *pulumi.Context, _ *frontParts, web *components.SecuredALB) error {
		for i, args := range all {
			args.LoadBalancer, args.Port, args.TargetSecurityGroupId = web, 8080+i, pulumi.String("sg-targets")
			if _, err := components.NewServiceRoute(ctx, string(rune('a'+i)), &args); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestShadowedServiceRoutesAreRefused(t *testing.T) {
	api := func(priority int) routeOf { return routeOf{Paths: []string{"/api/*"}, Priority: priority} }
	host := func(priority int, name string) routeOf { return routeOf{Hosts: []string{name}, Priority: priority} }
	for _, tt := range []struct {
		name   string
		routes []routeOf
		want   string
	}{
		{"a path behind a catch-all", []routeOf{{Priority: 5}, api(6)},
			`ServiceRoute "b": priority: must not be "6": a request for https://app.example.com/api/any would be answered by route "a", ` +
				`whose priority 5 comes first, and never by route "b" of priority 6; fix: give "b" a priority below 5, or narrow the hosts or paths of "a"; or set pathCheck to "warn"`},
		{"a path behind a catch-all that is made later", []routeOf{api(6), {Priority: 5}},
			`ServiceRoute "b": priority: must not be "5": a request for https://app.example.com/api/any would be answered by route "b", ` +
				`whose priority 5 comes first, and never by route "a" of priority 6; fix: give "a" a priority below 5`},
		{"the same conditions", []routeOf{api(0), api(6)},
			"fix: give the two routes different hosts or paths"},
		{"a host behind a wildcard", []routeOf{host(5, "*.example.com"), host(6, "app.example.com")},
			`a request for https://app.example.com/any would be answered by route "a"`},
		{"a path behind the only host", []routeOf{host(5, "app.example.com"), api(6)},
			`a request for https://app.example.com/api/any would be answered by route "a"`},
		{"two catch-alls", []routeOf{{Priority: 5}, {Priority: 6}},
			`a request for the path /any of any host would be answered by route "a"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, err := componentstest.TryPreview(inOrder(tt.routes...))
			assert.ErrorContains(t, err, tt.want)
			assert.Len(t, g.OfType(components.TokenServiceRoute), 1, "the second route registers nothing")

			for i := range tt.routes {
				tt.routes[i].PathCheck = components.PathCheckWarn
			}
			g = componentstest.Preview(t, inOrder(tt.routes...))
			if warnings := g.Logs("warning"); assert.Len(t, warnings, 1) {
				assert.Contains(t, warnings[0], "would be answered by route")
			}
		})
	}
	t.Run("planned priorities put the narrower one first", func(t *testing.T) {
		componentstest.Preview(t, inOrder(routeOf{}, host(0, "app.example.com"), routeOf{Hosts: []string{"app.example.com"}, Paths: []string{"/a/*"}}))
	})
}

func TestShadowedRoutesOnAnAdoptedListenerAreRefused(t *testing.T) {
	program := func(first, second int) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			return twoRoutes(ctx, first, second, func(a *components.ServiceRouteArgs, i int) {
				a.ExistingListener = &components.ExistingListenerArgs{ListenerArn: pulumi.String(adoptedListenerArn)}
				a.Paths = []string{"/*"}
				if i == 1 {
					a.Paths = []string{"/api/*"}
				}
			})
		}
	}
	g, err := componentstest.TryPreview(program(5, 6))
	assert.ErrorContains(t, err, `ServiceRoute "second": priority: must not be "6": a request for the path /api/any of any host would be answered by route "first"`)
	assert.Len(t, g.OfType(components.TokenServiceRoute), 1, "the second route registers nothing")
	componentstest.Preview(t, program(6, 5))
}
