package components

import (
	"slices"
	"strings"
	"sync"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/pathplan"
	"github.com/portico-iac/portico/requestpath"
)

// routesOfALB are the routes that hang on a load balancer, as far as the program
// has come.
type routesOfALB struct {
	mu     sync.Mutex
	routes []*ServiceRoute
}

func (r *routesOfALB) add(route *ServiceRoute) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.routes = append(r.routes, route)
}

func (r *routesOfALB) all() []*ServiceRoute {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.routes)
}

// Plan is everything that a request can meet at the load balancer: records,
// listeners, the routes that the program has made so far, their targets. What AWS
// is still to choose has stand-ins. Package requestpath walks requests through it.
func (c *SecuredALB) Plan() requestpath.Plan { return pathplan.Of(c.path()) }

func (c *SecuredALB) path() pathplan.Balancer { return c.pathWithout(nil) }

// pathWithout leaves out a route.
func (c *SecuredALB) pathWithout(route *ServiceRoute) pathplan.Balancer {
	b := c.args.path(c.name)
	for _, r := range c.routes.all() {
		if r != route {
			b.Routes = append(b.Routes, r.args.path(r.name, r.target))
		}
	}
	slices.SortFunc(b.Routes, func(a, b pathplan.Route) int { return a.Priority - b.Priority })
	return b
}

// path is the load balancer without routes.
func (a *SecuredALBArgs) path(name string) pathplan.Balancer {
	return pathplan.Balancer{
		Name: name, Names: a.AliasNames, Certificate: a.Domain.Names(),
		AccessFrom: a.AccessFrom, AllowedCIDRs: a.AllowedCidrs, DualStack: a.DualStack,
		SSLPolicy: a.SslPolicy, IdleTimeoutSeconds: *a.IdleTimeoutSeconds,
		Secret: a.OriginSecret.path(),
	}
}

// checkPath walks requests to the load balancer and to a target that answers
// whatever it is asked: what it routes to is not known yet.
func (c *SecuredALB) checkPath() error {
	a, name := c.args, c.name
	b := a.path(name)
	b.Routes = []pathplan.Route{pathplan.SomeRoute()}
	b.Names = samples(b.Names)
	found := pathplan.Check(pathplan.Of(b))
	if a.AccessFrom == AccessFromCloudFront {
		origin := originNameOf(b)
		b.Names = []string{origin}
		found = pathplan.Check(pathplan.Of(pathplan.SomeFront(origin, b.Secret), b)).Certain()
	}
	check := pathCheck{component: "SecuredALB", name: name, mode: a.PathCheck, arg: func(field string) faultyArg {
		switch field {
		case "balancers.listeners.securityPolicy":
			return faultyArg{"sslPolicy", a.SslPolicy}
		case "balancers.listeners.certificates":
			return faultyArg{path: "domain"}
		}
		return faultyArg{}
	}}
	return check.report(c.findings, found)
}

// originNameOf is the name by which CloudFront can be expected to reach the load
// balancer.
func originNameOf(b pathplan.Balancer) string {
	return samples(slices.Concat(b.Names, b.Certificate))[0]
}

// samples are names that a request can have: of a wildcard, one that it stands
// for.
func samples(names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = n
		if dnsname.IsWildcard(n) {
			all[i] = strings.Replace(n, "*", "any", 1)
		}
	}
	return all
}
