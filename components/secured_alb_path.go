package components

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// Plan is everything that a request can meet at the load balancer: records,
// listeners, the routes that the program has made so far, their targets. What AWS
// is still to choose has stand-ins. Package requestpath walks requests through it.
func (c *SecuredALB) Plan() requestpath.Plan {
	var p requestpath.Plan
	routes := c.routes.all()
	c.addTo(&p, c.recordNames(routes), routes)
	return p
}

// recordNames are the names that records lead to the load balancer.
func (c *SecuredALB) recordNames(routes []*ServiceRoute) []string {
	names := slices.Clone(c.args.AliasNames)
	for _, r := range routes {
		names = append(names, r.recordNames()...)
	}
	return names
}

// securityGroup is the name of the load balancer's security group.
func (c *SecuredALB) securityGroup() string { return c.name + "-alb" }

// addTo adds the load balancer with its group, its routes and the records of names.
// It answers HTTPS, and redirects HTTP unless it stands behind CloudFront.
func (c *SecuredALB) addTo(p *requestpath.Plan, names []string, routes []*ServiceRoute) {
	a := c.args
	addAliases(p, names, requestpath.AssignedLoadBalancerName, a.DualStack)
	group := requestpath.SecurityGroup{Name: c.securityGroup()}
	for _, r := range a.ingress() {
		if r.PrefixList != "" {
			group.Ingress = append(group.Ingress, prefixListAccess(r.Port, r.PrefixList))
		} else {
			group.Ingress = append(group.Ingress, cidrAccess(r.Port, cmp.Or(r.CIDRv4, r.CIDRv6)))
		}
	}
	https := requestpath.Listener{
		Port: awstable.HTTPSPort, Protocol: requestpath.ProtocolHTTPS,
		Certificates:   []requestpath.Certificate{{Names: a.Domain.Names()}},
		SecurityPolicy: a.SslPolicy,
		DefaultAction:  requestpath.Action{Type: requestpath.ActionFixedResponse, Status: a.unmatchedStatus()},
	}
	for _, r := range routes {
		if r.args.Domain != nil {
			https.Certificates = append(https.Certificates, requestpath.Certificate{Names: r.args.Domain.Names()})
		}
		https.Rules = append(https.Rules, r.addTo(p, c))
		group.Egress = append(group.Egress, groupAccess(r.args.Port, r.target.group))
	}
	addGroup(p, group)
	listeners := []requestpath.Listener{https}
	if a.AccessFrom == AccessFromVpcOrigin {
		addGroup(p, requestpath.SecurityGroup{Name: group.Name, Ingress: []requestpath.Access{groupAccess(awstable.HTTPSPort, requestpath.VPCOriginGroup)}})
	}
	if !a.behindCloudFront() {
		listeners = append(listeners, requestpath.Listener{
			Port: awstable.HTTPPort, Protocol: requestpath.ProtocolHTTP,
			DefaultAction: requestpath.Action{Type: requestpath.ActionRedirect, Redirect: &requestpath.Redirect{
				Protocol: requestpath.ProtocolHTTPS, Port: strconv.Itoa(awstable.HTTPSPort), Status: 301,
			}},
		})
	}
	p.LoadBalancers = append(p.LoadBalancers, requestpath.LoadBalancer{
		Name: c.name, DNSName: requestpath.AssignedLoadBalancerName, Internal: a.Internal, DualStack: a.DualStack,
		SecurityGroups: []string{group.Name}, IdleTimeoutSeconds: a.IdleTimeoutSeconds, WebACL: a.WebAcl.addTo(p), Listeners: listeners,
	})
}

// unmatchedStatus is the status of a request that no rule takes.
func (a *SecuredALBArgs) unmatchedStatus() int {
	if a.AccessFrom == AccessFromCloudFront {
		return 403
	}
	return 404
}

// checkPath walks requests to the load balancer and to a target that answers
// whatever it is asked: what it routes to is not known yet.
func (c *SecuredALB) checkPath() error {
	a := c.args
	var p requestpath.Plan
	names := samples(a.AliasNames)
	if a.behindCloudFront() {
		origin := c.originName()
		c.anyDistribution(origin).addTo(&p, anyDistributionName)
		names = c.originRecords(origin)
	}
	c.addTo(&p, names, []*ServiceRoute{anyRoute()})
	found := walkAll(p)
	if a.behindCloudFront() {
		found = found.certain()
	}
	return pathCheck{owner: &c.planned, mode: a.PathCheck, args: faultyArgs{
		"loadBalancers.listeners.securityPolicy": {"sslPolicy", a.SslPolicy},
		"loadBalancers.listeners.certificates":   {path: "domain"},
		"webACLs.rules":                          {path: "webAcl"},
	}}.report(found)
}

// anyDistribution is a distribution before the load balancer of which nothing else is known.
func (c *SecuredALB) anyDistribution(origin string, viewerNames ...string) *CloudFrontFrontArgs {
	args := anyDistribution(origin, c.args.OriginSecret, viewerNames...)
	if c.args.AccessFrom == AccessFromVpcOrigin {
		args.Origin = c
	}
	return args
}

// originRecords are the records that lead CloudFront to the load balancer by a name: none
// behind a VPC origin.
func (c *SecuredALB) originRecords(name string) []string {
	if c.args.AccessFrom == AccessFromVpcOrigin {
		return nil
	}
	return []string{name}
}

// originName is the name by which CloudFront can be expected to reach the load
// balancer.
func (c *SecuredALB) originName() string {
	return samples(slices.Concat(c.args.AliasNames, c.args.Domain.Names()))[0]
}

// samples are names that a request can have: of a pattern, one that matches it.
func samples(patterns []string) []string {
	names := make([]string, len(patterns))
	for i, p := range patterns {
		names[i] = strings.NewReplacer("*", "any", "?", "x").Replace(p)
	}
	return names
}
