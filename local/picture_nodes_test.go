package local_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// node is the resource at a hop.
func (d *drawing) node(h requestpath.Hop) node {
	switch h.Kind {
	case requestpath.HopDistribution:
		return d.distribution(h.Name)
	case requestpath.HopLoadBalancer:
		return d.loadBalancer(h.Name)
	}
	return d.server(h.Name)
}

func (d *drawing) distribution(name string) node {
	i := slices.IndexFunc(d.plan.Distributions, func(e requestpath.Distribution) bool { return e.Name == name })
	e := d.plan.Distributions[i]
	lines := append([]string{"CloudFront"}, e.Aliases...)
	if e.MinimumTLS != "" && e.Certificate != nil {
		lines = append(lines, "viewers: "+e.MinimumTLS)
	}
	for _, o := range e.Origins {
		for _, header := range o.Headers {
			lines = append(lines, "adds "+header.Name)
		}
	}
	return node{fmt.Sprintf("edge%d", i+1), strings.Join(lines, "\n"), "cloud"}
}

func (d *drawing) loadBalancer(name string) node {
	i := slices.IndexFunc(d.plan.LoadBalancers, func(b requestpath.LoadBalancer) bool { return b.Name == name })
	b := d.plan.LoadBalancers[i]
	lines := []string{"Application Load Balancer"}
	if b.Internal {
		lines = append(lines, "private addresses")
	}
	for _, r := range d.plan.Records {
		target := strings.TrimPrefix(r.Alias, "dualstack.")
		if target == b.DNSName && cmp.Or(r.Type, requestpath.RecordA) != requestpath.RecordAAAA {
			lines = append(lines, r.Name)
		}
	}
	lines = append(lines, d.ingress(b.SecurityGroups)...)
	for _, l := range b.Listeners {
		for _, r := range l.Rules {
			for _, c := range r.Conditions {
				if c.Field == requestpath.FieldHeader {
					lines = append(lines, "wants "+c.Header)
				}
			}
		}
	}
	return node{fmt.Sprintf("balancer%d", i+1), strings.Join(lines, "\n"), "rectangle"}
}

func (d *drawing) server(name string) node {
	i := slices.IndexFunc(d.plan.Servers, func(s requestpath.Server) bool { return s.Name == name })
	s := d.plan.Servers[i]
	lines := []string{"EC2 instance"}
	if s.Image != nil {
		lines = []string{"Fargate service"}
	}
	if !slices.ContainsFunc(s.Addresses, isPublic) {
		lines = append(lines, "private address")
	}
	for _, l := range s.Listeners {
		for _, c := range l.Certificates {
			if c.Trust == "" {
				lines = append(lines, "certificate "+strings.Join(c.Names, ", "))
			}
		}
	}
	lines = append(lines, d.ingress(s.SecurityGroups)...)
	return node{fmt.Sprintf("server%d", i+1), strings.Join(lines, "\n"), "rectangle"}
}

func isPublic(address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && !a.IsPrivate()
}

// ingress lists what security groups admit.
func (d *drawing) ingress(groups []string) []string {
	var lines []string
	for _, g := range d.plan.SecurityGroups {
		if !slices.Contains(groups, g.Name) {
			continue
		}
		for _, a := range g.Ingress {
			line := fmt.Sprintf("in: %s from %s", ports(a), d.who(a))
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

func ports(a requestpath.Access) string {
	switch {
	case a.FromPort == 0 && a.ToPort == 0 || a.Protocol == "-1":
		return "everything"
	case a.FromPort == a.ToPort:
		return fmt.Sprint(a.FromPort)
	}
	return fmt.Sprintf("%d-%d", a.FromPort, a.ToPort)
}

func (d *drawing) who(a requestpath.Access) string {
	switch {
	case a.PrefixList == requestpath.OriginFacing, a.SecurityGroup == requestpath.VPCOriginGroup:
		return "CloudFront"
	case a.PrefixList != "":
		return "a prefix list"
	case a.SecurityGroup == "":
		return a.CIDR
	}
	attached := func(b requestpath.LoadBalancer) bool { return slices.Contains(b.SecurityGroups, a.SecurityGroup) }
	if slices.ContainsFunc(d.plan.LoadBalancers, attached) {
		return "the load balancer"
	}
	return "another group"
}
