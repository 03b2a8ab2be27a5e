package ec2_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
)

func TestNetworkLookups(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Call("aws:ec2/getVpc:getVpc", core.Object{"id": cloudtest.SeededVpc})
	assert.Equal(t, "10.20.0.0/16", vpc.Str("cidrBlock"))
	byTag := c.Call("aws:ec2/getVpc:getVpc", core.Object{"tags": map[string]any{"Name": "seeded"}})
	assert.Equal(t, cloudtest.SeededVpc, byTag.Str("id"))

	subnets := c.Call("aws:ec2/getSubnets:getSubnets", core.Object{"filters": []any{
		map[string]any{"name": "vpc-id", "values": core.List(cloudtest.SeededVpc)},
		map[string]any{"name": "tag:Name", "values": core.List("seeded-public-a", "seeded-public-c")},
	}})
	assert.Equal(t, []string{cloudtest.SeededSubnetA, cloudtest.SeededSubnetC}, subnets.Strs("ids"))
	alike := c.Call("aws:ec2/getSubnets:getSubnets", core.Object{"filters": []any{
		map[string]any{"name": "tag:Name", "values": core.List("seeded-public-?")},
	}})
	assert.Equal(t, subnets.Strs("ids"), alike.Strs("ids"))
	subnet := c.Call("aws:ec2/getSubnet:getSubnet", core.Object{"id": cloudtest.SeededPrivateC})
	assert.Equal(t, "ap-northeast-1c", subnet.Str("availabilityZone"))
	group := c.Call("aws:ec2/getSecurityGroup:getSecurityGroup", core.Object{"name": "legacy-web"})
	assert.Equal(t, cloudtest.SeededOpenGroup, group.Str("id"))

	list := c.Call("aws:ec2/getManagedPrefixList:getManagedPrefixList", core.Object{"name": "com.amazonaws.global.cloudfront.origin-facing"})
	assert.Equal(t, 55, list.Int("maxEntries"))
	same := c.Call("aws:ec2/getPrefixList:getPrefixList", core.Object{"prefixListId": list.Str("id")})
	assert.Equal(t, list.Str("name"), same.Str("name"))

	for why, call := range map[string]core.Object{
		"no matching EC2 vpc found":     {"id": "vpc-0"},
		"The filter 'color' is invalid": {"filters": []any{map[string]any{"name": "color", "values": []any{"red"}}}},
		"unsupported by the local AWS":  {"dhcpOptionsId": "dopt-0"},
		"Invalid or unknown key":        {"vpcId": "vpc-0"},
	} {
		_, err := c.TryCall("aws:ec2/getVpc:getVpc", call)
		assert.ErrorContains(t, err, why)
	}
	_, err := c.TryCall("aws:ec2/getSubnet:getSubnet", core.Object{"vpcId": cloudtest.SeededVpc})
	assert.ErrorContains(t, err, "multiple EC2 subnets matched")
	_, err = c.TryCall("aws:ec2/getManagedPrefixList:getManagedPrefixList", core.Object{"name": "x"})
	assert.ErrorContains(t, err, "no matching EC2 managed prefix list found")
	_, err = c.TryCall("aws:ec2/getManagedPrefixList:getManagedPrefixList", core.Object{})
	assert.ErrorContains(t, err, "multiple EC2 managed prefix lists matched")
	_, err = c.TryCall("aws:ec2/getNetworkAcls:getNetworkAcls", nil)
	assert.ErrorContains(t, err, "unsupported by the local AWS: the function")
}
