package local_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// canonical is a plan without what AWS chooses: names, ids and addresses are
// numbered within their kind, in the order in which a walk from the records meets
// them. What no walk meets, seeded instances for example, is left out, and
// defaults that may or may not be written are.
type canonical struct {
	of    *requestpath.Plan
	names map[string]string
	plan  requestpath.Plan
}

func canonicalOf(plan requestpath.Plan) requestpath.Plan {
	c := &canonical{of: &plan, names: map[string]string{}}
	records := slices.Clone(plan.Records)
	slices.SortFunc(records, func(a, b requestpath.Record) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type))
	})
	for _, distributions := range []bool{true, false} { // a distribution's name comes before that of its origin
		for _, r := range records {
			if c.leadsToDistribution(r) == distributions {
				c.record(r)
			}
		}
	}
	for i := 0; i < len(c.plan.SecurityGroups); i++ { // groups are met within groups
		c.rules(i)
	}
	return c.plan
}

func (c *canonical) name(kind, own string) string {
	if own == "" {
		return ""
	}
	key := kind + " " + own
	if c.names[key] == "" {
		n := 1
		for k := range c.names {
			if strings.HasPrefix(k, kind+" ") {
				n++
			}
		}
		c.names[key] = fmt.Sprintf("%s-%d", kind, n)
	}
	return c.names[key]
}

func (c *canonical) known(kind, own string) bool { return c.names[kind+" "+own] != "" }

func (c *canonical) leadsToDistribution(r requestpath.Record) bool {
	return slices.ContainsFunc(c.of.Distributions, func(e requestpath.Distribution) bool { return e.DomainName == r.Alias })
}

func (c *canonical) record(r requestpath.Record) {
	for _, e := range c.of.Distributions {
		if e.DomainName == r.Alias {
			c.distribution(e)
			r.Alias = c.name("distribution", e.Name)
		}
	}
	for _, b := range c.of.LoadBalancers {
		if b.DNSName == r.Alias {
			c.loadBalancer(b)
			r.Alias = c.name("load balancer", b.Name)
		}
	}
	for i, a := range r.Addresses {
		s := slices.IndexFunc(c.of.Servers, func(s requestpath.Server) bool { return slices.Contains(s.Addresses, a) })
		if s < 0 {
			continue
		}
		c.server(c.of.Servers[s])
		r.Addresses = slices.Clone(r.Addresses)
		r.Addresses[i] = "address of " + c.name("server", c.of.Servers[s].Name)
	}
	if r.Alias != "" && !strings.Contains(r.Alias, "-") || r.Alias == "" && len(r.Addresses) == 0 {
		return
	}
	if r.Alias == "" && !strings.HasPrefix(r.Addresses[0], "address of ") {
		return // leads to nothing of the stack
	}
	c.plan.Records = append(c.plan.Records, r)
}

func (c *canonical) distribution(e requestpath.Distribution) {
	if c.known("distribution", e.Name) {
		return
	}
	e.Name = c.name("distribution", e.Name)
	e.DomainName = e.Name
	e.Default.AllowedMethods = sorted(e.Default.AllowedMethods)
	e.Certificate = &requestpath.Certificate{Names: sorted(e.Certificate.Names), Expired: e.Certificate.Expired, Trust: e.Certificate.Trust}
	e.Origins = slices.Clone(e.Origins)
	for i := range e.Origins {
		o := &e.Origins[i]
		if o.S3 {
			o.DomainName = c.bucket(o.DomainName)
		}
		o.Headers = slices.Clone(o.Headers)
		for j := range o.Headers {
			o.Headers[j].Value = c.name("value", o.Headers[j].Value)
		}
		for _, b := range c.of.LoadBalancers {
			if b.Name == o.VPCOrigin {
				c.loadBalancer(b)
				o.VPCOrigin = c.name("load balancer", b.Name)
			}
		}
		for _, server := range c.of.Servers {
			if server.Name == o.VPCOrigin {
				c.server(server)
				o.VPCOrigin = c.name("server", server.Name)
			}
		}
	}
	c.plan.Distributions = append(c.plan.Distributions, e)
}

// bucket adds the bucket of a domain name. Its Region is not known from a configuration alone.
func (c *canonical) bucket(domain string) string {
	i := slices.IndexFunc(c.of.Buckets, func(b requestpath.Bucket) bool { return b.DomainName == domain })
	if i < 0 {
		return domain
	}
	b := c.of.Buckets[i]
	b.Name, b.Region = c.name("bucket", b.Name), ""
	b.DomainName = b.Name
	b.Grants = slices.Clone(b.Grants)
	for j, g := range b.Grants {
		b.Grants[j].Distribution = c.name("distribution", g.Distribution)
	}
	c.plan.Buckets = append(c.plan.Buckets, b)
	return b.DomainName
}

func (c *canonical) loadBalancer(b requestpath.LoadBalancer) {
	if c.known("load balancer", b.Name) {
		return
	}
	b.Name = c.name("load balancer", b.Name)
	b.DNSName, b.PrivateAddress = b.Name, ""
	b.SecurityGroups = c.groups(b.SecurityGroups)
	b.Listeners = slices.Clone(b.Listeners)
	slices.SortFunc(b.Listeners, func(a, o requestpath.Listener) int { return a.Port - o.Port })
	for i := range b.Listeners {
		b.Listeners[i] = c.listener(b.Listeners[i])
	}
	c.plan.LoadBalancers = append(c.plan.LoadBalancers, b)
}

func (c *canonical) listener(l requestpath.Listener) requestpath.Listener {
	l.Certificates = certificates(l.Certificates)
	if r := l.DefaultAction.Redirect; r != nil {
		l.DefaultAction.Redirect = redirect(*r)
	}
	l.Rules = slices.Clone(l.Rules)
	for i := range l.Rules {
		rule := &l.Rules[i]
		rule.Conditions = slices.Clone(rule.Conditions)
		for j := range rule.Conditions {
			d := &rule.Conditions[j]
			d.Values = slices.Clone(d.Values)
			for k := range d.Values {
				if d.Field == requestpath.FieldHeader {
					d.Values[k] = c.name("value", d.Values[k])
				}
			}
		}
		slices.SortFunc(rule.Conditions, func(a, b requestpath.Condition) int { return strings.Compare(a.Field, b.Field) })
		rule.Action.TargetGroup = c.targetGroup(rule.Action.TargetGroup)
	}
	return l
}

// redirect is without the parts that only keep the request's own.
func redirect(r requestpath.Redirect) *requestpath.Redirect {
	for _, part := range []struct {
		field *string
		keeps string
	}{{&r.Host, "#{host}"}, {&r.Path, "/#{path}"}, {&r.Query, "#{query}"}} {
		if *part.field == part.keeps {
			*part.field = ""
		}
	}
	return &r
}

func (c *canonical) targetGroup(own string) string {
	for _, g := range c.of.TargetGroups {
		if g.Name != own || c.known("target group", own) {
			continue
		}
		g.Name = c.name("target group", own)
		g.Targets = slices.Clone(g.Targets)
		for i := range g.Targets {
			for _, s := range c.of.Servers {
				if s.Name == g.Targets[i].Server {
					c.server(s)
				}
			}
			g.Targets[i].Server = c.name("server", g.Targets[i].Server)
		}
		c.plan.TargetGroups = append(c.plan.TargetGroups, g)
	}
	return c.name("target group", own)
}

func (c *canonical) server(s requestpath.Server) {
	if c.known("server", s.Name) {
		return
	}
	s.Name = c.name("server", s.Name)
	s.Addresses = kinds(s.Addresses)
	s.SecurityGroups = c.groups(s.SecurityGroups)
	s.Listeners = slices.Clone(s.Listeners)
	for i := range s.Listeners {
		s.Listeners[i].Certificates = certificates(s.Listeners[i].Certificates)
		s.Listeners[i].Versions = sorted(s.Listeners[i].Versions)
		if required := s.Listeners[i].RequiredHeader; required != nil {
			named := requestpath.RequiredHeader{Name: required.Name}
			for _, value := range required.Values {
				named.Values = append(named.Values, c.name("value", value))
			}
			s.Listeners[i].RequiredHeader = &named
		}
	}
	if s.Image != nil {
		image := *s.Image
		image.Endpoints = sorted(image.Endpoints)
		image.EndpointGroups = c.groups(image.EndpointGroups)
		image.S3PrefixList = c.name("list", image.S3PrefixList)
		s.Image = &image
	}
	c.plan.Servers = append(c.plan.Servers, s)
}

// kinds says of each address only whether it is private.
func kinds(addresses []string) []string {
	var all []string
	for _, a := range addresses {
		kind := "public"
		if parsed, err := netip.ParseAddr(a); err == nil && parsed.IsPrivate() {
			kind = "private"
		}
		all = append(all, kind)
	}
	return sorted(all)
}

func certificates(all []requestpath.Certificate) []requestpath.Certificate {
	all = slices.Clone(all)
	for i := range all {
		all[i].Names = sorted(all[i].Names)
	}
	return all
}

func sorted(values []string) []string { return slices.Sorted(slices.Values(values)) }

// groups meets security groups.
func (c *canonical) groups(own []string) []string {
	var all []string
	for _, name := range own {
		if !c.known("group", name) {
			for _, g := range c.of.SecurityGroups {
				if g.Name == name {
					c.plan.SecurityGroups = append(c.plan.SecurityGroups, g)
				}
			}
		}
		all = append(all, c.name("group", name))
	}
	return all
}

// rules puts those of one group that was met in a steady order.
func (c *canonical) rules(i int) {
	g := c.plan.SecurityGroups[i]
	g.Name = c.name("group", g.Name)
	for _, rules := range []*[]requestpath.Access{&g.Ingress, &g.Egress} {
		*rules = slices.Clone(*rules)
		slices.SortFunc(*rules, func(a, b requestpath.Access) int {
			return cmp.Or(a.FromPort-b.FromPort, strings.Compare(a.CIDR, b.CIDR), strings.Compare(a.PrefixList, b.PrefixList),
				strings.Compare(c.names["group "+a.SecurityGroup], c.names["group "+b.SecurityGroup]))
		})
		for j := range *rules {
			a := &(*rules)[j]
			if a.SecurityGroup != "" {
				a.SecurityGroup = c.groups([]string{a.SecurityGroup})[0]
			}
			if a.PrefixList != "" && a.PrefixList != requestpath.OriginFacing {
				a.PrefixList = c.name("list", a.PrefixList)
			}
		}
	}
	c.plan.SecurityGroups[i] = g
}
