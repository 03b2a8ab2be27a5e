package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	adoptedListenerArn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"
	otherListenerArn   = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/other/50dc6c495c0c9188/f2f7dc8efc522ab2"
)

// routeArgs is a route at priority 100 to port 8080 of the group sg-tasks.
func routeArgs(change func(*components.ServiceRouteArgs)) *components.ServiceRouteArgs {
	args := &components.ServiceRouteArgs{Priority: 100, Port: 8080, TargetSecurityGroupId: pulumi.String("sg-tasks")}
	change(args)
	return args
}

// routed is a program with a SecuredALB named web and a route named api on it.
func routed(alb func(*components.SecuredALBArgs, *frontParts), change func(*components.ServiceRouteArgs, *frontParts)) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		return newRouted(ctx, p, alb, change)
	})
}

func newRouted(
	ctx *pulumi.Context, p *frontParts, alb func(*components.SecuredALBArgs, *frontParts), change func(*components.ServiceRouteArgs, *frontParts),
) error {
	albArgs := &components.SecuredALBArgs{Network: p.network, Domain: p.domain}
	alb(albArgs, p)
	web, err := components.NewSecuredALB(ctx, "web", albArgs)
	if err != nil {
		return err
	}
	_, err = components.NewServiceRoute(ctx, "api", routeArgs(func(a *components.ServiceRouteArgs) {
		a.LoadBalancer = web
		change(a, p)
	}))
	return err
}

func plainRoute(*components.ServiceRouteArgs, *frontParts) {}

func TestServiceRoute(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, routed(unchanged, plainRoute))
			componentstest.AssertInvariants(t, g)
			route := g.One(t, components.TokenServiceRoute)
			assert.Equal(t, map[string]int{
				typeTargetGroup: 1, typeListenerRule: 1, typeIngress: 1, typeEgress: 1,
			}, childTypes(g, route))
			assert.Equal(t, 100, route.Input("priority"))

			target := g.Get(t, typeTargetGroup, "api")
			assert.Equal(t, map[string]any{
				"targetType": "ip", "port": 8080, "protocol": "HTTP",
				"protocolVersion": "HTTP1", "deregistrationDelay": 30,
				"healthCheck": map[string]any{
					"enabled": true, "port": "traffic-port", "protocol": "HTTP", "path": "/", "matcher": "200-399",
					"interval": 30, "timeout": 5, "healthyThreshold": 2, "unhealthyThreshold": 2,
				},
			}, inputsBut(target, "vpcId"))
			assert.Equal(t, []string{g.One(t, "aws:ec2/vpc:Vpc").URN}, target.PropertyDependencies["vpcId"])

			rule := g.Get(t, typeListenerRule, "api-rule")
			assert.Equal(t, 100, rule.Input("priority"))
			assert.Equal(t, []any{map[string]any{"pathPattern": map[string]any{"values": []any{"/*"}}}}, rule.Input("conditions"))
			assert.Equal(t, "forward", rule.Input("actions[0].type"))
			assert.Equal(t, []string{g.Get(t, typeListener, "web-https").URN}, rule.PropertyDependencies["listenerArn"])
			assert.Equal(t, []string{target.URN}, rule.PropertyDependencies["actions"])
		})
	}
}

// inputsBut is all inputs of r but one.
func inputsBut(r *componentstest.Resource, key string) map[string]any {
	inputs := map[string]any{}
	for k := range r.Inputs {
		if string(k) != key {
			inputs[string(k)] = r.Input(string(k))
		}
	}
	return inputs
}

func TestServiceRouteOpensTheTargetsPortAndNoOther(t *testing.T) {
	g := componentstest.Deploy(t, routed(unchanged, plainRoute))
	albGroup := g.Get(t, typeGroup, "web-alb")
	egress := g.One(t, typeEgress)
	assert.Equal(t, "api-alb-egress", egress.Name)
	assert.Equal(t, albGroup.ID, egress.Input("securityGroupId"))
	assert.Equal(t, "sg-tasks", egress.Input("referencedSecurityGroupId"))
	ingress := g.Get(t, typeIngress, "api-target-ingress")
	assert.Equal(t, "sg-tasks", ingress.Input("securityGroupId"))
	assert.Equal(t, albGroup.ID, ingress.Input("referencedSecurityGroupId"))
	for _, rule := range []*componentstest.Resource{egress, ingress} {
		assert.Equal(t, "tcp", rule.Input("ipProtocol"))
		assert.Equal(t, 8080, rule.Input("fromPort"))
		assert.Equal(t, 8080, rule.Input("toPort"))
		assert.False(t, rule.Has("cidrIpv4"))
		assert.False(t, rule.Has("cidrIpv6"))
	}
}

func TestServiceRouteBehindCloudFrontAsksForTheSecret(t *testing.T) {
	g := componentstest.Deploy(t, routed(behindCloudFront, func(a *components.ServiceRouteArgs, _ *frontParts) {
		a.Hosts, a.Paths = []string{"app.example.com"}, []string{"/api/*"}
	}))
	componentstest.AssertInvariants(t, g)
	rule := g.One(t, typeListenerRule)
	assert.Equal(t, []any{"app.example.com"}, rule.Input("conditions[0].hostHeader.values"))
	assert.Equal(t, []any{"/api/*"}, rule.Input("conditions[1].pathPattern.values"))
	assert.Equal(t, "X-Origin-Verify", rule.Input("conditions[2].httpHeader.httpHeaderName"))
	componentstest.AssertSecret(t, rule, "conditions[2].httpHeader.values")
	assert.Equal(t, []any{g.One(t, typePassword).Output("result")}, rule.Input("conditions[2].httpHeader.values"))
}

func TestServiceRouteSettings(t *testing.T) {
	g := componentstest.Deploy(t, routed(unchanged, func(a *components.ServiceRouteArgs, _ *frontParts) {
		a.Protocol, a.ProtocolVersion, a.TargetType = "HTTPS", "GRPC", "instance"
		a.DeregistrationDelaySeconds = pulumi.IntRef(0)
		a.HealthCheck = &components.HealthCheckArgs{IntervalSeconds: 10, UnhealthyThreshold: 5}
	}))
	target := g.One(t, typeTargetGroup)
	assert.Equal(t, "HTTPS", target.Input("protocol"))
	assert.Equal(t, "GRPC", target.Input("protocolVersion"))
	assert.Equal(t, "instance", target.Input("targetType"))
	assert.Equal(t, 0, target.Input("deregistrationDelay"))
	assert.Equal(t, map[string]any{
		"enabled": true, "port": "traffic-port", "protocol": "HTTPS", "path": "/AWS.ALB/healthcheck", "matcher": "12",
		"interval": 10, "timeout": 5, "healthyThreshold": 2, "unhealthyThreshold": 5,
	}, target.Input("healthCheck"))
}

func TestServiceRouteWithADomainOfItsOwn(t *testing.T) {
	shop := func(ctx *pulumi.Context) (*components.CertifiedDomain, error) {
		return components.NewCertifiedDomain(ctx, "shop", &components.CertifiedDomainArgs{
			DomainName: "shop.example.com", SubjectAlternativeNames: []string{"*.shop.example.com"},
			HostedZone: &components.HostedZoneArgs{Name: "example.com"},
		})
	}
	g := componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		domain, err := shop(ctx)
		if err != nil {
			return err
		}
		return newRouted(ctx, p, unchanged, func(a *components.ServiceRouteArgs, _ *frontParts) { a.Domain = domain })
	}))
	componentstest.AssertInvariants(t, g)
	extra := g.Get(t, typeExtraCert, "api-certificate")
	assert.Equal(t, g.Get(t, typeListener, "web-https").Output("arn"), extra.Input("listenerArn"))
	assert.Equal(t, g.Get(t, components.TokenCertifiedDomain, "shop").Output("certificateArn"), extra.Input("certificateArn"))
	records := childTypes(g, g.One(t, components.TokenServiceRoute))[typeRecord]
	assert.Equal(t, 1, records, "the wildcard gets no record")
	record := g.Get(t, typeRecord, "api-a-shop.example.com")
	assert.Equal(t, g.Get(t, typeLoadBalancer, "web").Output("dnsName"), record.Input("aliases[0].name"))
	assert.True(t, record.DependsOn(extra), "viewers come when the certificate is served")
	assert.True(t, record.DependsOn(g.One(t, typeListenerRule)), "and their requests routed")
}

// adopted is a program with one route on a listener known by its ARN.
func adopted(arn pulumi.StringInput, change func(*components.ServiceRouteArgs, *frontParts)) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		_, err := components.NewServiceRoute(ctx, "api", routeArgs(func(a *components.ServiceRouteArgs) {
			a.ExistingListener = &components.ExistingListenerArgs{ListenerArn: arn}
			change(a, p)
		}))
		return err
	})
}

func TestServiceRouteOnAnAdoptedListener(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, adopted(pulumi.String(adoptedListenerArn), func(a *components.ServiceRouteArgs, p *frontParts) {
				a.ExistingListener.OriginSecret = p.secret
				a.ExistingListener.DualStack = true
				a.Domain = p.domain
			}))
			componentstest.AssertInvariants(t, g)
			rule := g.One(t, typeListenerRule)
			assert.Equal(t, adoptedListenerArn, rule.Input("listenerArn"))
			componentstest.AssertSecret(t, rule, "conditions[1].httpHeader.values")
			assert.Regexp(t, "^vpc-", g.One(t, typeTargetGroup).Input("vpcId"))
			egress := g.One(t, typeEgress)
			assert.Regexp(t, "^sg-[0-9a-f]{17}$", egress.Input("securityGroupId"))
			assert.Equal(t, egress.Input("securityGroupId"), g.One(t, typeIngress).Input("referencedSecurityGroupId"))
			assert.Regexp(t, `^shared-.*elb\.amazonaws\.com$`, g.Get(t, typeRecord, "api-a-app.example.com").Input("aliases[0].name"))
			g.Get(t, typeRecord, "api-aaaa-app.example.com")
		})
	}
}

func TestServiceRouteChecksAnAdoptedListenerOnceItIsKnown(t *testing.T) {
	answer := func(properties map[string]any) componentstest.InvokeFunc {
		return func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.NewPropertyMapFromMap(properties), nil
		}
	}
	program := adopted(pulumi.String(adoptedListenerArn), plainRoute)
	_, err := componentstest.TryPreview(program, componentstest.WithInvoke("aws:lb/getListener:getListener",
		answer(map[string]any{"arn": adoptedListenerArn, "loadBalancerArn": "lb", "port": 80, "protocol": "HTTP"})))
	assert.ErrorContains(t, err, `ServiceRoute "api": existingListener.listenerArn: must be an HTTPS listener, got one of HTTP on port 80`)
	_, err = componentstest.TryPreview(program, componentstest.WithInvoke("aws:lb/getLoadBalancer:getLoadBalancer",
		answer(map[string]any{"vpcId": "vpc-1", "securityGroups": []any{"sg-1", "sg-2"}})))
	assert.ErrorContains(t, err, "must belong to a load balancer with exactly one security group, got 2: sg-1, sg-2")
}

func TestServiceRouteRefusals(t *testing.T) {
	tests := []struct {
		name   string
		change func(*components.ServiceRouteArgs, *frontParts)
		want   string
	}{
		{"no listener", func(a *components.ServiceRouteArgs, _ *frontParts) { a.ExistingListener = nil },
			"loadBalancer: is required, or existingListener instead of it"},
		{"no listener ARN", func(a *components.ServiceRouteArgs, _ *frontParts) { a.ExistingListener.ListenerArn = nil },
			"existingListener.listenerArn: is required"},
		{"the load balancer's ARN", func(a *components.ServiceRouteArgs, _ *frontParts) {
			a.ExistingListener.ListenerArn = pulumi.String("arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188")
		}, "existingListener.listenerArn: must be the ARN of an Application Load Balancer's listener"},
		{"priority", func(a *components.ServiceRouteArgs, _ *frontParts) { a.Priority = 50001 }, "priority: must be 1-50000, got 50001"},
		{"host", func(a *components.ServiceRouteArgs, _ *frontParts) { a.Hosts = []string{"localhost"} }, "hosts[0]: must hold a dot"},
		{"path", func(a *components.ServiceRouteArgs, _ *frontParts) { a.Paths = []string{"/a", "b"} }, "paths[1]: must begin with /"},
		{"too many values with the secret", func(a *components.ServiceRouteArgs, p *frontParts) {
			a.ExistingListener.OriginSecret = p.secret
			a.Hosts, a.Paths = []string{"a.example.com", "b.example.com"}, []string{"/a", "/b", "/c"}
		}, "hosts: must leave at most 5 values to match in one rule, got 6: 2 hosts + 3 paths + 1 origin secrets"},
		{"no port", func(a *components.ServiceRouteArgs, _ *frontParts) { a.Port = 0 }, "port: is required"},
		{"port", func(a *components.ServiceRouteArgs, _ *frontParts) { a.Port = 70000 }, "port: must be 1-65535, got 70000"},
		{"protocol", func(a *components.ServiceRouteArgs, _ *frontParts) { a.Protocol = "TCP" }, `protocol: must be one of "HTTP", "HTTPS"`},
		{"protocol version", func(a *components.ServiceRouteArgs, _ *frontParts) { a.ProtocolVersion = "HTTP3" },
			`protocolVersion: must be one of "HTTP1", "HTTP2", "GRPC", got "HTTP3"`},
		{"HTTP/2 behind CloudFront", func(a *components.ServiceRouteArgs, p *frontParts) {
			a.ExistingListener.OriginSecret, a.ProtocolVersion = p.secret, "HTTP2"
		}, `protocolVersion: must not be "HTTP2": a request through CloudFront would get 464 from the load balancer`},
		{"protocol version", func(a *components.ServiceRouteArgs, _ *frontParts) { a.ProtocolVersion = "HTTP3" },
			`protocolVersion: must be one of "HTTP1", "HTTP2", "GRPC"`},
		{"target type", func(a *components.ServiceRouteArgs, _ *frontParts) { a.TargetType = "lambda" }, `targetType: must be one of "ip", "instance"`},
		{"health check", func(a *components.ServiceRouteArgs, _ *frontParts) {
			a.HealthCheck = &components.HealthCheckArgs{IntervalSeconds: 5, TimeoutSeconds: 5}
		}, "healthCheck.timeoutSeconds: must be below intervalSeconds (5), got 5"},
		{"deregistration delay", func(a *components.ServiceRouteArgs, _ *frontParts) {
			a.DeregistrationDelaySeconds = pulumi.IntRef(3601)
		},
			"deregistrationDelaySeconds: must be 0-3600 s, got 3601"},
		{"no security group", func(a *components.ServiceRouteArgs, _ *frontParts) { a.TargetSecurityGroupId = nil },
			"targetSecurityGroupId: is required"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assertPartsRefused(t, func(ctx *pulumi.Context, p *frontParts) error {
				_, err := components.NewServiceRoute(ctx, "api", routeArgs(func(a *components.ServiceRouteArgs) {
					a.ExistingListener = &components.ExistingListenerArgs{ListenerArn: pulumi.String(adoptedListenerArn)}
					tt.change(a, p)
				}))
				return err
			}, `ServiceRoute "api": `+tt.want)
		})
	}
	t.Run("two listeners", func(t *testing.T) {
		_, err := componentstest.TryDeploy(routed(unchanged, func(a *components.ServiceRouteArgs, _ *frontParts) {
			a.ExistingListener = &components.ExistingListenerArgs{ListenerArn: pulumi.String(adoptedListenerArn)}
		}))
		assert.ErrorContains(t, err, "existingListener: must be empty when loadBalancer is given")
	})
	t.Run("gRPC behind CloudFront", func(t *testing.T) {
		_, err := componentstest.TryDeploy(routed(behindCloudFront, func(a *components.ServiceRouteArgs, _ *frontParts) { a.ProtocolVersion = "GRPC" }))
		assert.ErrorContains(t, err, `protocolVersion: must not be "GRPC": a request through CloudFront would get 464`)
	})
	t.Run("no args", func(t *testing.T) {
		assertPartsRefused(t, func(ctx *pulumi.Context, _ *frontParts) error {
			_, err := components.NewServiceRoute(ctx, "api", nil)
			return err
		}, `ServiceRoute "api": args are required`)
	})
}
