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

func internal(a *components.SecuredALBArgs, _ *frontParts) {
	a.Internal, a.AllowedCidrs = true, []string{"10.0.0.0/16"}
}

func TestAnInternalSecuredALB(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, loadBalancer(internal))
			componentstest.AssertInvariants(t, g)
			assert.Equal(t, "cidrs", g.One(t, components.TokenSecuredALB).Input("accessFrom"))
			lb := g.Get(t, typeLoadBalancer, "web")
			assert.Equal(t, true, lb.Input("internal"))
			for _, zone := range []string{"ap-northeast-1c", "ap-northeast-1d"} {
				assert.Contains(t, lb.PropertyDependencies["subnets"], g.Get(t, "aws:ec2/subnet:Subnet", "net-private-"+zone).URN)
				assert.NotContains(t, lb.PropertyDependencies["subnets"], g.Get(t, "aws:ec2/subnet:Subnet", "net-public-"+zone).URN)
			}
			assert.Equal(t, map[string][]any{
				"web-in-80-10.0.0.0-16":  {80, "cidrIpv4", "10.0.0.0/16"},
				"web-in-443-10.0.0.0-16": {443, "cidrIpv4", "10.0.0.0/16"},
			}, ingressOf(t, g))
			assert.True(t, g.Get(t, typeRecord, "web-a-app.example.com").DependsOn(lb))
		})
	}
}

// The plan of an internal load balancer answers the VPC and not the internet.
func TestTheRequestPathOfAnInternalSecuredALB(t *testing.T) {
	componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
			Network: p.network, Domain: p.domain, Internal: true, AllowedCidrs: []string{"10.1.0.0/16"},
		})
		if err != nil {
			return err
		}
		_, err = components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
			Network: p.network, Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"),
			Route: &components.ServiceRouteArgs{LoadBalancer: web},
		})
		if err != nil {
			return err
		}
		from := map[string]string{}
		for _, r := range requestpath.Check(web.Plan()) {
			assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
			from[r.Name] = r.Request.From.Kind + " " + r.Request.From.Address
			if r.Name == "the internet, to load balancer web" {
				assert.Equal(t, requestpath.WantRejection, r.Want)
				assert.Equal(t, "private-address", r.Chain.Outcome.Fact.ID)
			}
		}
		assert.Equal(t, "vpc 10.1.0.0", from["https://app.example.com/"], "an address that AllowedCidrs admits")
		assert.Contains(t, from, "the internet, to load balancer web")
		return nil
	}))
}

func TestAnInternalSecuredALBInAnAdoptedNetwork(t *testing.T) {
	program := func(private []string) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			network, err := components.NewNetwork(ctx, "adopted", adopting([]string{"subnet-a", "subnet-c"}, private))
			if err != nil {
				return err
			}
			return newLoadBalancer(ctx, p, func(a *components.SecuredALBArgs, p *frontParts) {
				internal(a, p)
				a.Network = network
			})
		})
	}
	subnets := componentstest.WithVpc("vpc-1",
		componentstest.Subnet{ID: "subnet-a", Zone: "ap-northeast-1a", CidrBlock: "10.9.0.0/24", Public: true},
		componentstest.Subnet{ID: "subnet-c", Zone: "ap-northeast-1c", CidrBlock: "10.9.1.0/24", Public: true},
		componentstest.Subnet{ID: "subnet-p", Zone: "ap-northeast-1a", CidrBlock: "10.9.2.0/24"},
		componentstest.Subnet{ID: "subnet-q", Zone: "ap-northeast-1c", CidrBlock: "10.9.3.0/24"},
		componentstest.Subnet{ID: "subnet-r", Zone: "ap-northeast-1a", CidrBlock: "10.9.4.0/24"},
		componentstest.Subnet{ID: "subnet-s", Zone: "ap-northeast-1c", CidrBlock: "10.9.5.0/28"})
	g := componentstest.Deploy(t, program([]string{"subnet-p", "subnet-q"}), subnets)
	assert.Equal(t, []any{"subnet-p", "subnet-q"}, g.Get(t, typeLoadBalancer, "web").Input("subnets"))

	for name, tt := range map[string]struct {
		private []string
		want    string
	}{
		"none":       {nil, "internal: must be false, got true: the load balancer needs private subnets in 2 zones, and network has 0; adopt them"},
		"one":        {[]string{"subnet-p"}, "internal: must be false, got true: the load balancer needs private subnets in 2 zones, and network has 1; adopt them"},
		"one zone":   {[]string{"subnet-p", "subnet-r"}, "network: existing.privateSubnetIds: must be one subnet per zone"},
		"too narrow": {[]string{"subnet-p", "subnet-s"}, `network: existing.privateSubnetIds: must be /27 or wider for a load balancer, got "subnet-s"`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(program(tt.private), subnets)
			require.ErrorContains(t, err, `SecuredALB "web": `+tt.want)
			assert.Empty(t, g.OfType(typeGroup), "nothing of the load balancer is made")
		})
	}
}

func TestCloudFrontCannotReachAnInternalSecuredALB(t *testing.T) {
	for _, mode := range []string{components.PathCheckRefuse, components.PathCheckWarn} {
		_, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
			web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
				Network: p.network, Domain: p.domain, Internal: true, AllowedCidrs: []string{"10.0.0.0/16"},
			})
			if err != nil {
				return err
			}
			_, err = components.NewCloudFrontFront(ctx, "front", &components.CloudFrontFrontArgs{
				Origin: web, Domain: p.viewers, OriginSecret: p.secret, PathCheck: mode,
			})
			return err
		}))
		assert.ErrorContains(t, err, `CloudFrontFront "front": origin: must be a load balancer that CloudFront reaches, got "web", which is internal and admits `+
			`allowedCidrs alone: viewers would get 504; set its accessFrom to "vpc-origin", which makes a VPC origin to it, and leave out internal and allowedCidrs`)
	}
}

// An instance is compared with the zones of the subnets that its load balancer stands in.
func TestAnInstanceBehindAnInternalSecuredALB(t *testing.T) {
	subnet := func(id, zone, block string, public bool) componentstest.Subnet {
		return componentstest.Subnet{ID: id, Zone: "ap-northeast-1" + zone, CidrBlock: block, Public: public}
	}
	vpc := componentstest.WithVpc("vpc-1",
		subnet("subnet-a", "a", "10.9.0.0/24", true), subnet("subnet-c", "c", "10.9.1.0/24", true), subnet("subnet-d", "d", "10.9.2.0/24", true),
		subnet("subnet-p", "a", "10.9.3.0/24", false), subnet("subnet-q", "c", "10.9.4.0/24", false))
	instance := componentstest.WithInstance(componentstest.Instance{
		ID: "i-legacy", SubnetID: "subnet-d", Groups: []componentstest.Group{{ID: "sg-web"}},
	})
	program := func(change func(*components.SecuredALBArgs, *frontParts)) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			network, err := components.NewNetwork(ctx, "adopted",
				adopting([]string{"subnet-a", "subnet-c", "subnet-d"}, []string{"subnet-p", "subnet-q"}))
			if err != nil {
				return err
			}
			args := &components.SecuredALBArgs{Network: network, Domain: p.domain}
			change(args, p)
			web, err := components.NewSecuredALB(ctx, "web", args)
			if err != nil {
				return err
			}
			_, err = components.NewInstanceTarget(ctx, "old", &components.InstanceTargetArgs{
				InstanceId: pulumi.String("i-legacy"), Route: &components.ServiceRouteArgs{LoadBalancer: web, Priority: 100},
			})
			return err
		})
	}
	componentstest.Deploy(t, program(unchanged), vpc, instance)
	_, err := componentstest.TryPreview(program(internal), vpc, instance)
	assert.ErrorContains(t, err, `InstanceTarget "old": instanceId: must be an instance in one of the load balancer's zones, `+
		"ap-northeast-1a, ap-northeast-1c, got one in ap-northeast-1d")
}
