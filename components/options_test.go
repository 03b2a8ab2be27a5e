package components_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// In these tests every component of every use is given the options, but for those
// that a component makes itself.

func TestOptionsReachEveryChild(t *testing.T) {
	t.Parallel()
	mark := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if !args.Custom {
			return nil
		}
		args.Props["fromOutside"] = pulumi.String("yes")
		args.Opts.IgnoreChanges = append(args.Opts.IgnoreChanges, "fromOutside")
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
	}
	for name, body := range uses {
		g := componentstest.Deploy(t, use{t: t}.program(func(u use) {
			u.opts = []pulumi.ResourceOption{
				pulumi.Transforms([]pulumi.ResourceTransform{mark}),
				pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("before")}}), pulumi.Protect(true), u.providers(),
			}
			body(u)
		}), existing()...)
		for _, r := range g.Custom() {
			assert.Equal(t, "yes", r.Input("fromOutside"), "%s: %s %q", name, r.Type, r.Name)
			assert.Contains(t, r.IgnoreChanges, "fromOutside", "%s: %s %q", name, r.Type, r.Name)
			assert.Contains(t, r.Aliases, oldURN(t, g, r), "%s: %s", name, r.URN)
			assert.True(t, r.Protect, "%s: %s", name, r.URN)
			pkg, _, _ := strings.Cut(r.Type, ":")
			assertProvider(t, pkg, r.Provider, "%s: %s", name, r.URN)
		}
		// Lookups are about the account and the Region of the component's provider.
		for _, call := range g.Calls() {
			assertProvider(t, "aws", call.Provider, "%s: %s", name, call.Token)
		}
		componentstest.AssertInvariants(t, g)
	}
}

// oldURN is the URN that a child had when its component was named "before".
func oldURN(t *testing.T, g *componentstest.Graph, r *componentstest.Resource) string {
	t.Helper()
	path, found := strings.CutSuffix(r.URN, r.Name)
	require.True(t, found)
	outer := g.ByURN(r.Parent)
	for above := g.ByURN(outer.Parent); above.Type != "pulumi:pulumi:Stack"; above = g.ByURN(above.Parent) {
		outer = above
	}
	return path + "before" + strings.TrimPrefix(r.Name, outer.Name)
}

// providers are one for AWS and one for random values.
func (u use) providers() pulumi.ResourceOption {
	cloud, err := aws.NewProvider(u.ctx, "outer", &aws.ProviderArgs{Region: pulumi.String("ap-northeast-1")})
	require.NoError(u.t, err)
	chance, err := random.NewProvider(u.ctx, "outer", nil)
	require.NoError(u.t, err)
	return pulumi.Providers(cloud, chance)
}

// The names of load balancers and target groups are cut, to what no longer begins with
// the component's name.
func TestAliasesReachChildrenWithShortNames(t *testing.T) {
	t.Parallel()
	service := func(name string, opts ...pulumi.ResourceOption) *componentstest.Graph {
		return componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
			web, err := components.NewSecuredALB(ctx, name, &components.SecuredALBArgs{Network: p.network, Domain: p.domain}, opts...)
			if err != nil {
				return err
			}
			_, err = components.NewPrivateFargateService(ctx, name, &components.PrivateFargateServiceArgs{
				Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Route: &components.ServiceRouteArgs{LoadBalancer: web},
			}, opts...)
			return err
		}))
	}
	const oldName, newName = "the-shop-and-all-that-it-needs", "everything-that-the-shop-needs"
	before := service(oldName)
	for _, alias := range []pulumi.Alias{
		{Name: pulumi.String(oldName)},
		{URN: pulumi.URN(before.One(t, components.TokenPrivateFargateService).URN)},
	} {
		after := service(newName, pulumi.Aliases([]pulumi.Alias{alias}))
		for _, typ := range []string{typeTargetGroup, "aws:ecs/service:Service"} {
			assert.Contains(t, after.One(t, typ).Aliases, before.One(t, typ).URN)
		}
		if alias.URN == nil {
			assert.Contains(t, after.One(t, typeLoadBalancer).Aliases, before.One(t, typeLoadBalancer).URN)
		}
	}
}

// assertProvider checks for the provider from outside. Uses give certificates for
// CloudFront one of their own.
func assertProvider(t *testing.T, pkg, urn string, msgAndArgs ...any) {
	t.Helper()
	path := "::pulumi:providers:" + pkg + "::"
	assert.True(t, strings.HasSuffix(urn, path+"outer") || strings.HasSuffix(urn, "virginia"), msgAndArgs...)
}
