package components

import (
	"path"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/albrule"
	"github.com/portico-iac/portico/internal/pathplan"
)

// adoptedListener is what was found out about a listener that exists already.
type adoptedListener struct{ arn, sslPolicy string }

// path is the route as plans of requests know it.
func (a *ServiceRouteArgs) path(name string, target pathplan.Target) pathplan.Route {
	r := pathplan.Route{
		Name: name, Priority: a.Priority, Hosts: a.Hosts, Paths: a.Paths,
		Protocol: a.Protocol, ProtocolVersion: a.ProtocolVersion, Port: a.Port, Target: target,
	}
	if a.Domain != nil {
		r.Certificate, r.Names = a.Domain.Names(), a.Domain.HostNames()
	}
	return r
}

// checkPath walks the requests that the route is for. Whether there are other
// ways to the target is not its matter.
func (c *ServiceRoute) checkPath(found adoptedListener) error {
	a := c.args
	route := a.path(c.name, c.target)
	b := c.balancerPath(found)
	names := requestNames(b, route)
	for i := range b.Routes {
		b.Routes[i].Names = nil
	}
	route.Names = nil
	b.Routes = append(b.Routes, route)
	var all pathplan.Findings
	if a.originSecret() != nil {
		origin := originNameOf(b)
		b.Names = []string{origin}
		switch {
		case len(a.Hosts) == 0 || hostFits(a.Hosts, origin):
			names = nil // CloudFront sends the origin's own name
		case len(names) == 0: // patterns for viewers' names that are not known here
			names = fitting(a.Hosts)
		}
		all = pathplan.Check(pathplan.Of(pathplan.SomeFront(origin, b.Secret, names...), b)).Certain()
	} else {
		b.Names = names
		all = pathplan.Check(pathplan.Of(b))
	}
	check := pathCheck{
		component: c.owner.component, name: c.owner.name, mode: a.PathCheck, prefix: c.owner.prefix, about: found.arn,
		arg: func(field string) faultyArg { return a.argOf(c.owner.prefix, field) },
	}
	return check.report(c.findings, all.Ordinary())
}

// balancerPath is the load balancer that the route is attached to. Of one that
// exists already little is known: it is taken to be as this route needs it.
func (c *ServiceRoute) balancerPath(found adoptedListener) pathplan.Balancer {
	a := c.args
	if a.LoadBalancer != nil {
		return a.LoadBalancer.pathWithout(c)
	}
	b := pathplan.Balancer{
		Name: "listener", AccessFrom: albrule.AccessInternet, Secret: a.ExistingListener.OriginSecret.path(),
	}
	if albrule.OnlyTLS13(found.sslPolicy) { // AWS has more of the others than anybody knows the names of
		b.SSLPolicy = found.sslPolicy
	}
	if a.ExistingListener.OriginSecret != nil {
		b.AccessFrom = albrule.AccessCloudFront
	}
	for _, h := range a.Hosts {
		if !strings.ContainsAny(h, "*?") {
			b.Certificate = append(b.Certificate, h)
		}
	}
	if a.Domain != nil {
		b.Certificate = append(b.Certificate, a.Domain.Names()...)
	}
	if len(b.Certificate) == 0 {
		b.Certificate = []string{"origin.example.com"}
	}
	b.Names = b.Certificate
	return b
}

// requestNames are the names by which requests for the route come: its hosts, or
// every name of the load balancer when it takes any host.
func requestNames(b pathplan.Balancer, r pathplan.Route) []string {
	known := samples(slices.Concat(b.Names, r.Names))
	if len(r.Hosts) == 0 {
		return known
	}
	var names []string
	for _, h := range r.Hosts {
		if !strings.ContainsAny(h, "*?") {
			names = append(names, h)
		}
	}
	for _, n := range slices.Concat(known, samples(r.Certificate), samples(b.Certificate)) {
		if hostFits(r.Hosts, n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fitting are names, one that fits each pattern.
func fitting(patterns []string) []string {
	var names []string
	for _, p := range patterns {
		names = append(names, strings.NewReplacer("*", "any", "?", "x").Replace(p))
	}
	return names
}

// hostFits says whether a name fits one of the patterns, in which * stands for any
// characters and ? for one.
func hostFits(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		fits, err := path.Match(strings.ToLower(p), name)
		return err == nil && fits
	})
}

// argOf is the arg that decides over a field of the plan.
func (a *ServiceRouteArgs) argOf(prefix, field string) faultyArg {
	switch field {
	case "targetGroups.protocolVersion":
		return faultyArg{prefix + "protocolVersion", a.ProtocolVersion}
	case "targetGroups.protocol":
		return faultyArg{prefix + "protocol", a.Protocol}
	case "balancers.listeners.defaultAction", "balancers.listeners.certificates":
		return faultyArg{prefix + "hosts", strings.Join(a.Hosts, ", ")}
	case "servers.image":
		return faultyArg{path: "image"}
	}
	if a.LoadBalancer == nil {
		return faultyArg{path: prefix + "existingListener.listenerArn"}
	}
	return faultyArg{path: prefix + "loadBalancer"}
}
