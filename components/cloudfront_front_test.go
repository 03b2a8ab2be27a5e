package components_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const globalWebACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/0a1b"

// front is a program with one CloudFrontFront named cdn.
func front(change func(*components.CloudFrontFrontArgs, *frontParts)) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error { return newFront(ctx, p, change) })
}

func newFront(ctx *pulumi.Context, p *frontParts, change func(*components.CloudFrontFrontArgs, *frontParts)) error {
	args := &components.CloudFrontFrontArgs{OriginDomainName: "app.example.com", Domain: p.viewers, OriginSecret: p.secret}
	change(args, p)
	cdn, err := components.NewCloudFrontFront(ctx, "cdn", args)
	if err != nil {
		return err
	}
	ctx.Export("url", cdn.Url)
	return nil
}

func usual(*components.CloudFrontFrontArgs, *frontParts) {}

func TestCloudFrontFront(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, front(usual))
			componentstest.AssertInvariants(t, g)
			cdn := g.One(t, components.TokenCloudFrontFront)
			assert.Equal(t, map[string]int{typeDistribution: 1, typeRecord: 4}, childTypes(g, cdn))
			d := g.Get(t, typeDistribution, "cdn")
			assert.Equal(t, true, d.Input("enabled"))
			assert.Equal(t, "cdn", d.Input("comment"))
			assert.Equal(t, "http2and3", d.Input("httpVersion"))
			assert.Equal(t, true, d.Input("isIpv6Enabled"))
			assert.Equal(t, "PriceClass_All", d.Input("priceClass"))
			assert.Equal(t, true, d.Input("waitForDeployment"))
			assert.Equal(t, []any{"example.com", "www.example.com"}, d.Input("aliases"))
			assert.Equal(t, "none", d.Input("restrictions.geoRestriction.restrictionType"))
			assert.False(t, d.Has("webAclId"))
			assert.False(t, d.Has("defaultRootObject"))
			assert.Equal(t, map[string]any{
				"acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b",
				"sslSupportMethod":  "sni-only", "minimumProtocolVersion": "TLSv1.2_2021",
			}, d.Input("viewerCertificate"))
			assert.Equal(t, map[string]any{
				"targetOriginId":          "origin",
				"viewerProtocolPolicy":    "redirect-to-https",
				"allowedMethods":          []any{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"},
				"cachedMethods":           []any{"GET", "HEAD"},
				"cachePolicyId":           "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
				"originRequestPolicyId":   "b689b0a8-53d0-40ab-baf2-68738e2966ac",
				"responseHeadersPolicyId": managedHeaders,
			}, d.Input("defaultCacheBehavior"))
			uncached := map[any]any{}
			for _, response := range d.Input("customErrorResponses").([]any) {
				uncached[response.(map[string]any)["errorCode"]] = response.(map[string]any)["errorCachingMinTtl"]
			}
			assert.Equal(t, map[any]any{404: 0, 414: 0, 500: 0, 501: 0, 502: 0, 503: 0, 504: 0}, uncached)
			assert.Equal(t, "https://example.com", g.Output("url"))
		})
	}
}

func TestCloudFrontFrontOrigin(t *testing.T) {
	g := componentstest.Deploy(t, front(usual))
	d := g.One(t, typeDistribution)
	assert.Len(t, d.Input("origins"), 1)
	assert.Equal(t, "origin", d.Input("origins[0].originId"))
	assert.Equal(t, "app.example.com", d.Input("origins[0].domainName"))
	assert.Equal(t, map[string]any{
		"originProtocolPolicy": "https-only", "originSslProtocols": []any{"TLSv1.2"}, "httpPort": 80, "httpsPort": 443,
		"originReadTimeout": 30, "originKeepaliveTimeout": 5,
	}, d.Input("origins[0].customOriginConfig"))
	assert.Equal(t, "X-Origin-Verify", d.Input("origins[0].customHeaders[0].name"))
	componentstest.AssertSecret(t, d, "origins[0].customHeaders[0].value")
	assert.Equal(t, g.One(t, typePassword).Output("result"), d.Input("origins[0].customHeaders[0].value"))

	g = componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) {
		a.OriginSecret, a.OriginHttpsPort, a.OriginReadTimeoutSeconds, a.OriginKeepaliveTimeoutSeconds = nil, 8443, 60, 10
		a.ForwardHostHeader = true
	}))
	d = g.One(t, typeDistribution)
	assert.False(t, d.Has("origins[0].customHeaders"))
	assert.Equal(t, 8443, d.Input("origins[0].customOriginConfig.httpsPort"))
	assert.Equal(t, 60, d.Input("origins[0].customOriginConfig.originReadTimeout"))
	assert.Equal(t, 10, d.Input("origins[0].customOriginConfig.originKeepaliveTimeout"))
	assert.Equal(t, "216adef6-5c7f-47e4-b989-5492eafa07d3", d.Input("defaultCacheBehavior.originRequestPolicyId"))
}

func TestCloudFrontFrontRecords(t *testing.T) {
	g := componentstest.Deploy(t, front(usual))
	d := g.One(t, typeDistribution)
	for _, name := range []string{"example.com", "www.example.com"} {
		for prefix, recordType := range map[string]string{"cdn-a-": "A", "cdn-aaaa-": "AAAA"} {
			record := g.Get(t, typeRecord, prefix+name)
			assert.Equal(t, recordType, record.Input("type"))
			assert.Equal(t, name, record.Input("name"))
			assert.Equal(t, componentstest.ZoneID("example.com"), record.Input("zoneId"))
			assert.Equal(t, map[string]any{
				"name": d.Output("domainName"), "zoneId": "Z2FDTNDATAQYW2", "evaluateTargetHealth": false,
			}, record.Input("aliases[0]"))
		}
	}
	g = componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.CreateAliasRecords = pulumi.BoolRef(false) }))
	assert.Zero(t, childTypes(g, g.One(t, components.TokenCloudFrontFront))[typeRecord])

	g = componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) {
		a.Aliases, a.OverwriteExistingRecords = []string{"*.shop.example.com"}, true
	}))
	assert.Equal(t, true, g.Get(t, typeRecord, "cdn-a-wildcard.shop.example.com").Input("allowOverwrite"))
	assert.Equal(t, "*.shop.example.com", g.Get(t, typeRecord, "cdn-aaaa-wildcard.shop.example.com").Input("name"))
	assert.Regexp(t, `^https://d[0-9a-f]+\.cloudfront\.net$`, g.Output("url"), "a wildcard is no address")
}

func TestCloudFrontFrontWithoutADomain(t *testing.T) {
	g := componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.Domain = nil }))
	componentstest.AssertInvariants(t, g)
	d := g.One(t, typeDistribution)
	assert.Equal(t, map[string]any{"cloudfrontDefaultCertificate": true}, d.Input("viewerCertificate"))
	assert.False(t, d.Has("aliases"))
	assert.Equal(t, "https://"+d.Output("domainName").(string), g.Output("url"))
	assert.Zero(t, childTypes(g, g.One(t, components.TokenCloudFrontFront))[typeRecord])
}

func TestCloudFrontFrontSettings(t *testing.T) {
	g := componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) {
		a.DefaultRootObject, a.PriceClass, a.Comment = "index.html", "PriceClass_200", "shop"
		a.MinimumViewerTlsVersion, a.WaitForDeployment = "TLSv1.2_2019", pulumi.BoolRef(false)
		a.WebAclArn = pulumi.String(globalWebACL)
	}))
	d := g.One(t, typeDistribution)
	assert.Equal(t, "index.html", d.Input("defaultRootObject"))
	assert.Equal(t, "PriceClass_200", d.Input("priceClass"))
	assert.Equal(t, "shop", d.Input("comment"))
	assert.Equal(t, "TLSv1.2_2019", d.Input("viewerCertificate.minimumProtocolVersion"))
	assert.Equal(t, false, d.Input("waitForDeployment"))
	assert.Equal(t, globalWebACL, d.Input("webAclId"))
}

func TestCloudFrontFrontChecksTheWebACLOnceItIsKnown(t *testing.T) {
	regional := pulumi.String("arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/site/0a1b").ToStringOutput()
	_, err := componentstest.TryPreview(front(func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.WebAclArn = regional }))
	assert.ErrorContains(t, err, `CloudFrontFront "cdn": webAclArn: must be of scope CLOUDFRONT`)
}

// cloudFrontToALB is the whole way from viewer to targets, with the rule that
// accepts the secret handed to the distribution.
func cloudFrontToALB(secret *components.OriginSecretArgs) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		rotated, err := components.NewOriginSecret(ctx, "header", secret)
		if err != nil {
			return err
		}
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
			Network: p.network, Domain: p.domain, AccessFrom: components.AccessFromCloudFront, OriginSecret: rotated,
		})
		if err != nil {
			return err
		}
		route, err := components.NewServiceRoute(ctx, "api", routeArgs(func(a *components.ServiceRouteArgs) { a.LoadBalancer = web }))
		if err != nil {
			return err
		}
		return newFront(ctx, p, func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.OriginSecret, a.OriginReady = rotated, []pulumi.Resource{route.Rule}
		})
	})
}

func TestRotatingTheOriginSecretNeverLocksTheDistributionOut(t *testing.T) {
	accepted := func(g *componentstest.Graph) any {
		return g.One(t, typeListenerRule).Input("conditions[1].httpHeader.values")
	}
	sent := func(g *componentstest.Graph) any {
		return g.One(t, typeDistribution).Input("origins[0].customHeaders[0].value")
	}
	before := componentstest.Deploy(t, cloudFrontToALB(nil))
	during := componentstest.Deploy(t, cloudFrontToALB(&components.OriginSecretArgs{Version: "2", PreviousVersion: "1"}))
	after := componentstest.Deploy(t, cloudFrontToALB(&components.OriginSecretArgs{Version: "2"}))

	assert.NotEqual(t, sent(before), sent(during))
	assert.Equal(t, []any{sent(before)}, accepted(before))
	assert.Equal(t, []any{sent(during), sent(before)}, accepted(during), "what is still sent is accepted")
	assert.Equal(t, []any{sent(during)}, accepted(after))
	assert.Equal(t, sent(during), sent(after))
	for _, g := range []*componentstest.Graph{before, during, after} {
		componentstest.AssertInvariants(t, g)
		assert.True(t, g.One(t, typeDistribution).DependsOn(g.One(t, typeListenerRule)), "the rule comes first")
		componentstest.AssertSecret(t, g.One(t, typeListenerRule), "conditions[1].httpHeader.values")
	}
}

// Viewers come when there is something behind the origin that answers them. The
// distribution, which takes minutes, does not wait for it.
func TestRecordsComeAfterWhatAnswers(t *testing.T) {
	behindALB := func(target func(*pulumi.Context, *frontParts, *components.SecuredALB) error) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			albArgs := &components.SecuredALBArgs{Network: p.network, Domain: p.domain}
			behindCloudFront(albArgs, p)
			web, err := components.NewSecuredALB(ctx, "web", albArgs)
			if err != nil {
				return err
			}
			if err := target(ctx, p, web); err != nil {
				return err
			}
			return newFront(ctx, p, func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.Origin = web })
		})
	}
	route := func(web *components.SecuredALB) *components.ServiceRouteArgs {
		return &components.ServiceRouteArgs{LoadBalancer: web, Priority: 100}
	}
	for name, tc := range map[string]struct {
		program pulumi.RunFunc
		serving string
	}{
		"a service": {behindALB(func(ctx *pulumi.Context, p *frontParts, web *components.SecuredALB) error {
			_, err := components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
				Network: p.network, Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Route: route(web),
			})
			return err
		}), "aws:ecs/service:Service"},
		"an instance": {behindALB(func(ctx *pulumi.Context, _ *frontParts, web *components.SecuredALB) error {
			_, err := components.NewInstanceTarget(ctx, "old", &components.InstanceTargetArgs{
				InstanceId: pulumi.String("i-legacy"), SecurityGroupId: pulumi.String("sg-web"), Route: route(web),
			})
			return err
		}), "aws:lb/targetGroupAttachment:TargetGroupAttachment"},
		"an instance with a certificate of its own": {withParts(func(ctx *pulumi.Context, p *frontParts) error {
			origin, err := components.NewTLSInstance(ctx, "origin", &components.TLSInstanceArgs{
				Network: p.network, OriginDomainName: "origin.example.com", HostedZone: exampleZone(),
			})
			if err != nil {
				return err
			}
			return newFront(ctx, p, func(a *components.CloudFrontFrontArgs, _ *frontParts) {
				a.OriginDomainName, a.OriginSecret, a.Origin = "", nil, origin
			})
		}), "aws:ssm/association:Association"},
		"something else": {withParts(func(ctx *pulumi.Context, p *frontParts) error {
			cluster, err := ecs.NewCluster(ctx, "else", nil)
			if err != nil {
				return err
			}
			return newFront(ctx, p, func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.RecordsAfter = []pulumi.Resource{cluster} })
		}), "aws:ecs/cluster:Cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			g := componentstest.Deploy(t, tc.program, legacy())
			serving := g.One(t, tc.serving)
			records := 0
			for _, record := range g.OfType(typeRecord) {
				if record.Input("name") == "www.example.com" {
					records++
					assert.True(t, record.DependsOn(serving), record.Name)
				}
			}
			assert.Equal(t, 2, records)
			// It can be deployed meanwhile, unless its requests need what the instance has then.
			waits := tc.serving == "aws:ssm/association:Association"
			assert.Equal(t, waits, g.One(t, typeDistribution).DependsOn(serving))
		})
	}
}

func TestCloudFrontFrontRefusals(t *testing.T) {
	tests := []struct {
		name   string
		change func(*components.CloudFrontFrontArgs, *frontParts)
		want   string
	}{
		{"no origin", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginDomainName = "" }, "originDomainName: is required"},
		{"no origin in a variable", func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			var none *components.SecuredALB
			a.Origin, a.OriginDomainName = none, ""
		}, "originDomainName: is required"},
		{"a loop", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginDomainName = "www.example.com" },
			`originDomainName: must not be "www.example.com": a request for https://example.com/ would get 403 from CloudFront: ` +
				"the origin www.example.com leads back to the distribution itself: a loop; fix: use a name of its own"},
		{"the load balancer's own name", func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.OriginDomainName = "web-1.ap-northeast-1.elb.amazonaws.com"
		}, "originDomainName: must be a name on the origin's certificate"},
		{"another distribution", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginDomainName = "d1.cloudfront.net" },
			"originDomainName: must not be a distribution"},
		{"an address", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginDomainName = "192.0.2.1" },
			`originDomainName: must be a domain name, got the address "192.0.2.1"`},
		{"port", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginHttpsPort = 444 }, "originHttpsPort: must be 80, 443 or 1024-65535"},
		{"read timeout", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginReadTimeoutSeconds = 121 },
			"originReadTimeoutSeconds: must be 1-120 s, got 121"},
		{"keep-alive", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginKeepaliveTimeoutSeconds = -1 },
			"originKeepaliveTimeoutSeconds: must be 1-120 s, got -1"},
		{"certificate elsewhere", func(a *components.CloudFrontFrontArgs, p *frontParts) {
			a.Domain, a.OriginDomainName = p.domain, "origin.example.com"
		}, "domain: must be a certificate in us-east-1"},
		{"aliases without domain", func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.Domain, a.Aliases = nil, []string{"example.com"}
		}, "domain: is required with aliases"},
		{"no alias", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.Aliases = []string{} }, "aliases: must not be empty"},
		{"alias not on the certificate", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.Aliases = []string{"blog.example.com"} },
			`aliases[0]: must be covered by the certificate, got "blog.example.com"`},
		{"minimum TLS without aliases", func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.Domain, a.MinimumViewerTlsVersion = nil, "TLSv1.2_2021"
		}, "minimumViewerTlsVersion: must not be set without aliases"},
		{"TLS 1.1", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.MinimumViewerTlsVersion = "TLSv1.1_2016" },
			"minimumViewerTlsVersion: must be one of TLSv1.2_2018"},
		{"a policy the provider does not know", func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.MinimumViewerTlsVersion = "TLSv1.3_2025"
		}, "minimumViewerTlsVersion: must be one of TLSv1.2_2018"},
		{"root object", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.DefaultRootObject = "/index.html" },
			"defaultRootObject: must not begin with /"},
		{"price class", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.PriceClass = "cheap" }, `priceClass: must be one of "PriceClass_All", "PriceClass_200", "PriceClass_100", got "cheap"`},
		{"regional web ACL", func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.WebAclArn = pulumi.String("arn:aws:wafv2:us-east-1:123456789012:regional/webacl/site/0a1b")
		}, "webAclArn: must be of scope CLOUDFRONT"},
		{"a component to wait for", func(a *components.CloudFrontFrontArgs, p *frontParts) { a.OriginReady = []pulumi.Resource{p.secret} },
			`originReady[0]: must be a single resource, got the component portico:index:OriginSecret "secret"`},
		{"nothing to wait for", func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.OriginReady = []pulumi.Resource{nil} },
			"originReady[0]: must be a resource, got nil"},
		{"a component that answers", func(a *components.CloudFrontFrontArgs, p *frontParts) { a.RecordsAfter = []pulumi.Resource{p.secret} },
			`recordsAfter[0]: must be a single resource, got the component portico:index:OriginSecret "secret"`},
		{"what is not registered", func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.OriginReady = []pulumi.Resource{(&components.ServiceRoute{}).Rule}
		}, "originReady[0]: must be a resource, got nil; fields such as a route's Rule are set by Register"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assertPartsRefused(t, func(ctx *pulumi.Context, p *frontParts) error {
				return newFront(ctx, p, tt.change)
			}, `CloudFrontFront "cdn": `+tt.want)
		})
	}
	t.Run("no args", func(t *testing.T) {
		assertPartsRefused(t, func(ctx *pulumi.Context, _ *frontParts) error {
			_, err := components.NewCloudFrontFront(ctx, "cdn", nil)
			return err
		}, `CloudFrontFront "cdn": args are required`)
	})
}

func TestRecordsNeedAZone(t *testing.T) {
	zoneless := func(ctx *pulumi.Context, region string, forCloudFront bool) (*components.CertifiedDomain, error) {
		return components.NewCertifiedDomain(ctx, "zoneless", &components.CertifiedDomainArgs{
			DomainName: "example.org", ForCloudFront: forCloudFront,
			ExistingCertificateArn: pulumi.String("arn:aws:acm:" + region + ":123456789012:certificate/0a1b"),
		})
	}
	const want = "createAliasRecords: must be false, got true: domain was given no hosted zone"
	_, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
		domain, err := zoneless(ctx, "us-east-1", true)
		if err != nil {
			return err
		}
		return newFront(ctx, p, func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.Domain = domain })
	}))
	assert.ErrorContains(t, err, want)
	_, err = componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
		domain, err := zoneless(ctx, "ap-northeast-1", false)
		if err != nil {
			return err
		}
		return newLoadBalancer(ctx, p, func(a *components.SecuredALBArgs, _ *frontParts) { a.Domain = domain })
	}))
	assert.ErrorContains(t, err, want)
}
