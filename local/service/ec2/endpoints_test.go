package ec2_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

func TestVpcEndpoints(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Vpc()
	a, a2, b := c.Subnet(vpc, "10.0.0.0/24", "a"), c.Subnet(vpc, "10.0.1.0/24", "a"), c.Subnet(vpc, "10.0.2.0/24", "c")
	group := c.SecurityGroup(vpc, "endpoints")
	table, _ := c.Create(ec2.RouteTableToken, "t", core.Object{"vpcId": vpc})

	s3 := core.Object{"vpcId": vpc, "serviceName": "com.amazonaws.ap-northeast-1.s3", "routeTableIds": core.List(table)}
	_, gateway := c.Create(ec2.VpcEndpointToken, "s3", s3)
	assert.Regexp(t, "^pl-[0-9a-f]{8}$", gateway.Str("prefixListId"))
	c.Refused(ec2.VpcEndpointToken, "again", s3, "RouteAlreadyExists")
	assert.ErrorContains(t, c.TryDelete(ec2.RouteTableToken, table), "DependencyViolation")

	logs := core.Object{
		"vpcId": vpc, "serviceName": "com.amazonaws.ap-northeast-1.logs", "vpcEndpointType": "Interface",
		"subnetIds": core.List(a, b), "securityGroupIds": core.List(group), "privateDnsEnabled": true,
	}
	for why, bad := range map[string]core.Object{
		"InvalidServiceName":           logs.With(core.Object{"serviceName": "com.amazonaws.us-east-1.logs"}),
		"does not match available":     logs.Without("subnetIds", "securityGroupIds", "privateDnsEnabled").With(core.Object{"vpcEndpointType": "Gateway"}),
		"at least one subnet":          logs.Without("subnetIds"),
		"DuplicateSubnetsInSameZone":   logs.With(core.Object{"subnetIds": core.List(a, a2)}),
		"InvalidSubnetId.NotFound":     logs.With(core.Object{"subnetIds": core.List("subnet-0")}),
		"belong to different networks": logs.With(core.Object{"subnetIds": core.List(cloudtest.SeededSubnetA)}),
		"InvalidGroup.NotFound":        logs.With(core.Object{"securityGroupIds": core.List("sg-0")}),
		"not supported by endpoints":   logs.With(core.Object{"routeTableIds": core.List(table)}),
		"Missing required argument":    logs.Without("serviceName"),
		"InvalidVpcID.NotFound":        logs.With(core.Object{"vpcId": "vpc-0"}),
	} {
		c.Refused(ec2.VpcEndpointToken, "logs", bad, why)
	}
	id, _ := c.Create(ec2.VpcEndpointToken, "logs", logs)
	c.Refused(ec2.VpcEndpointToken, "again", logs, "conflicting DNS domain")
	assert.Empty(t, c.ChangeOf(ec2.VpcEndpointToken, id, logs.With(core.Object{"subnetIds": core.List(b, a)})).Changed, "subnets are a set")
	assert.ErrorContains(t, c.TryDelete(ec2.SecurityGroupToken, group), "DependencyViolation")
	tagged := c.Update(ec2.VpcEndpointToken, id, logs.With(core.Object{"tags": map[string]any{"a": "b"}}))
	assert.Len(t, tagged.List("networkInterfaceIds"), 2)
	e := c.Update(ec2.VpcEndpointToken, id, logs.With(core.Object{"subnetIds": core.List(a)}))
	assert.Len(t, e.List("networkInterfaceIds"), 1)
}

func TestPrivateDNSNeedsTheVpcsNames(t *testing.T) {
	c := cloudtest.New(t)
	vpc, _ := c.Create(ec2.VpcToken, "net", core.Object{"cidrBlock": "10.0.0.0/16"})
	c.Refused(ec2.VpcEndpointToken, "logs", core.Object{
		"vpcId": vpc, "serviceName": "com.amazonaws.ap-northeast-1.logs", "vpcEndpointType": "Interface",
		"subnetIds": core.List(c.Subnet(vpc, "10.0.0.0/24", "a")), "privateDnsEnabled": true,
	}, "requires both enableDnsSupport and enableDnsHostnames")
}

// At preview the type of an endpoint, or what it would have of another type, may
// not be known.
func TestEndpointsOfUnknownShape(t *testing.T) {
	c := cloudtest.New(t)
	k, err := c.Type(ec2.VpcEndpointToken)
	require.NoError(t, err)
	in := core.Object{"vpcId": "vpc-1", "serviceName": "com.amazonaws.ap-northeast-1.s3"}
	for name, unknown := range map[string]core.Object{
		"type":    {"vpcEndpointType": core.Unknown{}, "subnetIds": core.List("subnet-1"), "privateDnsEnabled": true},
		"subnets": {"vpcEndpointType": "Interface", "subnetIds": core.Unknown{}},
		"tables":  {"vpcEndpointType": "Interface", "subnetIds": core.List("subnet-1"), "routeTableIds": core.Unknown{}},
		"groups":  {"vpcEndpointType": "Gateway", "securityGroupIds": core.Unknown{}, "privateDnsEnabled": core.Unknown{}},
	} {
		_, faults := c.Check(k, "e", nil, in.With(unknown), nil)
		assert.Empty(t, faults, name)
	}
}
