package components_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

const typeVPCOrigin = "aws:cloudfront/vpcOrigin:VpcOrigin"

// privateParts are the args of a load balancer behind a VPC origin, of a route there, and of
// the distribution before it.
type privateParts struct {
	alb   *components.SecuredALBArgs
	route *components.ServiceRouteArgs
	front *components.CloudFrontFrontArgs
}

// private is a distribution before a load balancer that only its VPC origin leads to, and a
// service behind that.
func private(change func(*privateParts, *frontParts), seen func(*components.CloudFrontFront)) func(*pulumi.Context, *frontParts) error {
	return func(ctx *pulumi.Context, p *frontParts) error {
		parts := &privateParts{
			alb:   &components.SecuredALBArgs{Network: p.network, Domain: p.domain, AccessFrom: components.AccessFromVpcOrigin},
			route: &components.ServiceRouteArgs{}, front: &components.CloudFrontFrontArgs{Domain: p.viewers},
		}
		change(parts, p)
		web, err := components.NewSecuredALB(ctx, "web", parts.alb)
		if err != nil {
			return err
		}
		parts.route.LoadBalancer = web
		_, err = components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
			Network: p.network, Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Route: parts.route,
		})
		if err != nil {
			return err
		}
		if parts.front.Origin == nil && parts.front.OriginDomainName == "" {
			parts.front.Origin = web
		}
		cdn, err := components.NewCloudFrontFront(ctx, "cdn", parts.front)
		if err == nil && seen != nil {
			seen(cdn)
		}
		return err
	}
}

func asItIs(*privateParts, *frontParts) {}

func TestAFrontBeforeAPrivateLoadBalancer(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, withParts(private(asItIs, nil)))
			componentstest.AssertInvariants(t, g)
			cdn := g.One(t, components.TokenCloudFrontFront)
			assert.Equal(t, map[string]int{typeDistribution: 1, typeVPCOrigin: 1, typeRecord: 4}, childTypes(g, cdn))
			lb := g.Get(t, typeLoadBalancer, "web")
			assert.Equal(t, true, lb.Input("internal"))
			assert.Len(t, g.OfType(typeListener), 1, "no redirect: there are no viewers")

			origin, rule, d := g.Get(t, typeVPCOrigin, "cdn-vpc-origin"), g.Get(t, typeIngress, "web-in-443-cloudfront"), g.Get(t, typeDistribution, "cdn")
			const config = "vpcOriginEndpointConfig."
			assert.Equal(t, "https-only", origin.Input(config+"originProtocolPolicy"))
			assert.Equal(t, 443, origin.Input(config+"httpsPort"))
			assert.Equal(t, map[string]any{"items": []any{"TLSv1.2"}, "quantity": 1}, origin.Input(config+"originSslProtocols"))
			assert.True(t, origin.DependsOn(lb))
			assert.True(t, origin.DependsOn(g.Get(t, typeListener, "web-https")))
			assert.True(t, rule.DependsOn(origin), "CloudFront's group is looked up after the VPC origin")
			assert.True(t, d.DependsOn(rule))
			assert.Equal(t, "app.example.com", d.Input("origins[0].domainName"))
			assert.False(t, d.Has("origins[0].customOriginConfig"))
			assert.False(t, d.Has("origins[0].customHeaders"))
			assert.Empty(t, g.OfType("random:index/randomPassword:RandomPassword")[1:], "no origin secret beside that of the parts")
			assert.Empty(t, childTypes(g, g.One(t, components.TokenSecuredALB))[typeRecord], "nothing leads to the load balancer")
			if name == "deploy" {
				assert.Len(t, ingressOf(t, g), 1)
				assert.Equal(t, componentstest.VPCOriginGroupID, rule.Input("referencedSecurityGroupId"))
				assert.Nil(t, rule.Input("prefixListId"))
				assert.Equal(t, 443, rule.Input("fromPort"))
				assert.Regexp(t, `^project-stack-cdn-[0-9a-f]+$`, origin.Input(config+"name"))
			}
		})
	}
}

func withoutVPCOriginGroup() componentstest.Option {
	return componentstest.WithInvoke("aws:ec2/getSecurityGroups:getSecurityGroups", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.PropertyMap{"ids": resource.NewProperty([]resource.PropertyValue{})}, nil
	})
}

// CloudFront's group may come later than its VPC origin. Until then the prefix list admits it.
func TestThePrefixListStandsInForAGroupThatIsNotThereYet(t *testing.T) {
	g := componentstest.Deploy(t, withParts(private(asItIs, nil)), withoutVPCOriginGroup())
	rule := g.Get(t, typeIngress, "web-in-443-cloudfront")
	assert.NotEmpty(t, rule.Input("prefixListId"))
	assert.Nil(t, rule.Input("referencedSecurityGroupId"))

	public := componentstest.Deploy(t, withParts(private(func(parts *privateParts, p *frontParts) {
		parts.alb.AccessFrom, parts.alb.OriginSecret = components.AccessFromCloudFront, p.secret
	}, nil)))
	before := public.Get(t, typeIngress, "web-in-443-cloudfront")
	assert.Equal(t, before.URN, rule.URN, "a change of the access must not make the same rule twice in one group")
	assert.Equal(t, before.Input("prefixListId"), rule.Input("prefixListId"))
}

func TestThePathThroughAVPCOrigin(t *testing.T) {
	var plan requestpath.Plan
	componentstest.Deploy(t, withParts(private(asItIs, func(c *components.CloudFrontFront) { plan = c.Plan() })))
	for _, r := range requestpath.Check(plan) {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
	}
	o := requestpath.Walk(plan, requestpath.Request{Name: "www.example.com"}).Outcome
	assert.Equal(t, 200, o.Status)
	assert.Equal(t, requestpath.HopTarget, o.By)
}

func TestAnExistingVPCOrigin(t *testing.T) {
	g := componentstest.Deploy(t, withParts(private(func(a *privateParts, _ *frontParts) {
		a.front.ExistingVpcOriginId = pulumi.String("vo_1a2B")
	}, nil)))
	assert.Empty(t, g.OfType(typeVPCOrigin))
	assert.Equal(t, "vo_1a2B", g.Get(t, typeDistribution, "cdn").Input("origins[0].vpcOriginConfig.vpcOriginId"))
	assert.Len(t, ingressOf(t, g), 1, "the load balancer admits it all the same")

	g = componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		return newFront(ctx, p, func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.ExistingVpcOriginId = pulumi.String("vo_1a2B")
		})
	}))
	assert.Equal(t, "vo_1a2B", g.Get(t, typeDistribution, "cdn").Input("origins[0].vpcOriginConfig.vpcOriginId"))
	assert.Equal(t, 30, g.Get(t, typeDistribution, "cdn").Input("origins[0].vpcOriginConfig.originReadTimeout"))
}

// Two distributions of one load balancer have a VPC origin each, and one rule admits both.
func TestTwoFrontsBeforeOnePrivateLoadBalancer(t *testing.T) {
	g := componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
			Network: p.network, Domain: p.domain, AccessFrom: components.AccessFromVpcOrigin,
		})
		if err != nil {
			return err
		}
		for _, name := range []string{"one", "two"} {
			args := &components.CloudFrontFrontArgs{Origin: web, OriginDomainName: "app.example.com"}
			if _, err := components.NewCloudFrontFront(ctx, name, args); err != nil {
				return err
			}
		}
		return nil
	}))
	componentstest.AssertInvariants(t, g)
	assert.Len(t, g.OfType(typeVPCOrigin), 2)
	assert.Len(t, ingressOf(t, g), 1)
	assert.True(t, g.Get(t, typeDistribution, "two").DependsOn(g.Get(t, typeIngress, "web-in-443-cloudfront")))
}

func TestWhatAPrivateLoadBalancerCannotHave(t *testing.T) {
	const alb, front = `SecuredALB "web": `, `CloudFrontFront "cdn": `
	for want, change := range map[string]func(*privateParts, *frontParts){
		alb + `aliasNames: must be empty when accessFrom is "vpc-origin", got ["app.example.com"]: CloudFront finds the load balancer without a record`: func(a *privateParts, _ *frontParts) {
			a.alb.AliasNames = []string{"app.example.com"}
		},
		alb + `originSecret: must be empty when accessFrom is "vpc-origin": only distributions of this account reach the load balancer`: func(a *privateParts, p *frontParts) { a.alb.OriginSecret = p.secret },
		alb + `dualStack: must be false when accessFrom is "vpc-origin", got true`:                                                      func(a *privateParts, _ *frontParts) { a.alb.DualStack = true },
		alb + `allowedCidrs: must be empty unless accessFrom is "cidrs", which is "vpc-origin"`: func(a *privateParts, _ *frontParts) {
			a.alb.AllowedCidrs = []string{"10.0.0.0/16"}
		},
		alb + `accessFrom: must be one of "internet", "cidrs", "cloudfront", "vpc-origin", got "vpc"`: func(a *privateParts, _ *frontParts) { a.alb.AccessFrom = "vpc" },
		`route.domain: must be left out behind a load balancer that only a VPC origin leads to: its records would lead viewers to private addresses`: func(a *privateParts, p *frontParts) {
			a.route.Domain = p.domain
		},
		front + `originSecret: must be left out with origin "web": only distributions of this account reach it through a VPC origin`: func(a *privateParts, p *frontParts) { a.front.OriginSecret = p.secret },
		front + `originHttpsPort: must be 443 with a VPC origin, got 8443: the VPC origin says which port is connected to`: func(a *privateParts, _ *frontParts) {
			a.front.OriginHttpsPort = 8443
		},
		front + `existingVpcOriginId: must be the id of a VPC origin such as vo_JQEa410sssUFoY6wMkx69j, got "web"`: func(a *privateParts, _ *frontParts) {
			a.front.ExistingVpcOriginId = pulumi.String("web")
		},
	} {
		_, err := componentstest.TryDeploy(withParts(private(change, nil)))
		assert.ErrorContains(t, err, want)
	}
	_, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
			Network: p.network, Domain: p.domain, AccessFrom: components.AccessFromCloudFront, OriginSecret: p.secret,
		})
		if err != nil {
			return err
		}
		_, err = components.NewCloudFrontFront(ctx, "cdn", &components.CloudFrontFrontArgs{
			Origin: web, Domain: p.viewers, ExistingVpcOriginId: pulumi.String("vo_1"),
		})
		return err
	}))
	assert.ErrorContains(t, err, front+`existingVpcOriginId: must be left out with origin "web", which CloudFront reaches through the internet`)
}

func TestAPrivateLoadBalancerNeedsAnInternetGatewayInItsVPC(t *testing.T) {
	vpc := componentstest.WithVpc("vpc-1",
		componentstest.Subnet{ID: "subnet-a", Zone: "ap-northeast-1a", CidrBlock: "10.9.0.0/24", Public: true},
		componentstest.Subnet{ID: "subnet-c", Zone: "ap-northeast-1c", CidrBlock: "10.9.1.0/24", Public: true},
		componentstest.Subnet{ID: "subnet-p", Zone: "ap-northeast-1a", CidrBlock: "10.9.2.0/24"},
		componentstest.Subnet{ID: "subnet-q", Zone: "ap-northeast-1c", CidrBlock: "10.9.3.0/24"})
	none := componentstest.WithInvoke("aws:ec2/getInternetGateway:getInternetGateway", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return nil, errors.New("no matching EC2 Internet Gateway found")
	})
	g, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
		network, err := components.NewNetwork(ctx, "adopted", adopting([]string{"subnet-a", "subnet-c"}, []string{"subnet-p", "subnet-q"}))
		if err != nil {
			return err
		}
		_, err = components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: network, Domain: p.domain, AccessFrom: components.AccessFromVpcOrigin})
		return err
	}), vpc, none)
	assert.ErrorContains(t, err, `SecuredALB "web": network: must be a VPC with an internet gateway, got "vpc-1": AWS makes no VPC origin in another one`)
	assert.Empty(t, g.OfType(typeGroup), "nothing of the load balancer is made")
}
