package components

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// adoptedListener is what was found out about a listener that exists already.
type adoptedListener struct{ arn, sslPolicy string }

// recordNames are the names that records of the route lead to its load balancer.
func (c *ServiceRoute) recordNames() []string {
	if c.args.Domain == nil {
		return nil
	}
	return c.args.Domain.HostNames()
}

// addTo adds the target group, the target, and the access to it from the load
// balancer's group. It returns the listener's rule.
func (c *ServiceRoute) addTo(p *requestpath.Plan, b *SecuredALB) requestpath.ListenerRule {
	a := c.args
	name, target := c.distinctIn(p)
	p.TargetGroups = append(p.TargetGroups, requestpath.TargetGroup{
		Name: name, Protocol: a.Protocol, ProtocolVersion: a.ProtocolVersion, Port: a.Port,
		Targets: []requestpath.Target{{Server: target.server, Port: a.Port}},
	})
	addGroup(p, requestpath.SecurityGroup{
		Name: target.group, Ingress: []requestpath.Access{groupAccess(a.Port, b.securityGroup())},
	})
	target.addTo(p, a)
	return requestpath.ListenerRule{
		Priority: a.Priority, Conditions: a.pathConditions(b.args.OriginSecret),
		Action: requestpath.Action{Type: requestpath.ActionForward, TargetGroup: name},
	}
}

// distinctIn gives the target group a name of its own, and a target too whose name
// another one has: components of two types may share a name.
func (c *ServiceRoute) distinctIn(p *requestpath.Plan) (name string, target targetPlan) {
	distinct := func(name string) string { return fmt.Sprintf("%s (priority %d)", name, c.args.Priority) }
	name, target = c.name, c.target
	if slices.ContainsFunc(p.TargetGroups, func(g requestpath.TargetGroup) bool { return g.Name == name }) {
		name = distinct(name)
	}
	if s := serverOf(p, target.server); s != nil && !slices.Equal(s.SecurityGroups, target.groupNames()) {
		target.server = distinct(target.server)
	}
	return name, target
}

// pathConditions are the rule's conditions in plans, where a version of the secret
// stands for its value.
func (a *ServiceRouteArgs) pathConditions(secret *OriginSecret) []requestpath.Condition {
	var all []requestpath.Condition
	if len(a.Hosts) > 0 {
		all = append(all, requestpath.Condition{Field: requestpath.FieldHost, Values: a.Hosts})
	}
	if len(a.Paths) > 0 {
		all = append(all, requestpath.Condition{Field: requestpath.FieldPath, Values: a.Paths})
	}
	if secret != nil {
		all = append(all, requestpath.Condition{
			Field: requestpath.FieldHeader, Header: secret.HeaderName(), Values: secret.versions(),
		})
	}
	return all
}

// anyRoute is a route that takes every request to a target that answers.
func anyRoute() *ServiceRoute {
	const name = "targets"
	args := ServiceRouteArgs{Priority: 1, Paths: []string{"/*"}, Port: awstable.HTTPPort}.withDefaults(name)
	return newRoute(name, args, anyTarget("target", ""))
}

// checkPath walks the requests that the route is for. Whether requests reach the
// target otherwise is not the route's matter.
func (c *ServiceRoute) checkPath(found adoptedListener) error {
	a := c.args
	loadBalancer, routes := c.loadBalancer(found)
	names := requestNames(loadBalancer, c)
	var p requestpath.Plan
	if loadBalancer.args.behindCloudFront() {
		origin := loadBalancer.originName()
		switch {
		case len(a.Hosts) == 0 || hostMatches(a.Hosts, origin):
			names = nil // CloudFront sends the origin's own name
		case len(names) == 0: // patterns for viewers' names that are not known here
			names = samples(a.Hosts)
		}
		loadBalancer.anyDistribution(origin, names...).addTo(&p, anyDistributionName)
		names = loadBalancer.originRecords(origin)
	}
	loadBalancer.addTo(&p, names, append(routes, c))
	all := walkAll(p)
	if loadBalancer.args.behindCloudFront() {
		all = all.certain()
	}
	all = all.without(func(f pathFault) bool { return f.bypass }).and(c.shadows(p, routes))
	return c.pathCheck(found.arn).report(all)
}

// pathCheck is what the route does with findings about a plan, or about a listener
// that the plan has a stand-in for.
func (c *ServiceRoute) pathCheck(about string) pathCheck {
	args := c.args.faultyArgs(c.prefix)
	args[rulesField] = faultyArg{c.prefix + "priority", c.givenPriority()}
	return pathCheck{owner: c.owner, mode: c.args.PathCheck, prefix: c.prefix, about: about, args: args}
}

// loadBalancer is the load balancer that the route is attached to, and its other routes.
// Of one that exists already little is known: it is taken to be as this route needs
// it.
func (c *ServiceRoute) loadBalancer(found adoptedListener) (*SecuredALB, []*ServiceRoute) {
	a := c.args
	if a.LoadBalancer != nil {
		itself := func(r *ServiceRoute) bool { return r.args.Priority == a.Priority }
		return a.LoadBalancer, slices.DeleteFunc(a.LoadBalancer.routes.all(), itself)
	}
	names := withoutPatterns(a.Hosts)
	if a.Domain != nil {
		names = append(names, a.Domain.Names()...)
	}
	if len(names) == 0 {
		names = []string{"origin.example.com"}
	}
	args := SecuredALBArgs{
		Domain: certifiedDomainOf(names), AliasNames: names, OriginSecret: a.ExistingListener.OriginSecret,
	}.withDefaults()
	if args.OriginSecret != nil {
		args.AccessFrom = AccessFromCloudFront
	}
	args.SslPolicy = ""
	if awsrule.OnlyTLS13(found.sslPolicy) { // AWS has more of the others than anybody knows the names of
		args.SslPolicy = found.sslPolicy
	}
	return &SecuredALB{planned: planned{name: "listener"}, args: args}, nil
}

// requestNames are the names by which requests for the route come: its hosts, or
// every name of the load balancer when it takes any host.
func requestNames(b *SecuredALB, c *ServiceRoute) []string {
	hosts := c.args.Hosts
	known := samples(slices.Concat(b.args.AliasNames, c.recordNames()))
	if len(hosts) == 0 {
		return known
	}
	names := withoutPatterns(hosts)
	if c.args.Domain != nil {
		known = append(known, samples(c.args.Domain.Names())...)
	}
	for _, n := range append(known, samples(b.args.Domain.Names())...) {
		if hostMatches(hosts, n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// withoutPatterns are the hosts that are names.
func withoutPatterns(hosts []string) []string {
	return slices.DeleteFunc(slices.Clone(hosts), func(h string) bool { return strings.ContainsAny(h, "*?") })
}

// hostMatches says whether a name matches one of the patterns, in which * stands for any
// characters and ? for one.
func hostMatches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		matches, err := path.Match(strings.ToLower(p), name)
		return err == nil && matches
	})
}

func (a *ServiceRouteArgs) faultyArgs(prefix string) faultyArgs {
	hosts := faultyArg{prefix + "hosts", strings.Join(a.Hosts, ", ")}
	return faultyArgs{
		"targetGroups.protocolVersion":          {prefix + "protocolVersion", a.ProtocolVersion},
		"targetGroups.protocol":                 {prefix + "protocol", a.Protocol},
		"loadBalancers.listeners.defaultAction": hosts,
		"loadBalancers.listeners.certificates":  hosts,
		"servers.image":                         {path: "image"},
		"":                                      {path: prefix + a.listenerField()},
	}
}
