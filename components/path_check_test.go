package components_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

const only13 = "ELBSecurityPolicy-TLS13-1-3-2021-06"

// fronted is a program with a load balancer web behind CloudFront, a route api on it and
// the distribution cdn before it.
func fronted(
	alb func(*components.SecuredALBArgs, *frontParts), route func(*components.ServiceRouteArgs, *frontParts),
	cdn func(*components.CloudFrontFrontArgs, *frontParts),
) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		albArgs := &components.SecuredALBArgs{Network: p.network, Domain: p.domain}
		behindCloudFront(albArgs, p)
		alb(albArgs, p)
		web, err := components.NewSecuredALB(ctx, "web", albArgs)
		if err != nil {
			return err
		}
		_, err = components.NewServiceRoute(ctx, "api", routeArgs(func(a *components.ServiceRouteArgs) {
			a.LoadBalancer = web
			route(a, p)
		}))
		if err != nil {
			return err
		}
		// From here on p.secret is another one than the load balancer's.
		if p.secret, err = components.NewOriginSecret(ctx, "other", nil); err != nil {
			return err
		}
		return newFront(ctx, p, func(a *components.CloudFrontFrontArgs, p *frontParts) {
			a.Origin, a.OriginDomainName, a.OriginSecret = web, "", nil
			cdn(a, p)
		})
	})
}

func hosts(names ...string) func(*components.ServiceRouteArgs, *frontParts) {
	return func(a *components.ServiceRouteArgs, _ *frontParts) { a.Hosts = names }
}

// With its Origin a distribution needs no more than the names of its viewers.
func TestAnOriginFillsInWhatBelongsToIt(t *testing.T) {
	g := componentstest.Deploy(t, fronted(unchanged, plainRoute, usual))
	componentstest.AssertInvariants(t, g)
	d := g.One(t, typeDistribution)
	assert.Equal(t, "app.example.com", d.Input("origins[0].domainName"))
	componentstest.AssertSecret(t, d, "origins[0].customHeaders[0].value")
	assert.True(t, d.DependsOn(g.One(t, typeListenerRule)))
	assert.Equal(t, "portico:index:SecuredALB::web", g.One(t, components.TokenCloudFrontFront).Input("origin"))
	assert.Empty(t, g.Logs("warning"))
}

func TestTheWholeWayIsChecked(t *testing.T) {
	tests := []struct {
		name  string
		route func(*components.ServiceRouteArgs, *frontParts)
		cdn   func(*components.CloudFrontFrontArgs, *frontParts)
		want  string
	}{
		{"hosts that CloudFront never sends", hosts("example.com", "www.example.com"), usual,
			`forwardHostHeader: must not be "false": a request for https://example.com/ would get 403 from the load balancer: rule 100 wants host example.com or www.example.com, ` +
				`the request has app.example.com, because the distribution does not forward the viewer's Host`},
		{"the origin's name where Host is forwarded", hosts("app.example.com"), func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.ForwardHostHeader = true },
			`forwardHostHeader: must not be "true": a request for https://example.com/ would get 403 from the load balancer`},
		{"a port on which nothing listens", plainRoute, func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginHttpsPort = 8443 },
			`originHttpsPort: must not be "8443": a request for https://example.com/ would get 504 from CloudFront`},
		{"a name that is not the origin's", plainRoute, func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginDomainName = "elsewhere.example.com" },
			`originDomainName: must not be "elsewhere.example.com": a request for https://example.com/ would get 502 from CloudFront`},
		{"no secret that the origin knows", plainRoute, func(a *components.CloudFrontFrontArgs, p *frontParts) { a.OriginSecret = p.secret },
			"originSecret: a request for https://example.com/ would get 403 from the load balancer: rule 100 wants another value of header X-Origin-Verify"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := componentstest.TryPreview(fronted(unchanged, tt.route, tt.cdn))
			assert.ErrorContains(t, err, `CloudFrontFront "cdn": `+tt.want)
			assert.Empty(t, g.OfType(components.TokenCloudFrontFront))

			g = componentstest.Deploy(t, fronted(unchanged, tt.route, func(a *components.CloudFrontFrontArgs, p *frontParts) {
				a.PathCheck = components.PathCheckWarn
				tt.cdn(a, p)
			}))
			assert.Contains(t, strings.Join(g.Logs("warning"), "\n"), `CloudFrontFront "cdn": `+tt.want)
			assert.Len(t, g.OfType(typeDistribution), 1)
		})
	}
}

// What one component was allowed to go on with, the next ones do not refuse.
func TestAFaultIsToldOnce(t *testing.T) {
	unknown := func(a *components.SecuredALBArgs, _ *frontParts) {
		a.SslPolicy, a.PathCheck = "ELBSecurityPolicy-2030-01", "warn"
	}
	warnings := componentstest.Deploy(t, fronted(unknown, plainRoute, usual)).Logs("warning")
	require.Len(t, warnings, 1, "%q", warnings)
	assert.Contains(t, warnings[0], `SecuredALB "web": sslPolicy: must not be "ELBSecurityPolicy-2030-01": a request through CloudFront would get no answer`)
}

// Where AWS's pages disagree whether a request fails, nothing is refused: the argument is
// named once, with both pages.
func TestADisputedFailureIsAWarning(t *testing.T) {
	warnings := componentstest.Deploy(t, fronted(func(a *components.SecuredALBArgs, _ *frontParts) { a.SslPolicy = only13 }, plainRoute, usual)).Logs("warning")
	require.Len(t, warnings, 1, "%q", warnings)
	for _, part := range []string{
		`SecuredALB "web": sslPolicy: got "` + only13 + `": a request through CloudFront may get 502 from CloudFront: AWS's pages disagree on TLS 1.3`,
		"API_OriginSslProtocols.html: 502", "RequestAndResponseBehaviorCustomOrigin.html: 200",
	} {
		assert.Contains(t, warnings[0], part)
	}
}

// Sources disagree about a certificate with the origin's name alone when Host is
// forwarded: it works as measured, and the program is told.
func TestTheModelsDoubtsAreTold(t *testing.T) {
	warnings := componentstest.Deploy(t, fronted(unchanged, plainRoute,
		func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.ForwardHostHeader = true })).Logs("warning")
	require.Len(t, warnings, 2, "one for each viewer name: %q", warnings)
	assert.Contains(t, warnings[0], `CloudFrontFront "cdn": the origin's certificate covers app.example.com and not the forwarded Host`)
}

// Another stack's listener is looked up, and its policy decides.
func TestAnAdoptedListenerIsCheckedOnceItIsKnown(t *testing.T) {
	listener := func(policy string) componentstest.Option {
		found := resource.NewPropertyMapFromMap(map[string]any{
			"arn": adoptedListenerArn, "port": 443, "protocol": "HTTPS", "sslPolicy": policy,
			"loadBalancerArn": "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/shared/50dc6c495c0c9188",
		})
		return componentstest.WithInvoke("aws:lb/getListener:getListener",
			func(resource.PropertyMap) (resource.PropertyMap, error) { return found, nil })
	}
	behind := func(mode string) pulumi.RunFunc {
		return adopted(pulumi.String(adoptedListenerArn).ToStringOutput(), func(a *components.ServiceRouteArgs, p *frontParts) {
			a.ExistingListener.OriginSecret, a.PathCheck = p.secret, mode
		})
	}
	for _, mode := range []string{"", "warn"} {
		warnings := componentstest.Deploy(t, behind(mode), listener(only13)).Logs("warning")
		require.Len(t, warnings, 1, "%q", warnings)
		assert.Contains(t, warnings[0], `ServiceRoute "api": existingListener.listenerArn: a request through CloudFront may get 502 from CloudFront`)
	}
	componentstest.Deploy(t, adopted(pulumi.String(adoptedListenerArn), plainRoute), listener(only13))
}

// Viewers are those that the load balancer is for: at an address that it admits, and
// callers where targets speak gRPC alone.
func TestOrdinaryRequestsAreThoseThatAreMeant(t *testing.T) {
	g := componentstest.Deploy(t, routed(func(a *components.SecuredALBArgs, _ *frontParts) {
		a.AccessFrom, a.AllowedCidrs = "cidrs", []string{"198.51.100.0/24"}
	}, func(a *components.ServiceRouteArgs, _ *frontParts) { a.ProtocolVersion = "GRPC" }))
	assert.Empty(t, g.Logs("warning"))
}

func TestInstancesAreCheckedAsRoutesAre(t *testing.T) {
	open := componentstest.Rule{ID: "sgr-open", FromPort: 443, ToPort: 443, CidrIpv4: "0.0.0.0/0"}
	behind := func(openIngress, pathCheck, version string) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			albArgs := &components.SecuredALBArgs{Network: p.network, Domain: p.domain}
			behindCloudFront(albArgs, p)
			web, err := components.NewSecuredALB(ctx, "web", albArgs)
			if err != nil {
				return err
			}
			_, err = components.NewInstanceTarget(ctx, "old", &components.InstanceTargetArgs{
				InstanceId: pulumi.String("i-legacy"), SecurityGroupId: pulumi.String("sg-web"), OpenIngress: openIngress,
				Route: &components.ServiceRouteArgs{LoadBalancer: web, Priority: 100, ProtocolVersion: version, PathCheck: pathCheck},
			})
			if err != nil {
				return err
			}
			return newFront(ctx, p, func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.Origin = web })
		})
	}
	for name, c := range map[string]struct{ openIngress, pathCheck, version, want string }{
		"open":                      {"refuse", "refuse", "HTTP1", "who would get 200 from the instance itself: sgr-open"},
		"open, and requests warned": {"refuse", "warn", "HTTP1", "who would get 200 from the instance itself: sgr-open"},
		"requests, and open warned": {"warn", "refuse", "HTTP2", `InstanceTarget "old": route.protocolVersion: must not be "HTTP2": a request through CloudFront would get 464`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := componentstest.TryDeploy(behind(c.openIngress, c.pathCheck, c.version), legacy(open))
			assert.ErrorContains(t, err, c.want)
		})
	}
	g := componentstest.Deploy(t, behind("warn", "refuse", "HTTP1"), legacy(open))
	assert.Len(t, g.Logs("warning"), 1, "%q", g.Logs("warning"))
}

// Plan serves checks of one's own.
func TestPlanOfALoadBalancer(t *testing.T) {
	componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
		if err != nil {
			return err
		}
		_, err = components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), ContainerPort: 80,
			Route: &components.ServiceRouteArgs{LoadBalancer: web, Priority: 100, Paths: []string{"/shop/*"}},
		})
		if err != nil {
			return err
		}
		for path, status := range map[string]int{"/shop/cart": 200, "/": 404} {
			trace := requestpath.Walk(web.Plan(), requestpath.Request{Name: "app.example.com", Path: path})
			assert.Equal(t, status, trace.Outcome.Status, path)
		}
		return nil
	}))
}
