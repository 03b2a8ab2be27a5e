package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

type (
	albArgs     = components.SecuredALBArgs
	routeOf     = components.ServiceRouteArgs
	serviceArgs = components.PrivateFargateServiceArgs
	targetArgs  = components.InstanceTargetArgs
	tlsArgs     = components.TLSInstanceArgs
	cdnArgs     = components.CloudFrontFrontArgs
	// attachment is what a program attaches to its load balancer web.
	attachment func(*pulumi.Context, *frontParts, *components.SecuredALB) error
)

// balanced is a program with the load balancer web, for names or else for
// app.example.com, and what is attached to it.
func balanced(alb func(*albArgs, *frontParts), names []string, all ...attachment) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		args := &albArgs{Network: p.network, Domain: p.domain}
		if len(names) > 0 {
			var err error
			if args.Domain, err = namedDomain(ctx, names...); err != nil {
				return err
			}
			args.CreateAliasRecords = pulumi.BoolRef(false)
		}
		alb(args, p)
		web, err := components.NewSecuredALB(ctx, "web", args)
		if err != nil {
			return err
		}
		for _, attach := range all {
			if err := attach(ctx, p, web); err != nil {
				return err
			}
		}
		return nil
	})
}

func namedDomain(ctx *pulumi.Context, names ...string) (*components.CertifiedDomain, error) {
	return components.NewCertifiedDomain(ctx, "named", &components.CertifiedDomainArgs{
		DomainName: names[0], SubjectAlternativeNames: names[1:],
		ExistingCertificateArn: pulumi.String("arn:aws:acm:ap-northeast-1:123456789012:certificate/0a1b"),
	})
}

// routes are ServiceRoutes, each to a port of its own.
func routes(all ...routeOf) attachment {
	return func(ctx *pulumi.Context, _ *frontParts, web *components.SecuredALB) error {
		for i, args := range all {
			args.LoadBalancer, args.Priority, args.Port = web, 100*(i+1), 8080+i
			if args.TargetSecurityGroupId == nil {
				args.TargetSecurityGroupId = pulumi.String("sg-targets")
			}
			if _, err := components.NewServiceRoute(ctx, string(rune('a'+i)), &args); err != nil {
				return err
			}
		}
		return nil
	}
}

// service is a PrivateFargateService, app, after the others.
func service(change func(*serviceArgs)) attachment {
	return func(ctx *pulumi.Context, _ *frontParts, web *components.SecuredALB) error {
		args := &serviceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), ContainerPort: 80,
			Route: &routeOf{LoadBalancer: web, Priority: 900},
		}
		change(args)
		_, err := components.NewPrivateFargateService(ctx, "app", args)
		return err
	}
}

// old is the instance i-legacy at a priority, for some paths.
func old(name string, priority int, path string, change func(*targetArgs)) attachment {
	return func(ctx *pulumi.Context, _ *frontParts, web *components.SecuredALB) error {
		args := &targetArgs{
			InstanceId: pulumi.String("i-legacy"), SecurityGroupId: pulumi.String("sg-web"),
			Route: &routeOf{LoadBalancer: web, Priority: priority, Paths: []string{path}},
		}
		change(args)
		_, err := components.NewInstanceTarget(ctx, name, args)
		return err
	}
}

// cdn is a distribution before the load balancer.
func cdn(change func(*cdnArgs)) attachment {
	return func(ctx *pulumi.Context, p *frontParts, web *components.SecuredALB) error {
		return newFront(ctx, p, func(a *cdnArgs, _ *frontParts) {
			a.Origin, a.OriginDomainName, a.OriginSecret = web, "", nil
			change(a)
		})
	}
}

// small is a program with the TLSInstance small and a distribution before it.
func small(change func(*tlsArgs), front func(*cdnArgs)) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		args := &tlsArgs{
			Network: p.network, OriginDomainName: "origin.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
		}
		change(args)
		instance, err := components.NewTLSInstance(ctx, "small", args)
		if err != nil {
			return err
		}
		return newFront(ctx, p, func(a *cdnArgs, _ *frontParts) {
			a.Origin, a.OriginDomainName, a.OriginSecret = instance, "", nil
			front(a)
		})
	})
}

func before(names ...string) func(*tlsArgs) {
	return func(a *tlsArgs) {
		a.CertificatePattern, a.ViewerNames = components.CertificatePatternHostHeader, names
	}
}

func wildcardAlias(a *cdnArgs) { a.Aliases = []string{"*.shop.example.com"} }

func forwarded(a *cdnArgs) { a.ForwardHostHeader = true }

func both(changes ...func(*cdnArgs)) func(*cdnArgs) {
	return func(a *cdnArgs) {
		for _, change := range changes {
			change(a)
		}
	}
}

func theService(*serviceArgs) {}
func theInstance(*targetArgs) {}
func theTLS(*tlsArgs)         {}
func theCDN(*cdnArgs)         {}

// foundListener is another stack's, with a security policy.
func foundListener(policy string) componentstest.Option {
	found := resource.NewPropertyMapFromMap(map[string]any{
		"arn": adoptedListenerArn, "port": 443, "protocol": "HTTPS", "sslPolicy": policy,
		"loadBalancerArn": "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/shared/50dc6c495c0c9188",
	})
	return componentstest.WithInvoke("aws:lb/getListener:getListener",
		func(resource.PropertyMap) (resource.PropertyMap, error) { return found, nil })
}

func onFound(hosts []string, secret bool) pulumi.RunFunc {
	return adopted(pulumi.String(adoptedListenerArn).ToStringOutput(), func(a *routeOf, p *frontParts) {
		a.Hosts = hosts
		if secret {
			a.ExistingListener.OriginSecret = p.secret
		}
	})
}

// working are programs that work on AWS.
func working() map[string]pulumi.RunFunc {
	wild := []string{"example.com", "*.example.com"}
	cidrs := func(ranges ...string) func(*albArgs, *frontParts) {
		return func(a *albArgs, _ *frontParts) { a.AccessFrom, a.AllowedCidrs = components.AccessFromCidrs, ranges }
	}
	unknown := func(id string) pulumi.StringInput { return pulumi.String(id).ToStringOutput() }
	return map[string]pulumi.RunFunc{
		"routes by path": balanced(unchanged, nil, routes(routeOf{Paths: []string{"/a/*"}}, routeOf{Paths: []string{"/b/*", "*.php"}}, routeOf{})),
		"routes by host": balanced(unchanged, wild, routes(routeOf{Hosts: []string{"a.example.com"}},
			routeOf{Hosts: []string{"B.Example.com"}, Paths: []string{"/x"}}, routeOf{Hosts: []string{"c*.example.com", "?.example.com"}}, routeOf{})),
		"a wildcard record":  balanced(func(a *albArgs, _ *frontParts) { a.AliasNames = []string{"*.example.com"} }, wild, routes(routeOf{Hosts: []string{"a.example.com"}}, routeOf{})),
		"no record":          balanced(func(a *albArgs, _ *frontParts) { a.AliasNames = []string{} }, wild, routes(routeOf{Hosts: []string{"a.example.com"}}, routeOf{})),
		"private addresses":  balanced(cidrs("10.0.0.0/8", "203.0.113.7/32"), nil, routes(routeOf{})),
		"groups unknown yet": balanced(unchanged, nil, routes(routeOf{TargetSecurityGroupId: unknown("sg-x"), Paths: []string{"/x"}}, routeOf{TargetSecurityGroupId: unknown("sg-y")})),
		"gRPC beside others": balanced(unchanged, wild, routes(routeOf{Hosts: []string{"g.example.com"}, ProtocolVersion: "GRPC", Protocol: "HTTPS"},
			routeOf{Paths: []string{"/pkg.Service/*"}, ProtocolVersion: "GRPC"}, routeOf{ProtocolVersion: "HTTP2", Protocol: "HTTPS"})),
		"gRPC from addresses":              balanced(cidrs("203.0.113.7/32"), nil, routes(routeOf{Paths: []string{"/pkg.Service/*"}, ProtocolVersion: "GRPC"}, routeOf{})),
		"the root of a host, and the rest": balanced(unchanged, wild, routes(routeOf{Hosts: []string{"app.example.com"}, Paths: []string{"/"}}, routeOf{Hosts: []string{"app.example.com"}}, routeOf{})),
		"a route's own certificate": balanced(unchanged, wild, func(ctx *pulumi.Context, p *frontParts, web *components.SecuredALB) error {
			return routes(routeOf{Domain: p.domain, Paths: []string{"/a/*"}}, routeOf{Hosts: []string{"app.example.com"}})(ctx, p, web)
		}),
		"tasks":                balanced(unchanged, nil, service(func(a *serviceArgs) { a.DesiredCount = pulumi.IntRef(0) })),
		"an image unknown yet": balanced(unchanged, nil, service(func(a *serviceArgs) { a.Image = unknown("docker.io/library/nginx") })),
		"a peer unknown yet": balanced(unchanged, nil, service(func(a *serviceArgs) {
			a.AdditionalEgress = []components.EgressArgs{{Name: "cache", Port: 6379, SecurityGroupId: unknown("sg-c")}}
		})),
		"two ports of an instance": balanced(unchanged, nil, old("one", 2, "/*", theInstance), old("two", 1, "/x/*", func(a *targetArgs) { a.Route.Port, a.Route.Protocol = 80, "HTTP" })),
		"two of one name":          balanced(unchanged, nil, old("app", 1, "/old/*", theInstance), service(theService)),

		"hosts of viewers elsewhere":       balanced(behindCloudFront, nil, routes(routeOf{Hosts: []string{"*.shop.example.com"}})),
		"a wildcard alias":                 balanced(behindCloudFront, nil, routes(routeOf{Hosts: []string{"*.shop.example.com"}}), cdn(both(wildcardAlias, forwarded))),
		"a wildcard alias, hosts":          balanced(behindCloudFront, nil, routes(routeOf{Hosts: []string{"a.shop.example.com"}}, routeOf{Hosts: []string{"b.shop.example.com"}}), cdn(both(wildcardAlias, forwarded))),
		"hosts that are forwarded":         balanced(behindCloudFront, nil, routes(routeOf{Hosts: []string{"www.example.com"}}, routeOf{Hosts: []string{"example.com"}}), cdn(forwarded)),
		"the origin's host":                balanced(behindCloudFront, nil, routes(routeOf{Hosts: []string{"app.example.com"}, Paths: []string{"/api/*"}}), cdn(theCDN)),
		"a distribution before its routes": balanced(behindCloudFront, nil, cdn(forwarded), routes(routeOf{Hosts: []string{"www.example.com"}})),
		"without aliases":                  balanced(behindCloudFront, nil, routes(routeOf{}), cdn(func(a *cdnArgs) { a.Domain = nil })),
		"the viewers' certificate (row 5)": balanced(behindCloudFront, []string{"example.com", "www.example.com"}, routes(routeOf{}), cdn(both(forwarded, func(a *cdnArgs) { a.OriginDomainName, a.Aliases = "origin.example.com", []string{"www.example.com"} }))),
		"the load balancer's name and Host": front(func(a *cdnArgs, _ *frontParts) {
			a.OriginDomainName, a.ForwardHostHeader = "web-1.ap-northeast-1.elb.amazonaws.com", true
		}),
		"somebody's origin": front(func(a *cdnArgs, _ *frontParts) {
			a.OriginDomainName, a.OriginHttpsPort, a.ForwardHostHeader, a.Aliases = "origin.example.org", 80, true, []string{"*.shop.example.com"}
		}),
		"an origin below a wildcard alias": front(func(a *cdnArgs, _ *frontParts) {
			a.OriginDomainName, a.Aliases = "origin.shop.example.com", []string{"*.shop.example.com"}
		}),
		"an instance":                       small(theTLS, theCDN),
		"an instance, viewers' names":       small(before("example.com", "*.example.com"), forwarded),
		"an instance, both sides' names":    small(before("www.example.com", "origin.example.com"), func(a *cdnArgs) { a.Aliases = []string{"www.example.com"} }),
		"an instance, one wildcard is both": small(before("*.example.com"), theCDN),

		"another stack's listener":              onFound(nil, true),
		"another stack's listener, hosts":       onFound([]string{"a.example.com", "b.example.com"}, true),
		"another stack's listener, any hosts":   onFound([]string{"*.apps.example.com"}, false),
		"another stack's listener, any viewers": onFound([]string{"*.apps.example.com"}, true),
	}
}

func TestProgramsThatWorkAreNotRefused(t *testing.T) {
	for name, program := range working() {
		t.Run(name, func(t *testing.T) {
			opts := []componentstest.Option{legacy(), foundListener("ELBSecurityPolicy-2028-01")} // of a year to come
			_, err := componentstest.TryPreview(program, opts...)
			assert.NoError(t, err, "preview")
			_, err = componentstest.TryDeploy(program, opts...)
			assert.NoError(t, err, "deploy")
		})
	}
}

// A wildcard among the aliases hides no fault, and the fix is told in the words of
// the args.
func TestWildcardAliasesAreCheckedByAName(t *testing.T) {
	for want, program := range map[string]pulumi.RunFunc{
		`originHttpsPort: must not be "8443": a request for https://any.shop.example.com/ would get 504 from CloudFront`: balanced(behindCloudFront, nil,
			routes(routeOf{}), cdn(both(wildcardAlias, func(a *cdnArgs) { a.OriginHttpsPort = 8443 }))),
		`fix: forward the Host header, or put app.example.com into the rule's hosts; or set pathCheck to "warn"`: balanced(behindCloudFront, nil,
			routes(routeOf{Hosts: []string{"*.shop.example.com"}}), cdn(wildcardAlias)),
	} {
		_, err := componentstest.TryPreview(program)
		assert.ErrorContains(t, err, want)
	}
}

// Who goes on in spite of one adopted listener has not heard about another.
func TestListenersAreToldApart(t *testing.T) {
	weak := func(args resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{
			"arn": args["arn"].StringValue(), "port": 443, "protocol": "HTTPS", "sslPolicy": only13,
			"loadBalancerArn": "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/shared/50dc6c495c0c9188",
		}), nil
	}
	g := componentstest.Deploy(t, withParts(func(ctx *pulumi.Context, p *frontParts) error {
		for name, arn := range map[string]string{"api": adoptedListenerArn, "app": otherListenerArn} {
			_, err := components.NewServiceRoute(ctx, name, routeArgs(func(a *routeOf) {
				a.ExistingListener = &components.ExistingListenerArgs{ListenerArn: pulumi.String(arn), OriginSecret: p.secret}
				a.PathCheck = components.PathCheckWarn
			}))
			if err != nil {
				return err
			}
		}
		return nil
	}), componentstest.WithInvoke("aws:lb/getListener:getListener", weak))
	assert.Len(t, g.Logs("warning"), 2, "%q", g.Logs("warning"))
}
