package requestpath

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// gate is where a connection comes in.
type gate struct {
	field  string
	groups []string
	// private says that the address is.
	private bool
	// unrouted says that nothing gets to the address, nor back.
	unrouted bool
	// egressTo is the address that the egress rules of the peer see.
	egressTo netip.Addr
}

// pass lets the connection through, or drops it in silence: by route, by the
// groups of whoever connects, by the groups of who is connected to.
func (w *walker) pass(h *Hop, c call, g gate) *answer {
	switch {
	case g.unrouted && !c.from.throughVPC():
		return h.fails(Timeout, "out of reach: there is no internet gateway", cause{
			fact: factNoGateway, field: g.field + ".unrouted",
			why: fmt.Sprintf("%s has public addresses, and none of its subnets has a route to an internet gateway", h.Name),
			fix: "put it into subnets whose default route is an internet gateway, or make it internal",
		})
	case g.private && !c.from.inside:
		return h.fails(Timeout, "out of reach: the address is private", cause{
			fact: factPrivateAddress, field: g.field,
			why: fmt.Sprintf("%s leads to a private address, which only the VPC reaches", c.dialled),
			fix: fmt.Sprintf("let %s lead to a public address", c.dialled),
		})
	case c.from.guarded && !w.admits(c.from.groups, egress, c.port, peer{address: g.egressTo, groups: g.groups}):
		return h.fails(Timeout, "never reached: the sender's security groups let nothing out to it", cause{
			fact: factSecurityGroup, field: part("securityGroups", firstOf(c.from.groups)) + ".egress",
			why: fmt.Sprintf("no egress rule of %s lets connections out to %s on port %d", listOf(c.from.groups), h.Name, c.port),
			fix: fmt.Sprintf("add an egress rule for port %d to %s", c.port, listOf(g.groups)),
		})
	case !w.admits(g.groups, ingress, c.port, c.from):
		return h.fails(Timeout, "the security groups drop the connection", c.from.droppedInVPC(cause{
			fact: factSecurityGroup, field: part("securityGroups", firstOf(g.groups)) + ".ingress",
			why: fmt.Sprintf("no ingress rule of %s admits %s on port %d", listOf(g.groups), c.from.describe(), c.port),
			fix: fmt.Sprintf("add an ingress rule for port %d from %s, if it is meant to get in", c.port, c.from.describe()),
		}, c.port))
	}
	return nil
}

// closed is a port on which nothing listens.
func (h *Hop) closed(reason Reason, decision, field string) *answer {
	return h.fails(reason, decision, cause{
		fact: factNothingListens, field: field + ".listeners",
		why: fmt.Sprintf("%s has no listener on port %d", h.Name, h.Port),
		fix: fmt.Sprintf("add a listener on port %d, or dial a port that has one", h.Port),
	})
}

type direction func(*SecurityGroup) []Access

func ingress(g *SecurityGroup) []Access { return g.Ingress }
func egress(g *SecurityGroup) []Access  { return g.Egress }

// admits says whether a rule of one of the groups lets the other side through.
// Groups only ever allow, and what they do not allow is dropped without a word.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
func (w *walker) admits(groups []string, rules direction, port int, other peer) bool {
	return slices.ContainsFunc(groups, func(name string) bool {
		g := w.plan.group(name)
		return g != nil && slices.ContainsFunc(rules(g), func(a Access) bool {
			return a.covers(port) && a.isFor(other)
		})
	})
}

func (a Access) covers(port int) bool {
	switch a.Protocol {
	case "", "tcp":
		return a.FromPort == 0 && a.ToPort == 0 || a.FromPort <= port && port <= a.ToPort
	case "-1":
		return true
	}
	return false
}

func (a Access) isFor(other peer) bool {
	switch {
	case a.SecurityGroup != "":
		return slices.Contains(other.groups, a.SecurityGroup)
	case a.PrefixList != "":
		return slices.Contains(other.lists, a.PrefixList)
	}
	prefix, err := netip.ParsePrefix(a.CIDR)
	return err == nil && prefix.Contains(other.address)
}

func (p peer) describe() string {
	switch {
	case p.loadBalancer != nil:
		return "the load balancer " + p.loadBalancer.Name
	case slices.Contains(p.lists, OriginFacing):
		return "CloudFront"
	case p.inside:
		return "a machine inside the VPC"
	}
	return "the internet"
}

func listOf(groups []string) string {
	if len(groups) == 0 {
		return "any security group (there is none)"
	}
	return strings.Join(groups, ", ")
}
