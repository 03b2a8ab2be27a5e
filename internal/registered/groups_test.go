package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// groupOf is the described group of an id.
func groupOf(m *registered.Model, id string) requestpath.SecurityGroup {
	for _, g := range m.Plan.SecurityGroups {
		if g.Name == id {
			return g
		}
	}
	return requestpath.SecurityGroup{}
}

// Every way to write a rule of a security group.
func TestRulesOfSecurityGroups(t *testing.T) {
	const group = "aws:ec2/securityGroup:SecurityGroup"
	const ingress, older = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:ec2/securityGroupRule:SecurityGroupRule"
	https := requestpath.Access{Protocol: "tcp", FromPort: 443, ToPort: 443}
	with := func(change func(*requestpath.Access)) requestpath.Access {
		a := https
		change(&a)
		return a
	}
	cases := map[string]struct {
		kind  string
		state state
		want  []requestpath.Access
	}{
		"inline blocks": {group, state{"ingress": list(state{"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": list("10.0.0.0/8", "192.0.2.0/24"), "ipv6CidrBlocks": list("::/0")})},
			[]requestpath.Access{
				with(func(a *requestpath.Access) { a.CIDR = "10.0.0.0/8" }), with(func(a *requestpath.Access) { a.CIDR = "192.0.2.0/24" }),
				with(func(a *requestpath.Access) { a.CIDR = "::/0" }),
			}},
		"inline, itself": {group, state{"ingress": list(state{"protocol": "-1", "self": true})},
			[]requestpath.Access{{Protocol: "-1", SecurityGroup: "sg-1"}}},
		"a rule": {ingress, state{"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrIpv4": "0.0.0.0/0"},
			[]requestpath.Access{with(func(a *requestpath.Access) { a.CIDR = "0.0.0.0/0" })}},
		"a protocol's number": {ingress, state{"securityGroupId": "sg-1", "ipProtocol": "6", "fromPort": 443.0, "toPort": 443.0, "cidrIpv6": "::/0"},
			[]requestpath.Access{with(func(a *requestpath.Access) { a.CIDR = "::/0" })}},
		"a group of another account": {ingress, state{"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "referencedSecurityGroupId": "123456789012/sg-2"},
			[]requestpath.Access{with(func(a *requestpath.Access) { a.SecurityGroup = "sg-2" })}},
		"the older type": {older, state{"type": "ingress", "securityGroupId": "sg-1", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "sourceSecurityGroupId": "sg-2"},
			[]requestpath.Access{with(func(a *requestpath.Access) { a.SecurityGroup = "sg-2" })}},
		"the older type, itself": {older, state{"type": "ingress", "securityGroupId": "sg-1", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "self": true},
			[]requestpath.Access{with(func(a *requestpath.Access) { a.SecurityGroup = "sg-1" })}},
		"UDP":  {ingress, state{"securityGroupId": "sg-1", "ipProtocol": "udp", "fromPort": 443.0, "toPort": 443.0, "cidrIpv4": "0.0.0.0/0"}, []requestpath.Access{{Protocol: "udp", FromPort: 443, ToPort: 443, CIDR: "0.0.0.0/0"}}},
		"ping": {ingress, state{"securityGroupId": "sg-1", "ipProtocol": "icmp", "fromPort": -1.0, "toPort": -1.0, "cidrIpv4": "0.0.0.0/0"}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := resources{{c.kind, "sg-1"}: c.state}
			assert.Equal(t, c.want, groupOf(r.read(t, registered.Options{}), "sg-1").Ingress)
		})
	}
}

// Which prefix list is CloudFront's is known, or taken from what is likely.
func TestPrefixLists(t *testing.T) {
	cases := map[string]struct {
		description string
		also        resources
		options     registered.Options
		want        requestpath.Access
		noted       bool
	}{
		"nothing said":  {want: requestpath.Access{PrefixList: requestpath.OriginFacing}, noted: true},
		"said so":       {description: "HTTPS from CloudFront", want: requestpath.Access{PrefixList: requestpath.OriginFacing}, noted: true},
		"another one":   {description: "from EC2 Instance Connect", want: requestpath.Access{PrefixList: "pl-1"}},
		"given":         {options: registered.Options{OriginFacing: []string{"pl-1"}}, want: requestpath.Access{PrefixList: requestpath.OriginFacing}},
		"another given": {options: registered.Options{OriginFacing: []string{"pl-2"}}, want: requestpath.Access{PrefixList: "pl-1"}},
		"an endpoint's": {also: resources{{"aws:ec2/vpcEndpoint:VpcEndpoint", "vpce-1"}: {"prefixListId": "pl-1"}}, want: requestpath.Access{PrefixList: "pl-1"}},
		"registered": {also: resources{{"aws:ec2/managedPrefixList:ManagedPrefixList", "pl-1"}: {"entries": list(state{"cidr": "192.0.2.0/24"})}},
			want: requestpath.Access{CIDR: "192.0.2.0/24"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := resources{{"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r"}: {
				"securityGroupId": "sg-1", "ipProtocol": "-1", "prefixListId": "pl-1", "description": c.description,
			}}
			for key, s := range c.also {
				r[key] = s
			}
			m := r.read(t, c.options)
			c.want.Protocol = "-1"
			assert.Equal(t, []requestpath.Access{c.want}, groupOf(m, "sg-1").Ingress)
			assert.Equal(t, c.noted, noted(m, "prefixListId") != "")
		})
	}
}

// On the way out a prefix list is never CloudFront's.
func TestPrefixListsOnTheWayOut(t *testing.T) {
	r := resources{{"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "r"}: {"securityGroupId": "sg-1", "ipProtocol": "-1", "prefixListId": "pl-1"}}
	m := r.read(t, registered.Options{})
	assert.Equal(t, []requestpath.Access{{Protocol: "-1", PrefixList: "pl-1"}}, groupOf(m, "sg-1").Egress)
	assert.Empty(t, m.Notes)
}

// A group of another program has the rules that this one gave it.
func TestAdoptedGroups(t *testing.T) {
	r := site()
	delete(r, [2]string{"aws:ec2/securityGroup:SecurityGroup", "sg-lb"})
	r.set("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r", "securityGroupId", "sg-lb")
	r.set("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r", "ipProtocol", "-1")
	r.set("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r", "cidrIpv4", "0.0.0.0/0")
	m := r.read(t, registered.Options{})
	assert.Contains(t, noted(m, "securityGroups"), "sg-lb")
	assert.Equal(t, []requestpath.Access{{Protocol: "-1", CIDR: "0.0.0.0/0"}}, groupOf(m, "sg-lb").Ingress)
}
