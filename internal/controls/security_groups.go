package controls

import (
	"fmt"
	"slices"
)

const (
	typeGroup     = "aws:ec2/securityGroup:SecurityGroup"
	typeIngress   = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	typeGroupRule = "aws:ec2/securityGroupRule:SecurityGroupRule"

	everyIPv4 = "0.0.0.0/0"
	everyIPv6 = "::/0"
)

var (
	// administration are the ports of SSH and RDP.
	// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-53
	administration = []int{22, 3389}

	// authorised are the TCP ports that may be open to everyone.
	// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18
	authorised = []int{80, 443}

	// highRisk are ports that must not be open to everyone.
	// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
	highRisk = []int{
		20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200, 9300,
	}
)

// securityGroups are the controls of what security groups admit.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html
var securityGroups = []Control{
	{
		ID: "EC2.18", Title: "Everyone is admitted on ports 80 and 443 alone",
		check: open(func(o opening) bool {
			return o.protocol != "tcp" || o.from != o.to || !slices.Contains(authorised, o.from)
		}, everyIPv4, everyIPv6),
	},
	{
		ID: "EC2.19", Title: "No port of high risk is open to everyone",
		check: open(func(o opening) bool { return slices.ContainsFunc(highRisk, o.has) }, everyIPv4, everyIPv6),
	},
	{
		ID: "EC2.53", CIS: "6.3", Title: "Ports 22 and 3389 are not open to all of IPv4",
		check: open(func(o opening) bool { return slices.ContainsFunc(administration, o.has) }, everyIPv4),
	},
	{
		ID: "EC2.54", CIS: "6.4", Title: "Ports 22 and 3389 are not open to all of IPv6",
		check: open(func(o opening) bool { return slices.ContainsFunc(administration, o.has) }, everyIPv6),
	},
}

// opening is one thing that a security group admits.
type opening struct {
	protocol string
	from, to int
}

func (o opening) has(port int) bool {
	return o.protocol == "-1" || (o.protocol == "tcp" || o.protocol == "udp") && o.from <= port && port <= o.to
}

func (o opening) String() string {
	if o.from == o.to {
		return fmt.Sprintf("%s %d", o.protocol, o.from)
	}
	return fmt.Sprintf("%s %d-%d", o.protocol, o.from, o.to)
}

// open decides a control that refuses some of what a group admits from whole address
// families.
func open(wrong func(opening) bool, everyone ...string) func(*resources) Finding {
	return each("security group", func(r *resources, g resource) string {
		for _, o := range openings(r, g, everyone) {
			if wrong(o) {
				return "admits everyone on " + o.String()
			}
		}
		return ""
	}, typeGroup)
}

// openings are what a group admits from any of the ranges.
func openings(r *resources, g resource, ranges []string) []opening {
	var all []opening
	add := func(rule resource, protocol string, from ...string) {
		if slices.ContainsFunc(from, func(cidr string) bool { return slices.Contains(ranges, cidr) }) {
			all = append(all, opening{protocol, rule.number("fromPort"), rule.number("toPort")})
		}
	}
	for _, rule := range g.blocks("ingress") {
		add(rule, rule.text("protocol"), slices.Concat(rule.texts("cidrBlocks"), rule.texts("ipv6CidrBlocks"))...)
	}
	for _, rule := range r.about(g, "securityGroupId", typeIngress) {
		add(rule, rule.text("ipProtocol"), rule.text("cidrIpv4"), rule.text("cidrIpv6"))
	}
	for _, rule := range r.about(g, "securityGroupId", typeGroupRule) {
		if rule.text("type") == "ingress" {
			add(rule, rule.text("protocol"), slices.Concat(rule.texts("cidrBlocks"), rule.texts("ipv6CidrBlocks"))...)
		}
	}
	return all
}
