package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/requestpath"
)

// planAPI plans a route to port 8080 of the load balancer.
func planAPI(alb *components.SecuredALB, change func(*components.ServiceRouteArgs)) error {
	_, err := components.PlanServiceRoute("api", routeArgs(func(a *components.ServiceRouteArgs) {
		a.LoadBalancer, a.Priority = alb, 0
		change(a)
	}))
	return err
}

// planCDN plans a distribution for example.com in front of origin.
func planCDN(t *testing.T, origin components.Origin, change func(*components.CloudFrontFrontArgs)) error {
	t.Helper()
	domain, err := components.PlanCertifiedDomain("cdn", &components.CertifiedDomainArgs{
		DomainName: "example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"}, ForCloudFront: true,
	})
	require.NoError(t, err)
	args := &components.CloudFrontFrontArgs{Domain: domain, Origin: origin}
	change(args)
	_, err = components.PlanCloudFrontFront("cdn", args)
	return err
}

// planBehindCloudFront plans a load balancer that accepts two secrets, as during a
// rotation.
func planBehindCloudFront(t *testing.T) *components.SecuredALB {
	t.Helper()
	network, domain, _ := planWeb(t)
	secret, err := components.PlanOriginSecret("origin", &components.OriginSecretArgs{Version: "2", PreviousVersion: "1"})
	require.NoError(t, err)
	alb, err := components.PlanSecuredALB("web", &components.SecuredALBArgs{
		Network: network, Domain: domain, AccessFrom: components.AccessFromCloudFront, OriginSecret: secret,
	})
	require.NoError(t, err)
	return alb
}

func TestPathFindings(t *testing.T) {
	_, _, public := planWeb(t)
	require.NoError(t, planAPI(public, func(*components.ServiceRouteArgs) {}))
	unseen := planBehindCloudFront(t)
	require.NoError(t, planAPI(unseen, func(a *components.ServiceRouteArgs) { a.Hosts = []string{"*.elsewhere.example.com"} }))
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"requests around the distribution": {
			planCDN(t, public, func(*components.CloudFrontFrontArgs) {}),
			[]string{"around the distribution to load balancer web would get 200 from the server api: nothing in between rejects it; " +
				"fix: let the load balancer admit CloudFront alone, and of its requests only those with an origin secret; " +
				`or set pathCheck to "warn"`},
		},
		"hosts that CloudFront never sends": {
			planCDN(t, unseen, func(*components.CloudFrontFrontArgs) {}),
			[]string{`forwardHostHeader: must not be "false": a request for https://example.com/ would get 403 from the load balancer`,
				`fix: forward the Host header, or put app.example.com into the rule's hosts; or set pathCheck to "warn"`},
		},
		"a port that AWS refuses": {
			planCDN(t, planBehindCloudFront(t), func(a *components.CloudFrontFrontArgs) { a.OriginHttpsPort = 444 }),
			[]string{"originHttpsPort: must be"},
		},
		"a version that CloudFront does not speak": {
			planAPI(planBehindCloudFront(t), func(a *components.ServiceRouteArgs) { a.ProtocolVersion = "HTTP2" }),
			[]string{`protocolVersion: must not be "HTTP2": a request through CloudFront would get 464 from the load balancer`},
		},
		"a host without a certificate": {
			planAPI(public, func(a *components.ServiceRouteArgs) { a.Port, a.Hosts = 8081, []string{"app.example.org"} }),
			[]string{`hosts: must not be "app.example.org": a request for https://app.example.org/ would get no answer (bad-certificate) at the load balancer`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, want := range c.want {
				assert.ErrorContains(t, c.err, want)
			}
			require.Error(t, c.err)
			assert.NotRegexp(t, `[a-z]\[`, c.err.Error(), "no paths of the plan")
		})
	}
}

func TestSecretsAreRotatedWithoutFindings(t *testing.T) {
	alb := planBehindCloudFront(t)
	require.NoError(t, planAPI(alb, func(*components.ServiceRouteArgs) {}))
	assert.NoError(t, planCDN(t, alb, func(*components.CloudFrontFrontArgs) {}))
	plan := alb.Plan()
	require.Len(t, plan.LoadBalancers, 1)
	require.Len(t, plan.LoadBalancers[0].Listeners, 1, "no port 80 behind CloudFront")
	assert.Contains(t, plan.LoadBalancers[0].Listeners[0].Rules[0].Conditions, requestpath.Condition{
		Field: requestpath.FieldHeader, Header: "X-Origin-Verify", Values: []string{"origin-2", "origin-1"},
	})
}

// Components of two types may share a name, and two routes an instance.
func TestPlansOfRoutesThatShareANameOrATarget(t *testing.T) {
	_, _, alb := planWeb(t)
	route := func(priority int, path string) *components.ServiceRouteArgs {
		return &components.ServiceRouteArgs{LoadBalancer: alb, Priority: priority, Paths: []string{path}}
	}
	for i, name := range []string{"app", "other"} {
		a := route(10+i, "/"+name+"/*")
		a.Port = 8080 + i
		_, err := components.PlanInstanceTarget(name, &components.InstanceTargetArgs{InstanceId: pulumi.String("i-1"), SecurityGroupId: pulumi.String("sg-1"), Route: a})
		require.NoError(t, err)
	}
	_, err := components.PlanPrivateFargateService("app", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), ContainerPort: 80, Route: route(20, "/*"),
	})
	require.NoError(t, err)

	plan := alb.Plan()
	require.Len(t, plan.Servers, 2)
	assert.Equal(t, "i-1", plan.Servers[0].Name)
	assert.Len(t, plan.Servers[0].Listeners, 2)
	assert.Equal(t, "app", plan.Servers[1].Name)
	var groups []string
	for _, g := range plan.TargetGroups {
		groups = append(groups, g.Name)
	}
	assert.Equal(t, []string{"app", "other", "app (priority 20)"}, groups)
}
