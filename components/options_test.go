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

// The options that Pulumi hands down are given to every component of every use, but
// not to those that a component makes itself.

func TestTransformsReachEveryChild(t *testing.T) {
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
		program := use{t: t, opts: []pulumi.ResourceOption{pulumi.Transforms([]pulumi.ResourceTransform{mark})}}.program(body)
		for _, g := range []*componentstest.Graph{
			componentstest.Deploy(t, program, existing()...), componentstest.Preview(t, program, existing()...),
		} {
			for _, r := range g.Custom() {
				assert.Equal(t, "yes", r.Input("fromOutside"), "%s: %s %q", name, r.Type, r.Name)
				assert.Contains(t, r.IgnoreChanges, "fromOutside", "%s: %s %q", name, r.Type, r.Name)
			}
			componentstest.AssertInvariants(t, g)
		}
	}
}

// A child that was named after its component had a name after the component's old
// one.
func TestAliasesReachEveryChild(t *testing.T) {
	t.Parallel()
	opts := []pulumi.ResourceOption{pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("before")}})}
	for name, body := range uses {
		g := componentstest.Deploy(t, use{t: t, opts: opts}.program(body), existing()...)
		for _, r := range g.Custom() {
			path, found := strings.CutSuffix(r.URN, r.Name)
			require.True(t, found)
			assert.Contains(t, r.Aliases, path+"before"+strings.TrimPrefix(r.Name, g.ByURN(r.Parent).Name), "%s: %s", name, r.URN)
		}
	}
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
			assert.Contains(t, after.One(t, typeBalancer).Aliases, before.One(t, typeBalancer).URN)
		}
	}
}

func TestProtectReachesEveryChild(t *testing.T) {
	t.Parallel()
	for name, body := range uses {
		g := componentstest.Deploy(t, use{t: t, opts: []pulumi.ResourceOption{pulumi.Protect(true)}}.program(body), existing()...)
		for _, r := range g.Custom() {
			assert.True(t, r.Protect, "%s: %s %q", name, r.Type, r.Name)
		}
	}
}

// Lookups go to the component's provider too: they are about its account and Region.
func TestProvidersReachEveryChild(t *testing.T) {
	t.Parallel()
	for name, body := range uses {
		for _, several := range []bool{false, true} {
			g := componentstest.Deploy(t, use{t: t}.program(func(u use) {
				u.opts = []pulumi.ResourceOption{u.providers(several)}
				body(u)
			}), existing()...)
			for _, r := range g.Custom() {
				if pkg, _, _ := strings.Cut(r.Type, ":"); several || pkg == "aws" {
					assertProvider(t, pkg, r.Provider, "%s: %s %q", name, r.Type, r.Name)
				}
			}
			for _, call := range g.Calls() {
				assertProvider(t, "aws", call.Provider, "%s: %s", name, call.Token)
			}
		}
	}
}

// providers are one for AWS and, as Providers, one for random values too.
func (u use) providers(several bool) pulumi.ResourceOption {
	cloud, err := aws.NewProvider(u.ctx, "outer", &aws.ProviderArgs{Region: pulumi.String("ap-northeast-1")})
	require.NoError(u.t, err)
	if !several {
		return pulumi.Provider(cloud)
	}
	chance, err := random.NewProvider(u.ctx, "outer", nil)
	require.NoError(u.t, err)
	return pulumi.Providers(cloud, chance)
}

// assertProvider checks for the provider from outside. Uses give certificates for
// CloudFront one of their own.
func assertProvider(t *testing.T, pkg, urn string, msgAndArgs ...any) {
	t.Helper()
	path := "::pulumi:providers:" + pkg + "::"
	assert.True(t, strings.HasSuffix(urn, path+"outer") || strings.HasSuffix(urn, path+"virginia"), msgAndArgs...)
}
