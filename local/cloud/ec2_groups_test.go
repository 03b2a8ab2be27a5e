package cloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecurityGroupNames(t *testing.T) {
	tests := map[string]struct {
		logical string
		in      object
		wantErr string
	}{
		"autonamed":         {"web-alb", object{}, ""},
		"reserved autoname": {"sg", object{}, "cannot begin with sg-"},
		"reserved":          {"x", object{"name": "sg-web"}, "cannot begin with sg-"},
		"default":           {"x", object{"name": "default"}, "reserved security group name"},
		"charset":           {"x", object{"name": "wéb"}, "InvalidParameterValue"},
		"longest":           {"x", object{"name": strings.Repeat("a", 255)}, ""},
		"too long":          {"x", object{"name": strings.Repeat("a", 256)}, "at most 255"},
		"autoname too long": {strings.Repeat("a", 248), object{}, "longer than maximum length 255"},
		"description":       {"x", object{"description": "it's"}, "InvalidParameterValue"},
		"no default vpc":    {"x", object{"vpcId": nil}, "VPCIdNotSpecified"},
		"inline rules":      {"x", object{"ingress": []any{map[string]any{"fromPort": 1.0, "toPort": 1.0, "protocol": "tcp"}}}, "unsupported by the local AWS"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newTestCloud(t)
			in := object{"vpcId": c.aVpc()}
			for k, v := range tt.in {
				in[k] = v
			}
			if tt.wantErr != "" {
				c.refused(securityGroupToken, tt.logical, in, tt.wantErr)
				return
			}
			_, g := c.create(securityGroupToken, tt.logical, in)
			if !in.has("name") {
				assert.Regexp(t, "^"+tt.logical+"-[0-9a-f]{7}$", g.str("name"))
			}
			assert.Equal(t, "Managed by Pulumi", g.str("description"))
		})
	}
}

func TestSecurityGroupChanges(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.aVpc()
	id := c.aGroup(vpc, "web")
	name := c.state(securityGroupToken, id).str("name")

	assert.Empty(t, c.changeOf(securityGroupToken, id, object{"vpcId": vpc}).changed, "the automatic name stays")
	d := c.changeOf(securityGroupToken, id, object{"vpcId": vpc, "description": "new"})
	assert.Equal(t, []string{"description"}, d.replaces)
	assert.False(t, d.deleteFirst, "an automatic name makes room for the new group")

	fixed, _ := c.create(securityGroupToken, "fixed", object{"vpcId": vpc, "name": "fixed"})
	assert.True(t, c.changeOf(securityGroupToken, fixed, object{"vpcId": vpc, "name": "fixed", "description": "new"}).deleteFirst)
	c.refused(securityGroupToken, "again", object{"vpcId": vpc, "name": name}, "InvalidGroup.Duplicate")
}

func TestSecurityGroupInUse(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.aVpc()
	alb, task := c.aGroup(vpc, "alb"), c.aGroup(vpc, "task")
	rule, _ := c.create(ingressRuleToken, "in", object{
		"securityGroupId": task, "referencedSecurityGroupId": alb, "ipProtocol": "tcp", "fromPort": 80.0, "toPort": 80.0,
	})
	assert.ErrorContains(t, c.tryDelete(securityGroupToken, alb), "DependencyViolation")
	c.delete(ingressRuleToken, rule)
	c.delete(securityGroupToken, alb)
	c.delete(securityGroupToken, task)
	assert.ErrorContains(t, c.tryDelete(securityGroupToken, seedOpenGroup), "DependencyViolation", "an instance wears it")
}

func TestSecurityGroupRules(t *testing.T) {
	c := newTestCloud(t)
	group := c.aGroup(c.aVpc(), "web")
	in := object{"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrIpv4": "0.0.0.0/0"}
	for why, bad := range map[string]object{
		"Exactly one of":                       in.without("cidrIpv4"),
		"got [cidrIpv4, cidrIpv6]":             in.with(object{"cidrIpv6": "::/0"}),
		"Invalid TCP/UDP port range (444:443)": in.with(object{"fromPort": 444.0}),
		"(443:65536)":                          in.with(object{"toPort": 65536.0}),
		"toPort are required":                  in.without("toPort"),
		"with the protocol -1":                 in.with(object{"ipProtocol": "-1"}),
		"for IP protocol":                      in.with(object{"ipProtocol": "http"}),
		"InvalidGroup.NotFound":                in.with(object{"securityGroupId": "sg-0"}),
		"InvalidPrefixListID.NotFound":         in.without("cidrIpv4").with(object{"prefixListId": "pl-0"}),
		"belong to different networks":         in.without("cidrIpv4").with(object{"referencedSecurityGroupId": seedOpenGroup}),
		`did you mean "10.0.0.0/8"`:            in.with(object{"cidrIpv4": "10.1.0.0/8"}),
		"must be a whole number":               in.with(object{"fromPort": 443.5}),
		"got a string":                         in.with(object{"fromPort": "443"}),
		`"ipProtocol" is required`:             in.without("ipProtocol"),
	} {
		c.refused(ingressRuleToken, "in", bad, why)
	}
	id, _ := c.create(ingressRuleToken, "in", in)
	c.refused(ingressRuleToken, "again", in, "InvalidPermission.Duplicate")
	c.create(egressRuleToken, "out", in)

	assert.Empty(t, c.changeOf(ingressRuleToken, id, in.with(object{"cidrIpv4": "10.0.0.0/8"})).replaces, "another block is an update")
	d := c.changeOf(ingressRuleToken, id, in.without("cidrIpv4").with(object{"referencedSecurityGroupId": group}))
	assert.Equal(t, []string{"cidrIpv4", "referencedSecurityGroupId"}, d.replaces, "another kind of peer is a new rule")

	c.update(ingressRuleToken, id, in.with(object{"cidrIpv4": "10.0.0.0/8", "description": "office"}))
	rule := c.call("aws:vpc/getSecurityGroupRule:getSecurityGroupRule", object{"securityGroupRuleId": id})
	assert.Equal(t, "10.0.0.0/8", rule.str("cidrIpv4"))
	assert.Equal(t, false, rule["isEgress"])
}

func TestSecurityGroupQuota(t *testing.T) {
	edge := func(family string) string {
		l, ok := prefixListWith(testRegion, "", "com.amazonaws.global."+family+"cloudfront.origin-facing")
		require.True(t, ok)
		return l.id
	}
	rule := func(group string, port int, peer object) object {
		return object{"securityGroupId": group, "ipProtocol": "tcp", "fromPort": float64(port), "toPort": float64(port)}.with(peer)
	}
	c := newTestCloud(t)
	vpc := c.aVpc()
	group, other := c.aGroup(vpc, "web"), c.aGroup(vpc, "other")
	c.create(ingressRuleToken, "edge", rule(group, 443, object{"prefixListId": edge("")}))
	c.refused(ingressRuleToken, "80", rule(group, 80, object{"prefixListId": edge("")}), "RulesPerSecurityGroupLimitExceeded")
	c.create(ingressRuleToken, "edge6", rule(group, 443, object{"prefixListId": edge("ipv6.")}))
	for port := range 4 {
		c.create(ingressRuleToken, fmt.Sprint(port), rule(group, port, object{"cidrIpv4": "10.0.0.0/8"}))
	}
	c.create(ingressRuleToken, "peer", rule(group, 443, object{"referencedSecurityGroupId": other}))
	c.refused(ingressRuleToken, "61st", rule(group, 5, object{"cidrIpv4": "10.0.0.0/8"}), "61 for IPv4 and 56 for IPv6")
	c.create(ingressRuleToken, "v6", rule(group, 5, object{"cidrIpv6": "::/0"}))
	c.create(egressRuleToken, "out", rule(group, 5, object{"cidrIpv4": "10.0.0.0/8"}))
}

func TestVpcEndpoints(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.aVpc()
	a, a2, b := c.aSubnet(vpc, "10.0.0.0/24", "a"), c.aSubnet(vpc, "10.0.1.0/24", "a"), c.aSubnet(vpc, "10.0.2.0/24", "c")
	group := c.aGroup(vpc, "endpoints")
	table, _ := c.create(routeTableToken, "t", object{"vpcId": vpc})

	s3 := object{"vpcId": vpc, "serviceName": "com.amazonaws.ap-northeast-1.s3", "routeTableIds": list(table)}
	_, gateway := c.create(vpcEndpointToken, "s3", s3)
	assert.Regexp(t, "^pl-[0-9a-f]{8}$", gateway.str("prefixListId"))
	c.refused(vpcEndpointToken, "again", s3, "RouteAlreadyExists")
	assert.ErrorContains(t, c.tryDelete(routeTableToken, table), "DependencyViolation")

	logs := object{
		"vpcId": vpc, "serviceName": "com.amazonaws.ap-northeast-1.logs", "vpcEndpointType": "Interface",
		"subnetIds": list(a, b), "securityGroupIds": list(group), "privateDnsEnabled": true,
	}
	for why, bad := range map[string]object{
		"InvalidServiceName":           logs.with(object{"serviceName": "com.amazonaws.us-east-1.logs"}),
		"does not match available":     logs.without("subnetIds", "securityGroupIds", "privateDnsEnabled").with(object{"vpcEndpointType": "Gateway"}),
		"at least one subnet":          logs.without("subnetIds"),
		"DuplicateSubnetsInSameZone":   logs.with(object{"subnetIds": list(a, a2)}),
		"InvalidSubnetId.NotFound":     logs.with(object{"subnetIds": list("subnet-0")}),
		"belong to different networks": logs.with(object{"subnetIds": list(seedPublicA)}),
		"InvalidGroup.NotFound":        logs.with(object{"securityGroupIds": list("sg-0")}),
		"not supported by endpoints":   logs.with(object{"routeTableIds": list(table)}),
		"Missing required argument":    logs.without("serviceName"),
		"InvalidVpcID.NotFound":        logs.with(object{"vpcId": "vpc-0"}),
	} {
		c.refused(vpcEndpointToken, "logs", bad, why)
	}
	id, _ := c.create(vpcEndpointToken, "logs", logs)
	c.refused(vpcEndpointToken, "again", logs, "conflicting DNS domain")
	assert.Empty(t, c.changeOf(vpcEndpointToken, id, logs.with(object{"subnetIds": list(b, a)})).changed, "subnets are a set")
	assert.ErrorContains(t, c.tryDelete(securityGroupToken, group), "DependencyViolation")
	e := c.update(vpcEndpointToken, id, logs.with(object{"subnetIds": list(a)}))
	assert.Len(t, e.list("networkInterfaceIds"), 1)
}

func TestPrivateDNSNeedsTheVpcsNames(t *testing.T) {
	c := newTestCloud(t)
	vpc, _ := c.create(vpcToken, "net", object{"cidrBlock": "10.0.0.0/16"})
	c.refused(vpcEndpointToken, "logs", object{
		"vpcId": vpc, "serviceName": "com.amazonaws.ap-northeast-1.logs", "vpcEndpointType": "Interface",
		"subnetIds": list(c.aSubnet(vpc, "10.0.0.0/24", "a")), "privateDnsEnabled": true,
	}, "requires both enableDnsSupport and enableDnsHostnames")
}

func TestNetworkLookups(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.call("aws:ec2/getVpc:getVpc", object{"id": seedVpc})
	assert.Equal(t, "10.20.0.0/16", vpc.str("cidrBlock"))
	byTag := c.call("aws:ec2/getVpc:getVpc", object{"tags": map[string]any{"Name": "seeded"}})
	assert.Equal(t, seedVpc, byTag.str("id"))

	subnets := c.call("aws:ec2/getSubnets:getSubnets", object{"filters": []any{
		map[string]any{"name": "vpc-id", "values": list(seedVpc)},
		map[string]any{"name": "tag:Name", "values": list("seeded-public-a", "seeded-public-c")},
	}})
	assert.Equal(t, []string{seedPublicA, seedPublicC}, subnets.strs("ids"))
	subnet := c.call("aws:ec2/getSubnet:getSubnet", object{"id": seedPrivateC})
	assert.Equal(t, "ap-northeast-1c", subnet.str("availabilityZone"))
	group := c.call("aws:ec2/getSecurityGroup:getSecurityGroup", object{"name": "legacy-web"})
	assert.Equal(t, seedOpenGroup, group.str("id"))

	list := c.call("aws:ec2/getManagedPrefixList:getManagedPrefixList", object{"name": "com.amazonaws.global.cloudfront.origin-facing"})
	assert.Equal(t, 55, list.integer("maxEntries"))
	same := c.call("aws:ec2/getPrefixList:getPrefixList", object{"prefixListId": list.str("id")})
	assert.Equal(t, list.str("name"), same.str("name"))

	for why, call := range map[string]object{
		"no matching EC2 vpc found":     {"id": "vpc-0"},
		"The filter 'color' is invalid": {"filters": []any{map[string]any{"name": "color", "values": []any{"red"}}}},
		"unsupported by the local AWS":  {"dhcpOptionsId": "dopt-0"},
		"Invalid or unknown key":        {"vpcId": "vpc-0"},
	} {
		_, err := c.invoke("aws:ec2/getVpc:getVpc", call)
		assert.ErrorContains(t, err, why)
	}
	_, err := c.invoke("aws:ec2/getSubnet:getSubnet", object{"vpcId": seedVpc})
	assert.ErrorContains(t, err, "multiple EC2 subnets matched")
	_, err = c.invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList", object{"name": "x"})
	assert.ErrorContains(t, err, "no matching EC2 Prefix List found")
	_, err = c.invoke("aws:ec2/getNetworkAcls:getNetworkAcls", nil)
	assert.ErrorContains(t, err, "unsupported by the local AWS: the function")
}
