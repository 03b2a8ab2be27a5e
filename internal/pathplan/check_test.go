package pathplan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/albrule"
	"github.com/portico-iac/portico/internal/pathplan"
	"github.com/portico-iac/portico/requestpath"
)

// balancer is one that everybody reaches, before a service.
func balancer(change func(*pathplan.Balancer)) pathplan.Balancer {
	b := pathplan.Balancer{
		Name: "web", Names: []string{"app.example.com", "www.example.com"}, Certificate: []string{"app.example.com", "*.example.com"},
		AccessFrom: albrule.AccessInternet, SSLPolicy: albrule.DefaultSSLPolicy,
		Routes: []pathplan.Route{{
			Name: "app", Priority: 10, Paths: []string{"/*"}, Port: 8080, Protocol: "HTTP", ProtocolVersion: "HTTP1",
			Target: pathplan.Service{Name: "app", Network: pathplan.MadeNetwork("net", "nat", nil)}.Target(),
		}},
	}
	if change != nil {
		change(&b)
	}
	return b
}

// behind is a balancer that only CloudFront reaches.
func behind(b *pathplan.Balancer) {
	b.AccessFrom, b.Names = albrule.AccessCloudFront, []string{"origin.example.com"}
	b.Secret = pathplan.Secret{Header: "X-Origin-Verify", Accepted: []string{"two", "one"}}
}

func cloudFront(change func(*pathplan.Front)) pathplan.Front {
	f := pathplan.Front{
		Name: "front", Aliases: []string{"app.example.com", "www.example.com"}, Certificate: []string{"app.example.com", "www.example.com"},
		MinimumTLS: "TLSv1.2_2021", OriginDomainName: "origin.example.com", OriginPort: 443,
		Secret: pathplan.Secret{Header: "X-Origin-Verify", Accepted: []string{"two"}},
	}
	if change != nil {
		change(&f)
	}
	return f
}

func TestSoundPlansHaveNoFindings(t *testing.T) {
	withRoute := func(change func(*pathplan.Route)) pathplan.Balancer {
		return balancer(func(b *pathplan.Balancer) { change(&b.Routes[0]) })
	}
	through := func(way string, interfaces ...string) pathplan.Balancer {
		return withRoute(func(r *pathplan.Route) {
			r.Target = pathplan.Service{Name: "app", Network: pathplan.MadeNetwork("net", way, interfaces), PrivateImage: true}.Target()
		})
	}
	for name, plan := range map[string]requestpath.Plan{
		"balancer":        pathplan.Of(balancer(nil)),
		"from CloudFront": pathplan.Of(cloudFront(nil), balancer(behind)),
		"with HTTPS":      pathplan.Of(withRoute(func(r *pathplan.Route) { r.Protocol = "HTTPS" })),
		"of HTTP/2":       pathplan.Of(withRoute(func(r *pathplan.Route) { r.ProtocolVersion = "HTTP2" })),
		"of gRPC":         pathplan.Of(withRoute(func(r *pathplan.Route) { r.ProtocolVersion = "GRPC" })),
		"for some addresses": pathplan.Of(balancer(func(b *pathplan.Balancer) {
			b.AccessFrom, b.AllowedCIDRs = albrule.AccessCIDRs, []string{"198.51.100.0/24"}
		})),
		"gRPC for some addresses": pathplan.Of(balancer(func(b *pathplan.Balancer) {
			b.AccessFrom, b.AllowedCIDRs, b.Routes[0].ProtocolVersion = albrule.AccessCIDRs, []string{"198.51.100.0/24"}, "GRPC"
		})),
		"through endpoints": pathplan.Of(through("endpoints", "ecr.api", "ecr.dkr", "logs")),
		"adopted endpoints": pathplan.Of(withRoute(func(r *pathplan.Route) {
			r.Target = pathplan.Service{Name: "app", Network: pathplan.AdoptedNetwork("net", "endpoints"), PrivateImage: true}.Target()
		})),
		"any target":   pathplan.Of(withRoute(func(r *pathplan.Route) { r.Target = pathplan.Anything("targets", "") })),
		"any route":    pathplan.Of(balancer(func(b *pathplan.Balancer) { b.Routes = []pathplan.Route{pathplan.SomeRoute()} })),
		"any origin":   pathplan.Of(cloudFront(nil), pathplan.SomeOrigin{DomainName: "origin.example.com", Port: 443}),
		"any viewers":  pathplan.Of(pathplan.SomeFront("origin.example.com", pathplan.Secret{}), pathplan.SomeOrigin{DomainName: "origin.example.com", Port: 443}),
		"an instance":  pathplan.Of(cloudFront(nil), pathplan.TLSInstance{Name: "i", OriginDomainName: "origin.example.com", Certificate: []string{"origin.example.com"}}),
		"another name": pathplan.Of(cloudFront(nil), pathplan.TLSInstance{Name: "i", OriginDomainName: "o.example.com", OtherName: "origin.example.com", Certificate: []string{"origin.example.com"}}),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEmpty(t, requestpath.Probes(plan))
			assert.Empty(t, pathplan.Check(plan))
		})
	}
}

func TestOneFaultForEachCause(t *testing.T) {
	for name, c := range map[string]struct {
		plan        requestpath.Plan
		field, text string
	}{
		"464": {
			pathplan.Of(cloudFront(nil), balancer(func(b *pathplan.Balancer) { behind(b); b.Routes[0].ProtocolVersion = "HTTP2" })),
			"targetGroups.protocolVersion", "a request for https://app.example.com/ would get 464 from the load balancer: ",
		},
		"502": {
			pathplan.Of(cloudFront(nil), balancer(func(b *pathplan.Balancer) { behind(b); b.SSLPolicy = "ELBSecurityPolicy-TLS13-1-3-2021-06" })),
			"balancers.listeners.securityPolicy", "would get 502 from CloudFront: ",
		},
		"503": {
			pathplan.Of(balancer(func(b *pathplan.Balancer) {
				b.Routes[0].Target = pathplan.Service{Name: "app", Network: pathplan.MadeNetwork("net", "endpoints", []string{"ecr.api", "ecr.dkr", "logs"})}.Target()
			})),
			"servers.image", "would get 503 from the load balancer: app never starts",
		},
		"504": {
			pathplan.Of(cloudFront(func(f *pathplan.Front) { f.OriginPort = 8443 }), balancer(behind)),
			"securityGroups.ingress", "would get 504 from CloudFront: ",
		},
		"403": {
			pathplan.Of(cloudFront(func(f *pathplan.Front) { f.OriginDomainName = "www.example.com" }), pathplan.SomeOrigin{DomainName: "www.example.com", Port: 443}),
			"edges.origin.domainName", "would get 403 from CloudFront: ",
		},
		"the wrong secret": {
			pathplan.Of(cloudFront(func(f *pathplan.Front) { f.Secret.Accepted = []string{"three"} }), balancer(behind)),
			"balancers.listeners.defaultAction", "would get 403 from the load balancer: ",
		},
		"no certificate": {
			pathplan.Of(balancer(func(b *pathplan.Balancer) { b.Names = []string{"app.example.org"} })),
			"balancers.listeners.certificates", "would get no answer (bad-certificate) at the load balancer: ",
		},
		"refused": {
			pathplan.Of(cloudFront(func(f *pathplan.Front) { f.OriginPort = 444 }), balancer(behind)),
			"edges.origin.httpsPort", "would get no answer, as AWS refuses CloudFront: ",
		},
		"a request that is redirected without end": {
			func() requestpath.Plan {
				p := pathplan.Of(balancer(nil))
				p.Servers[0].Listeners[0].Answer = requestpath.Answer{Status: 302, Location: "https://#{host}/"}
				return p
			}(),
			"request", "would get 302 from the server app without end: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := pathplan.Check(c.plan).Ordinary()
			require.Len(t, found.Faults, 1)
			assert.Equal(t, c.field, found.Faults[0].Field)
			assert.Contains(t, found.Faults[0].Text, c.text)
			assert.Contains(t, found.Faults[0].Text, "; fix: ")
			assert.True(t, found.Blames(c.field))
			assert.False(t, found.Blames("another"))
		})
	}
}

// A way around is a fault of its own, whoever finds it first.
func TestWaysAround(t *testing.T) {
	open := func(b *pathplan.Balancer) {
		b.Routes[0].Target = pathplan.Target{Server: "i-1", Group: "sg-1", Addresses: []string{"10.0.0.7", "198.51.100.7"}, Groups: []requestpath.SecurityGroup{
			{Name: "sg-1", Ingress: []requestpath.Access{{CIDR: "0.0.0.0/0"}}},
		}}
	}
	found := pathplan.Check(pathplan.Of(balancer(open)))
	require.Len(t, found.Faults, 1)
	assert.True(t, found.Faults[0].Around)
	assert.Equal(t, pathplan.CauseAround("i-1"), found.Faults[0].Cause)
	assert.Contains(t, found.Faults[0].Text, "198.51.100.7 port 8080 would get 200 from the server i-1")
	assert.Empty(t, found.Ordinary().Faults)

	public := pathplan.Check(pathplan.Of(cloudFront(nil), balancer(func(b *pathplan.Balancer) { b.Names = []string{"origin.example.com"} })))
	require.Len(t, public.Faults, 1)
	assert.Contains(t, public.Faults[0].Text, "around the edge to balancer web would get 200")
}

func TestWarnings(t *testing.T) {
	plan := pathplan.Of(cloudFront(func(f *pathplan.Front) { f.ForwardsHost = true }),
		balancer(func(b *pathplan.Balancer) { behind(b); b.Certificate = []string{"origin.example.com"} }))
	found := pathplan.Check(plan)
	assert.Empty(t, found.Faults)
	assert.Len(t, found.Warnings, 2, "one for each viewer name")
	assert.Empty(t, found.Certain().Warnings)
}

func TestWording(t *testing.T) {
	f := pathplan.Fault{Text: "a request would get 464"}
	assert.EqualError(t, f.Of(""), "a request would get 464")
	assert.EqualError(t, pathplan.Refusal(f.Of("HTTP2"), "pathCheck"), `must not be "HTTP2": a request would get 464; or set pathCheck to "warn"`)
	through := pathplan.Check(pathplan.Of(pathplan.SomeFront("origin.example.com", pathplan.Secret{}), balancer(behind)))
	require.NotEmpty(t, through.Ordinary().Faults)
	assert.Contains(t, through.Ordinary().Faults[0].Text, "a request through CloudFront would get 403 from the load balancer")
}

// Components of two types may share a name, and two routes an instance.
func TestRoutesThatShareNamesOrServers(t *testing.T) {
	route := func(name string, priority, port int, path string, target pathplan.Target) pathplan.Route {
		return pathplan.Route{
			Name: name, Priority: priority, Paths: []string{path}, Port: port, Protocol: "HTTP", ProtocolVersion: "HTTP1", Target: target,
		}
	}
	starved := pathplan.Service{Name: "app", Network: pathplan.MadeNetwork("net", "endpoints", []string{"ecr.api", "ecr.dkr", "logs"})}.Target()
	instance := pathplan.Anything("i-1", "sg-1")
	plan := pathplan.Of(balancer(func(b *pathplan.Balancer) {
		b.Routes = []pathplan.Route{
			route("app", 10, 80, "/old/*", pathplan.Anything("app", "")), route("app", 20, 8080, "/new/*", starved),
			route("one", 30, 80, "/one/*", instance), route("two", 40, 8443, "/two/*", instance),
		}
	}))
	require.Len(t, plan.Servers, 3)
	assert.Len(t, plan.Servers[2].Listeners, 2)
	faults := pathplan.Check(plan).Faults
	require.Len(t, faults, 1, "%+v", faults)
	assert.Equal(t, "servers.image", faults[0].Field)
	assert.Contains(t, faults[0].Text, "/new/ would get 503")
}

// What is told to who wrote the program has no paths of the plan in it, and says
// what to do.
func TestFaultsAreToldWithoutTheModelsWords(t *testing.T) {
	unseen := pathplan.Of(cloudFront(nil), balancer(func(b *pathplan.Balancer) { behind(b); b.Routes[0].Hosts = []string{"www.example.com"} }))
	open := pathplan.Of(cloudFront(nil), balancer(func(b *pathplan.Balancer) {
		behind(b)
		b.AccessFrom = albrule.AccessInternet
		b.Secret = pathplan.Secret{}
	}))
	exposed := pathplan.Of(balancer(func(b *pathplan.Balancer) {
		everybody := requestpath.Access{Protocol: "-1", CIDR: "0.0.0.0/0"}
		b.Routes[0].Target = pathplan.Target{
			Server: "i-1", Group: "sg-1", Addresses: []string{"198.51.100.30"},
			Groups: []requestpath.SecurityGroup{{Name: "sg-1", Ingress: []requestpath.Access{everybody}}},
		}
	}))
	for want, plan := range map[string]requestpath.Plan{
		"; fix: forward the Host header, or put origin.example.com": unseen,
		"rejects it; fix: let the load balancer admit CloudFront":   open,
		"rejects it; fix: let the server's security groups":         exposed,
	} {
		found := pathplan.Check(plan)
		require.Len(t, found.Faults, 1)
		assert.Contains(t, found.Faults[0].Text, want)
		assert.NotRegexp(t, `[a-z]\[`, found.Faults[0].Text)
	}
}

func TestFindingsOfTwoPlans(t *testing.T) {
	behindTLS13 := func(b *pathplan.Balancer) { behind(b); b.SSLPolicy = "ELBSecurityPolicy-TLS13-1-3-2021-06" }
	tls := pathplan.Check(pathplan.Of(cloudFront(nil), balancer(behindTLS13)))
	version := pathplan.Check(pathplan.Of(cloudFront(nil), balancer(func(b *pathplan.Balancer) { behind(b); b.Routes[0].ProtocolVersion = "GRPC" })))
	assert.Len(t, tls.And(version).And(tls).Faults, 2, "the same cause is one fault")
	assert.Empty(t, tls.Without("balancers.listeners.securityPolicy").Faults)
	assert.Len(t, tls.Faults, 1)
}
