package componentstest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awstable"
)

const (
	ingressRule   = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressRule    = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	legacyRule    = "aws:ec2/securityGroupRule:SecurityGroupRule"
	securityGroup = "aws:ec2/securityGroup:SecurityGroup"
)

// webPorts are what an internet-facing load balancer may open to the world.
var webPorts = []any{awstable.HTTPPort, awstable.HTTPSPort}

// AssertNotOpen checks that nothing is reachable, or can reach, more than it
// should: no security group admits 0.0.0.0/0 or ::/0, except on ports 80 and
// 443 of an internet-facing load balancer; none lets everything out; and no
// Fargate service or instance asks for a public address.
func AssertNotOpen(t testing.TB, g *Graph) bool {
	t.Helper()
	var faults []string
	for _, r := range g.Custom() {
		for _, fault := range openings(g, r) {
			faults = append(faults, fmt.Sprintf("%s %q: %s", r.Type, r.Name, fault))
		}
	}
	return assert.Empty(t, faults)
}

func openings(g *Graph, r *Resource) []string {
	switch r.Type {
	case ingressRule:
		if toTheWorld(r.Input("cidrIpv4"), r.Input("cidrIpv6")) && !isPublicListener(g, r) {
			return []string{"admits the whole internet"}
		}
	case egressRule:
		if toTheWorld(r.Input("cidrIpv4"), r.Input("cidrIpv6")) && r.Input("ipProtocol") == "-1" {
			return []string{"lets everything out"}
		}
	case securityGroup:
		return inlineOpenings(r)
	case legacyRule:
		if toTheWorld(r.Input("cidrBlocks"), r.Input("ipv6CidrBlocks")) {
			return []string{"admits or reaches the whole internet"}
		}
	case "aws:ecs/service:Service":
		if r.Input("networkConfiguration.assignPublicIp") == true {
			return []string{"gives its tasks public addresses"}
		}
	case "aws:ec2/instance:Instance":
		if r.Input("associatePublicIpAddress") == true {
			return []string{"asks for a public address"}
		}
	}
	return nil
}

func inlineOpenings(group *Resource) []string {
	var faults []string
	for _, direction := range []string{"ingress", "egress"} {
		rules, _ := group.Input(direction).([]any)
		for i, rule := range rules {
			r, _ := rule.(map[string]any)
			if toTheWorld(r["cidrBlocks"], r["ipv6CidrBlocks"]) {
				faults = append(faults, fmt.Sprintf("%s[%d] is open to the whole internet", direction, i))
			}
		}
	}
	return faults
}

// toTheWorld says whether a range, or one in a list of ranges, is everyone.
func toTheWorld(cidrs ...any) bool {
	return slices.ContainsFunc(cidrs, func(cidr any) bool {
		list, _ := cidr.([]any)
		return cidr == "0.0.0.0/0" || cidr == "::/0" || toTheWorld(list...)
	})
}

// isPublicListener says whether a rule opens port 80 or 443, alone, of a group
// that an internet-facing load balancer has.
func isPublicListener(g *Graph, rule *Resource) bool {
	from, to := rule.Input("fromPort"), rule.Input("toPort")
	if from != to || !slices.Contains(webPorts, from) {
		return false
	}
	loadBalancers := g.OfType("aws:lb/loadBalancer:LoadBalancer")
	return slices.ContainsFunc(loadBalancers, func(lb *Resource) bool {
		return lb.Input("internal") != true && sharesGroup(rule, lb)
	})
}

// sharesGroup compares by where the values came from, since a preview does not
// know the ids, and by the ids for an adopted group.
func sharesGroup(rule, lb *Resource) bool {
	for _, urn := range rule.PropertyDependencies["securityGroupId"] {
		if slices.Contains(lb.PropertyDependencies["securityGroups"], urn) {
			return true
		}
	}
	groups, _ := lb.Input("securityGroups").([]any)
	id := rule.Input("securityGroupId")
	return id != nil && id != Unknown && slices.Contains(groups, id)
}
