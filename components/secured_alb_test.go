package components_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// load balancer is a program with one SecuredALB named web.
func loadBalancer(change func(*components.SecuredALBArgs, *frontParts)) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		return newLoadBalancer(ctx, p, change)
	})
}

func newLoadBalancer(ctx *pulumi.Context, p *frontParts, change func(*components.SecuredALBArgs, *frontParts)) error {
	args := &components.SecuredALBArgs{Network: p.network, Domain: p.domain}
	change(args, p)
	alb, err := components.NewSecuredALB(ctx, "web", args)
	if err != nil {
		return err
	}
	ctx.Export("listenerArn", alb.ListenerArn)
	ctx.Export("vpcId", alb.VpcId)
	return nil
}

func behindCloudFront(a *components.SecuredALBArgs, p *frontParts) {
	a.AccessFrom, a.OriginSecret = components.AccessFromCloudFront, p.secret
}

func unchanged(*components.SecuredALBArgs, *frontParts) {}

func TestSecuredALBForTheInternet(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, loadBalancer(unchanged))
			componentstest.AssertInvariants(t, g)
			web := g.One(t, components.TokenSecuredALB)
			assert.Equal(t, map[string]int{
				typeLoadBalancer: 1, typeGroup: 1, typeIngress: 2, typeListener: 2, typeRecord: 1,
			}, childTypes(g, web))
			assert.Equal(t, "internet", web.Input("accessFrom"))

			lb := g.Get(t, typeLoadBalancer, "web")
			assert.Equal(t, "application", lb.Input("loadBalancerType"))
			assert.Equal(t, false, lb.Input("internal"))
			assert.Equal(t, "ipv4", lb.Input("ipAddressType"))
			assert.Equal(t, true, lb.Input("dropInvalidHeaderFields"))
			assert.Equal(t, false, lb.Input("enableDeletionProtection"))
			assert.Equal(t, 60, lb.Input("idleTimeout"))
			assert.Contains(t, lb.PropertyDependencies["subnets"], g.Get(t, "aws:ec2/subnet:Subnet", "net-public-ap-northeast-1c").URN)
			assert.Equal(t, []string{g.Get(t, typeGroup, "web-alb").URN}, lb.PropertyDependencies["securityGroups"])

			https := g.Get(t, typeListener, "web-https")
			assert.Equal(t, 443, https.Input("port"))
			assert.Equal(t, "HTTPS", https.Input("protocol"))
			assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", https.Input("sslPolicy"))
			assert.Equal(t, "404", https.Input("defaultActions[0].fixedResponse.statusCode"))
			assert.True(t, https.DependsOn(g.One(t, "aws:acm/certificateValidation:CertificateValidation")))

			http := g.Get(t, typeListener, "web-http")
			assert.Equal(t, 80, http.Input("port"))
			assert.Equal(t, map[string]any{
				"type":     "redirect",
				"redirect": map[string]any{"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"},
			}, http.Input("defaultActions[0]"))
		})
	}
}

func TestSecuredALBOutputs(t *testing.T) {
	g := componentstest.Deploy(t, loadBalancer(unchanged))
	web := g.One(t, components.TokenSecuredALB)
	assert.Equal(t, g.Get(t, typeLoadBalancer, "web").Output("arn"), web.Output("loadBalancerArn"))
	assert.Equal(t, g.Get(t, typeLoadBalancer, "web").Output("dnsName"), web.Output("dnsName"))
	assert.Equal(t, "Z14GRHDCWA56QT", web.Output("canonicalHostedZoneId"))
	assert.Equal(t, g.Get(t, typeListener, "web-https").Output("arn"), web.Output("listenerArn"))
	assert.Equal(t, g.Get(t, typeGroup, "web-alb").ID, web.Output("securityGroupId"))
	assert.Equal(t, g.One(t, "aws:ec2/vpc:Vpc").ID, web.Output("vpcId"))
	assert.Equal(t, web.Output("listenerArn"), g.Output("listenerArn"))
}

// ingressOf is the inbound rules of the load balancer's group by name, each as
// port and peer.
func ingressOf(t *testing.T, g *componentstest.Graph) map[string][]any {
	t.Helper()
	rules := map[string][]any{}
	for _, r := range g.Children(g.One(t, components.TokenSecuredALB)) {
		if r.Type != typeIngress {
			continue
		}
		assert.Equal(t, "tcp", r.Input("ipProtocol"))
		assert.Equal(t, r.Input("fromPort"), r.Input("toPort"))
		rule := []any{r.Input("fromPort")}
		for _, peer := range []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"} {
			if r.Has(peer) {
				rule = append(rule, peer, r.Input(peer))
			}
		}
		rules[r.Name] = rule
	}
	return rules
}

func TestSecuredALBIngress(t *testing.T) {
	t.Run("internet", func(t *testing.T) {
		assert.Equal(t, map[string][]any{
			"web-in-80-0.0.0.0-0":  {80, "cidrIpv4", "0.0.0.0/0"},
			"web-in-443-0.0.0.0-0": {443, "cidrIpv4", "0.0.0.0/0"},
		}, ingressOf(t, componentstest.Deploy(t, loadBalancer(unchanged))))
	})
	t.Run("ranges", func(t *testing.T) {
		g := componentstest.Deploy(t, loadBalancer(func(a *components.SecuredALBArgs, _ *frontParts) {
			a.AccessFrom, a.AllowedCidrs = components.AccessFromCidrs, []string{"203.0.113.7/32", "198.51.100.0/24"}
		}))
		assert.Equal(t, map[string][]any{
			"web-in-80-203.0.113.7-32":   {80, "cidrIpv4", "203.0.113.7/32"},
			"web-in-443-203.0.113.7-32":  {443, "cidrIpv4", "203.0.113.7/32"},
			"web-in-80-198.51.100.0-24":  {80, "cidrIpv4", "198.51.100.0/24"},
			"web-in-443-198.51.100.0-24": {443, "cidrIpv4", "198.51.100.0/24"},
		}, ingressOf(t, g))
	})
	t.Run("cloudfront", func(t *testing.T) {
		g := componentstest.Deploy(t, loadBalancer(behindCloudFront))
		rules := ingressOf(t, g)
		require.Len(t, rules, 1)
		rule := rules["web-in-443-cloudfront"]
		assert.Equal(t, []any{443, "prefixListId"}, rule[:2])
		assert.Regexp(t, "^pl-", rule[2])
	})
	t.Run("no rule lets anything out", func(t *testing.T) {
		g := componentstest.Deploy(t, loadBalancer(unchanged))
		group := g.Get(t, typeGroup, "web-alb")
		assert.False(t, group.Has("egress"))
		assert.False(t, group.Has("ingress"))
		assert.Zero(t, childTypes(g, g.One(t, components.TokenSecuredALB))[typeEgress])
	})
}

func TestSecuredALBBehindCloudFrontHasNoPort80AndForbidsByDefault(t *testing.T) {
	g := componentstest.Deploy(t, loadBalancer(behindCloudFront))
	listener := g.One(t, typeListener)
	assert.Equal(t, 443, listener.Input("port"))
	assert.Equal(t, "fixed-response", listener.Input("defaultActions[0].type"))
	assert.Equal(t, "403", listener.Input("defaultActions[0].fixedResponse.statusCode"))
	componentstest.AssertInvariants(t, g)
}

func TestSecuredALBLooksThePrefixListUpByNameInItsOwnRegion(t *testing.T) {
	g := componentstest.Deploy(t, loadBalancer(behindCloudFront))
	var asked []any
	for _, call := range g.Calls() {
		if call.Token == "aws:ec2/getManagedPrefixList:getManagedPrefixList" {
			asked = append(asked, call.Args["name"].StringValue())
		}
	}
	assert.Equal(t, []any{"com.amazonaws.global.cloudfront.origin-facing"}, asked)
}

func TestSecuredALBRefusesAPrefixListThatDoesNotFit(t *testing.T) {
	body := func(ctx *pulumi.Context, p *frontParts) error {
		return newLoadBalancer(ctx, p, func(a *components.SecuredALBArgs, p *frontParts) {
			behindCloudFront(a, p)
			a.SecurityGroupRuleQuota = 54
		})
	}
	_, custom, err := registered(t, body)
	assert.ErrorContains(t, err, `SecuredALB "web": securityGroupRuleQuota: must hold the prefix list `+
		"com.amazonaws.global.cloudfront.origin-facing: 1 rule x 55 entries = 55 IPv4 rules, the quota is 54")
	assert.Zero(t, custom)
}

func TestSecuredALBDualStack(t *testing.T) {
	program := func(change func(*components.SecuredALBArgs, *frontParts)) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			network, err := components.NewNetwork(ctx, "adopted", adopting([]string{"subnet-a", "subnet-c"}, nil))
			if err != nil {
				return err
			}
			return newLoadBalancer(ctx, p, func(a *components.SecuredALBArgs, p *frontParts) {
				a.Network, a.DualStack = network, true
				change(a, p)
			})
		})
	}
	subnets := existingSubnets

	g := componentstest.Deploy(t, program(unchanged), subnets)
	assert.Equal(t, "dualstack", g.Get(t, typeLoadBalancer, "web").Input("ipAddressType"))
	assert.Equal(t, "A", g.Get(t, typeRecord, "web-a-app.example.com").Input("type"))
	assert.Equal(t, "AAAA", g.Get(t, typeRecord, "web-aaaa-app.example.com").Input("type"))
	assert.Equal(t, map[string][]any{
		"web-in-80-0.0.0.0-0":  {80, "cidrIpv4", "0.0.0.0/0"},
		"web-in-80----0":       {80, "cidrIpv6", "::/0"},
		"web-in-443-0.0.0.0-0": {443, "cidrIpv4", "0.0.0.0/0"},
		"web-in-443----0":      {443, "cidrIpv6", "::/0"},
	}, ingressOf(t, g))

	rules := ingressOf(t, componentstest.Deploy(t, program(behindCloudFront), subnets))
	require.Len(t, rules, 2)
	assert.NotEqual(t, rules["web-in-443-cloudfront"][2], rules["web-in-443-cloudfront-ipv6"][2])
}

func TestSecuredALBRecords(t *testing.T) {
	g := componentstest.Deploy(t, loadBalancer(unchanged))
	record := g.Get(t, typeRecord, "web-a-app.example.com")
	lb := g.Get(t, typeLoadBalancer, "web")
	assert.Equal(t, "app.example.com", record.Input("name"))
	assert.Equal(t, "A", record.Input("type"))
	assert.Equal(t, componentstest.ZoneID("example.com"), record.Input("zoneId"))
	assert.Equal(t, false, record.Input("allowOverwrite"))
	assert.Equal(t, map[string]any{
		"name": lb.Output("dnsName"), "zoneId": lb.Output("zoneId"), "evaluateTargetHealth": false,
	}, record.Input("aliases[0]"))
	for _, listener := range g.OfType(typeListener) {
		assert.True(t, record.DependsOn(listener), "viewers come when %s answers", listener.Name)
	}

	g = componentstest.Deploy(t, loadBalancer(func(a *components.SecuredALBArgs, _ *frontParts) { a.OverwriteExistingRecords = true }))
	assert.Equal(t, true, g.Get(t, typeRecord, "web-a-app.example.com").Input("allowOverwrite"))

	g = componentstest.Deploy(t, loadBalancer(func(a *components.SecuredALBArgs, _ *frontParts) { a.CreateAliasRecords = pulumi.BoolRef(false) }))
	assert.Zero(t, childTypes(g, g.One(t, components.TokenSecuredALB))[typeRecord])
}

func TestSecuredALBRecordsCanWaitForATarget(t *testing.T) {
	program := func(create bool) pulumi.RunFunc {
		return withParts(func(ctx *pulumi.Context, p *frontParts) error {
			web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
				Network: p.network, Domain: p.domain, CreateAliasRecords: pulumi.BoolRef(create),
			})
			if err != nil {
				return err
			}
			target, err := components.NewInstanceTarget(ctx, "old", &components.InstanceTargetArgs{
				InstanceId: pulumi.String("i-legacy"), SecurityGroupId: pulumi.String("sg-web"),
				Route: &components.ServiceRouteArgs{LoadBalancer: web, Priority: 100},
			})
			if err != nil {
				return err
			}
			return web.CreateRecords(ctx, target.Attachment)
		})
	}
	for _, g := range []*componentstest.Graph{
		componentstest.Deploy(t, program(false), legacy()), componentstest.Preview(t, program(false), legacy()),
	} {
		componentstest.AssertInvariants(t, g)
		record := g.Get(t, typeRecord, "web-a-app.example.com")
		componentstest.AssertParentedTo(t, g.One(t, components.TokenSecuredALB), record)
		attachment := g.One(t, typeAttachment)
		for _, r := range append(g.OfType(typeListener), attachment) {
			assert.True(t, record.DependsOn(r), "%s %s", r.Type, r.Name)
		}
		route := g.One(t, components.TokenServiceRoute)
		for _, r := range g.Children(route) {
			assert.True(t, attachment.DependsOn(r), "%s %s", r.Type, r.Name)
		}
	}
	_, err := componentstest.TryDeploy(program(true), legacy())
	assert.ErrorContains(t, err, `SecuredALB "web": createAliasRecords: must be false for CreateRecords, got true`)
}

func TestSecuredALBRecordsCannotWaitForAComponent(t *testing.T) {
	_, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
			Network: p.network, Domain: p.domain, CreateAliasRecords: pulumi.BoolRef(false),
		})
		if err != nil {
			return err
		}
		return web.CreateRecords(ctx, p.network)
	}))
	assert.ErrorContains(t, err, `SecuredALB "web": after[0]: must be a single resource, got the component portico:index:Network "net"`)
}

func TestSecuredALBRecordsNeedAZone(t *testing.T) {
	_, err := componentstest.TryDeploy(withParts(func(ctx *pulumi.Context, p *frontParts) error {
		domain, err := components.NewCertifiedDomain(ctx, "zoneless", &components.CertifiedDomainArgs{
			DomainName: "app.example.com", ExistingCertificateArn: pulumi.String(tokyoARN),
		})
		if err != nil {
			return err
		}
		web, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{
			Network: p.network, Domain: domain, CreateAliasRecords: pulumi.BoolRef(false),
		})
		if err != nil {
			return err
		}
		return web.CreateRecords(ctx)
	}))
	assert.ErrorContains(t, err, `SecuredALB "web": domain: must have a hosted zone to hold the records`)
}

func TestSecuredALBSettings(t *testing.T) {
	g := componentstest.Deploy(t, loadBalancer(func(a *components.SecuredALBArgs, _ *frontParts) {
		a.IdleTimeoutSeconds, a.DeletionProtection = 120, true
		a.SslPolicy, a.DesyncMitigationMode = "ELBSecurityPolicy-TLS13-1-3-2021-06", "strictest"
	}))
	lb := g.Get(t, typeLoadBalancer, "web")
	assert.Equal(t, 120, lb.Input("idleTimeout"))
	assert.Equal(t, true, lb.Input("enableDeletionProtection"))
	assert.Equal(t, "strictest", lb.Input("desyncMitigationMode"))
	assert.Equal(t, "ELBSecurityPolicy-TLS13-1-3-2021-06", g.Get(t, typeListener, "web-https").Input("sslPolicy"))
}

func TestSecuredALBCutsALongNameOfTheLoadBalancerOnly(t *testing.T) {
	name := strings.Repeat("long-", 6) + "name"
	g := componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		_, err := components.NewSecuredALB(ctx, name, &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
		return err
	}))
	assert.LessOrEqual(t, len(g.One(t, typeLoadBalancer).Name), 24)
	g.Get(t, typeGroup, name+"-alb")
}

func TestSecuredALBRefusesACertificateForCloudFrontElsewhere(t *testing.T) {
	program := func(ctx *pulumi.Context, p *frontParts) error {
		return newLoadBalancer(ctx, p, func(a *components.SecuredALBArgs, p *frontParts) { a.Domain = p.viewers })
	}
	_, custom, err := registered(t, program)
	assert.ErrorContains(t, err, `SecuredALB "web": domain: must be a certificate in ap-northeast-1`)
	assert.Zero(t, custom)

	_, err = componentstest.TryDeploy(withParts(program), componentstest.WithRegion("us-east-1"))
	assert.NoError(t, err)
}

func TestSecuredALBRefusals(t *testing.T) {
	tests := []struct {
		name   string
		change func(*components.SecuredALBArgs, *frontParts)
		want   string
	}{
		{"no network", func(a *components.SecuredALBArgs, _ *frontParts) { a.Network = nil }, "network: is required"},
		{"no domain", func(a *components.SecuredALBArgs, _ *frontParts) { a.Domain = nil }, "domain: is required"},
		{"access", func(a *components.SecuredALBArgs, _ *frontParts) { a.AccessFrom = "vpn" }, `accessFrom: must be one of "internet", "cidrs", "cloudfront", "vpc-origin", got "vpn"`},
		{"ranges missing", func(a *components.SecuredALBArgs, _ *frontParts) { a.AccessFrom = "cidrs" },
			"allowedCidrs: must name at least one"},
		{"everyone as a range", func(a *components.SecuredALBArgs, _ *frontParts) {
			a.AccessFrom, a.AllowedCidrs = "cidrs", []string{"0.0.0.0/0"}
		}, "allowedCidrs[0]: must not be everyone"},
		{"too many ranges", func(a *components.SecuredALBArgs, _ *frontParts) {
			a.AccessFrom, a.AllowedCidrs, a.SecurityGroupRuleQuota = "cidrs", []string{"10.0.0.0/8", "172.16.0.0/12"}, 3
		}, "allowedCidrs: must fit into one security group: 2 IPv4 ranges x 2 ports = 4 rules, the quota is 3"},
		{"internal for the internet", func(a *components.SecuredALBArgs, _ *frontParts) { a.Internal, a.AccessFrom = true, "internet" },
			`accessFrom: must be "cidrs" when internal is true, got "internet": only the VPC, and networks that are connected to it, reach private addresses; ` +
				"name their ranges in allowedCidrs"},
		{"internal for CloudFront", func(a *components.SecuredALBArgs, p *frontParts) {
			behindCloudFront(a, p)
			a.Internal = true
		}, `accessFrom: must be "cidrs" when internal is true, got "cloudfront"`},
		{"internal without ranges", func(a *components.SecuredALBArgs, _ *frontParts) { a.Internal = true },
			`allowedCidrs: must name at least one address range when accessFrom is "cidrs"`},
		{"secret missing", func(a *components.SecuredALBArgs, _ *frontParts) { a.AccessFrom = "cloudfront" },
			"originSecret: is required"},
		{"secret without CloudFront", func(a *components.SecuredALBArgs, p *frontParts) { a.OriginSecret = p.secret },
			"originSecret: must be empty"},
		{"IPv6 in a network made here", func(a *components.SecuredALBArgs, _ *frontParts) { a.DualStack = true },
			"dualStack: must be false"},
		{"name not on the certificate", func(a *components.SecuredALBArgs, _ *frontParts) { a.AliasNames = []string{"www.example.com"} },
			`aliasNames[0]: must be on the certificate of domain, got "www.example.com"`},
		{"name twice", func(a *components.SecuredALBArgs, _ *frontParts) {
			a.AliasNames = []string{"app.example.com", "app.example.com"}
		}, `aliasNames[1]: is a duplicate`},
		{"TLS policy", func(a *components.SecuredALBArgs, _ *frontParts) { a.SslPolicy = "modern" }, "sslPolicy: must be the name"},
		{"idle timeout", func(a *components.SecuredALBArgs, _ *frontParts) { a.IdleTimeoutSeconds = -1 },
			"idleTimeoutSeconds: must be 1-4000 s, got -1"},
		{"quota", func(a *components.SecuredALBArgs, _ *frontParts) { a.SecurityGroupRuleQuota = 1001 },
			"securityGroupRuleQuota: must be 1-1000 rules, got 1001"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assertPartsRefused(t, func(ctx *pulumi.Context, p *frontParts) error {
				return newLoadBalancer(ctx, p, tt.change)
			}, `SecuredALB "web": `+tt.want)
		})
	}
	t.Run("all at once", func(t *testing.T) {
		assertPartsRefused(t, func(ctx *pulumi.Context, _ *frontParts) error {
			_, err := components.NewSecuredALB(ctx, "sg-web", &components.SecuredALBArgs{AccessFrom: "vpn"})
			return err
		}, `"sg-"`, "network: is required", "domain: is required", "accessFrom: must be one of")
	})
	t.Run("no args", func(t *testing.T) {
		assertPartsRefused(t, func(ctx *pulumi.Context, _ *frontParts) error {
			_, err := components.NewSecuredALB(ctx, "web", nil)
			return err
		}, `SecuredALB "web": args are required`)
	})
}
