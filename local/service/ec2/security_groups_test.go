package ec2_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

func TestSecurityGroupNames(t *testing.T) {
	tests := map[string]struct {
		logical string
		in      core.Object
		wantErr string
	}{
		"autonamed":         {"web-alb", core.Object{}, ""},
		"reserved autoname": {"sg", core.Object{}, "cannot begin with sg-"},
		"reserved":          {"x", core.Object{"name": "sg-web"}, "cannot begin with sg-"},
		"default":           {"x", core.Object{"name": "default"}, "reserved security group name"},
		"charset":           {"x", core.Object{"name": "wéb"}, "InvalidParameterValue"},
		"longest":           {"x", core.Object{"name": strings.Repeat("a", 255)}, ""},
		"too long":          {"x", core.Object{"name": strings.Repeat("a", 256)}, "at most 255"},
		"autoname too long": {strings.Repeat("a", 248), core.Object{}, "is longer than 255 characters"},
		"description":       {"x", core.Object{"description": "it's"}, "InvalidParameterValue"},
		"no description":    {"x", core.Object{"description": ""}, "must be 1-255 characters"},
		"no default vpc":    {"x", core.Object{"vpcId": nil}, "VPCIdNotSpecified"},
		"inline rules":      {"x", core.Object{"ingress": []any{map[string]any{"fromPort": 1.0, "toPort": 1.0, "protocol": "tcp"}}}, "unsupported by the local AWS"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := cloudtest.New(t)
			in := core.Object{"vpcId": c.Vpc()}
			for k, v := range tt.in {
				in[k] = v
			}
			if tt.wantErr != "" {
				c.Refused(ec2.SecurityGroupToken, tt.logical, in, tt.wantErr)
				return
			}
			_, g := c.Create(ec2.SecurityGroupToken, tt.logical, in)
			if !in.Has("name") {
				assert.Regexp(t, "^"+tt.logical+"-[0-9a-f]{7}$", g.Str("name"))
			}
			assert.Equal(t, "Managed by Pulumi", g.Str("description"))
		})
	}
}

func TestSecurityGroupChanges(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Vpc()
	id := c.SecurityGroup(vpc, "web")
	name := c.State(ec2.SecurityGroupToken, id).Str("name")

	assert.Empty(t, c.ChangeOf(ec2.SecurityGroupToken, id, core.Object{"vpcId": vpc}).Changed, "the automatic name stays")
	d := c.ChangeOf(ec2.SecurityGroupToken, id, core.Object{"vpcId": vpc, "description": "new"})
	assert.Equal(t, []string{"description"}, d.Replaces)
	assert.False(t, d.DeleteFirst, "an automatic name makes room for the new group")

	fixed, _ := c.Create(ec2.SecurityGroupToken, "fixed", core.Object{"vpcId": vpc, "name": "fixed"})
	assert.True(t, c.ChangeOf(ec2.SecurityGroupToken, fixed, core.Object{"vpcId": vpc, "name": "fixed", "description": "new"}).DeleteFirst)
	c.Refused(ec2.SecurityGroupToken, "again", core.Object{"vpcId": vpc, "name": name}, "InvalidGroup.Duplicate")
}

func TestSecurityGroupInUse(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Vpc()
	alb, task := c.SecurityGroup(vpc, "alb"), c.SecurityGroup(vpc, "task")
	rule, _ := c.Create(ec2.IngressRuleToken, "in", core.Object{
		"securityGroupId": task, "referencedSecurityGroupId": alb, "ipProtocol": "tcp", "fromPort": 80.0, "toPort": 80.0,
	})
	assert.ErrorContains(t, c.TryDelete(ec2.SecurityGroupToken, alb), "DependencyViolation")
	c.Delete(ec2.IngressRuleToken, rule)
	c.Delete(ec2.SecurityGroupToken, alb)
	c.Delete(ec2.SecurityGroupToken, task)
	assert.ErrorContains(t, c.TryDelete(ec2.SecurityGroupToken, cloudtest.SeededOpenGroup), "DependencyViolation", "an instance has it")
}

func TestSecurityGroupRules(t *testing.T) {
	c := cloudtest.New(t)
	group := c.SecurityGroup(c.Vpc(), "web")
	in := core.Object{"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrIpv4": "0.0.0.0/0"}
	for why, bad := range map[string]core.Object{
		"Exactly one of":                       in.Without("cidrIpv4"),
		"got [cidrIpv4, cidrIpv6]":             in.With(core.Object{"cidrIpv6": "::/0"}),
		"Invalid TCP/UDP port range (444:443)": in.With(core.Object{"fromPort": 444.0}),
		"(443:65536)":                          in.With(core.Object{"toPort": 65536.0}),
		"toPort are required":                  in.Without("toPort"),
		"with the protocol -1":                 in.With(core.Object{"ipProtocol": "-1"}),
		"for IP protocol":                      in.With(core.Object{"ipProtocol": "http"}),
		"InvalidGroup.NotFound":                in.With(core.Object{"securityGroupId": "sg-0"}),
		"InvalidPrefixListID.NotFound":         in.Without("cidrIpv4").With(core.Object{"prefixListId": "pl-0"}),
		"belong to different networks":         in.Without("cidrIpv4").With(core.Object{"referencedSecurityGroupId": cloudtest.SeededOpenGroup}),
		`did you mean "10.0.0.0/8"`:            in.With(core.Object{"cidrIpv4": "10.1.0.0/8"}),
		"must be a whole number":               in.With(core.Object{"fromPort": 443.5}),
		"got a string":                         in.With(core.Object{"fromPort": "443"}),
		`"ipProtocol" is required`:             in.Without("ipProtocol"),
	} {
		c.Refused(ec2.IngressRuleToken, "in", bad, why)
	}
	id, _ := c.Create(ec2.IngressRuleToken, "in", in)
	c.Refused(ec2.IngressRuleToken, "again", in, "InvalidPermission.Duplicate")
	c.Create(ec2.EgressRuleToken, "out", in)

	assert.Empty(t, c.ChangeOf(ec2.IngressRuleToken, id, in.With(core.Object{"cidrIpv4": "10.0.0.0/8"})).Replaces, "another block is an update")
	d := c.ChangeOf(ec2.IngressRuleToken, id, in.Without("cidrIpv4").With(core.Object{"referencedSecurityGroupId": group}))
	assert.Equal(t, []string{"cidrIpv4", "referencedSecurityGroupId"}, d.Replaces, "another kind of peer is a new rule")

	c.Update(ec2.IngressRuleToken, id, in.With(core.Object{"cidrIpv4": "10.0.0.0/8", "description": "office"}))
	rule := c.Call("aws:vpc/getSecurityGroupRule:getSecurityGroupRule", core.Object{"securityGroupRuleId": id})
	assert.Equal(t, "10.0.0.0/8", rule.Str("cidrIpv4"))
	assert.Equal(t, false, rule["isEgress"])
}

func TestSecurityGroupQuota(t *testing.T) {
	distribution := func(family string) string {
		l, ok := ec2.PrefixListWith(cloudtest.Region, "", "com.amazonaws.global."+family+"cloudfront.origin-facing")
		require.True(t, ok)
		return l.ID
	}
	rule := func(group string, port int, peer core.Object) core.Object {
		return core.Object{"securityGroupId": group, "ipProtocol": "tcp", "fromPort": float64(port), "toPort": float64(port)}.With(peer)
	}
	c := cloudtest.New(t)
	vpc := c.Vpc()
	group, other := c.SecurityGroup(vpc, "web"), c.SecurityGroup(vpc, "other")
	c.Create(ec2.IngressRuleToken, "edge", rule(group, 443, core.Object{"prefixListId": distribution("")}))
	c.Refused(ec2.IngressRuleToken, "80", rule(group, 80, core.Object{"prefixListId": distribution("")}), "RulesPerSecurityGroupLimitExceeded")
	c.Create(ec2.IngressRuleToken, "edge6", rule(group, 443, core.Object{"prefixListId": distribution("ipv6.")}))
	for port := range 4 {
		c.Create(ec2.IngressRuleToken, fmt.Sprint(port), rule(group, port, core.Object{"cidrIpv4": "10.0.0.0/8"}))
	}
	c.Create(ec2.IngressRuleToken, "peer", rule(group, 443, core.Object{"referencedSecurityGroupId": other}))
	c.Refused(ec2.IngressRuleToken, "61st", rule(group, 5, core.Object{"cidrIpv4": "10.0.0.0/8"}), "61 for IPv4 and 56 for IPv6")
	c.Create(ec2.IngressRuleToken, "v6", rule(group, 5, core.Object{"cidrIpv6": "::/0"}))
	c.Create(ec2.EgressRuleToken, "out", rule(group, 5, core.Object{"cidrIpv4": "10.0.0.0/8"}))
}
