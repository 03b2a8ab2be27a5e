package components

import (
	"path"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/albrule"
	"github.com/portico-iac/portico/internal/pathplan"
)

// routeCheck is a route that is about to be made, by itself or as a part of a
// component.
type routeCheck struct {
	component, name string
	// prefix is the path of the route's args within the component's, with a dot.
	prefix string
	target pathplan.Target
	// listenerARN and sslPolicy are those of an adopted listener that was found.
	listenerARN, sslPolicy string
}

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
func (a *ServiceRouteArgs) checkPath(ctx *pulumi.Context, c routeCheck) error {
	route := a.path(c.name, c.target)
	b := a.balancerPath(c)
	names := requestNames(b, route)
	for i := range b.Routes {
		b.Routes[i].Names = nil
	}
	route.Names = nil
	b.Routes = append(b.Routes, route)
	var found pathplan.Findings
	if a.originSecret() != nil {
		origin := originNameOf(b)
		b.Names = []string{origin}
		switch {
		case len(a.Hosts) == 0 || hostFits(a.Hosts, origin):
			names = nil // CloudFront sends the origin's own name
		case len(names) == 0: // patterns for viewers' names that are not known here
			names = fitting(a.Hosts)
		}
		found = pathplan.Check(pathplan.Of(pathplan.SomeFront(origin, b.Secret, names...), b)).Certain()
	} else {
		b.Names = names
		found = pathplan.Check(pathplan.Of(b))
	}
	check := pathCheck{
		component: c.component, name: c.name, mode: a.PathCheck, prefix: c.prefix, about: c.listenerARN,
		arg: func(field string) faultyArg { return a.argOf(c.prefix, field) },
	}
	return check.report(ctx, found.Ordinary())
}

// balancerPath is the load balancer that the route hangs on. Of one that exists
// already little is known: it is taken to be as this route needs it.
func (a *ServiceRouteArgs) balancerPath(c routeCheck) pathplan.Balancer {
	if a.LoadBalancer != nil {
		return a.LoadBalancer.path()
	}
	b := pathplan.Balancer{
		Name: "listener", AccessFrom: albrule.AccessInternet, Secret: a.ExistingListener.OriginSecret.path(),
	}
	if albrule.OnlyTLS13(c.sslPolicy) { // AWS has more of the others than anybody knows the names of
		b.SSLPolicy = c.sslPolicy
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
