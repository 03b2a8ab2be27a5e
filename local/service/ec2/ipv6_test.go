package ec2_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
)

// A VPC gets a /56 from AWS, its subnets a /64 each, and then a load balancer can be
// dual-stack.
func TestIPv6Blocks(t *testing.T) {
	c := cloudtest.New(t)
	vpc, state := c.Create(ec2.VpcToken, "net", core.Object{"cidrBlock": "10.0.0.0/16", "assignGeneratedIpv6CidrBlock": true})
	block, err := netip.ParsePrefix(state.Str("ipv6CidrBlock"))
	require.NoError(t, err)
	assert.Equal(t, 56, block.Bits())
	part := func(n string) string { return strings.Replace(block.String(), "00::/56", n+"::/64", 1) }
	subnet := func(zone, cidr, cidr6 string) core.Object {
		return core.Object{"vpcId": vpc, "cidrBlock": cidr, "availabilityZone": cloudtest.Region + zone}.With(core.Object{"ipv6CidrBlock": cidr6})
	}
	a, made := c.Create(ec2.SubnetToken, "a", subnet("a", "10.0.0.0/24", part("01")))
	assert.Regexp(t, "^subnet-cidr-assoc-", made.Str("ipv6CidrBlockAssociationId"))
	c.Refused(ec2.SubnetToken, "b", subnet("c", "10.0.1.0/24", part("01")), "InvalidSubnet.Conflict")
	c.Refused(ec2.SubnetToken, "b", subnet("c", "10.0.1.0/24", "2001:db8:ffff:ffff::/64"), "it is not within the VPC's block")
	c.Refused(ec2.SubnetToken, "b", subnet("c", "10.0.1.0/24", block.String()), "it is not a /64")
	b, _ := c.Create(ec2.SubnetToken, "b", subnet("c", "10.0.1.0/24", "").Without("ipv6CidrBlock"))
	gateway, _ := c.Create(ec2.InternetGatewayToken, "gw", core.Object{"vpcId": vpc})
	c.Refused(ec2.RouteToken, "inside", core.Object{
		"routeTableId": state.Str("mainRouteTableId"), "gatewayId": gateway, "destinationIpv6CidrBlock": part("01"),
	}, "equal to or more specific")
	dual := core.Object{"subnets": core.List(a, b), "ipAddressType": "dualstack"}
	c.Refused(elb.LoadBalancerToken, "lb", dual, "specify subnets with an associated IPv6 CIDR block")
	c.Update(ec2.SubnetToken, b, subnet("c", "10.0.1.0/24", part("02")))
	c.Create(elb.LoadBalancerToken, "lb", dual)

	_, err = c.TryUpdate(ec2.VpcToken, vpc, core.Object{"cidrBlock": "10.0.0.0/16"})
	require.ErrorContains(t, err, "has a part of it")
	later, _ := c.Create(ec2.VpcToken, "later", core.Object{"cidrBlock": "10.1.0.0/16"})
	state = c.Update(ec2.VpcToken, later, core.Object{"cidrBlock": "10.1.0.0/16", "assignGeneratedIpv6CidrBlock": true})
	assert.NotEmpty(t, state.Str("ipv6CidrBlock"))
	state = c.Update(ec2.VpcToken, later, core.Object{"cidrBlock": "10.1.0.0/16"})
	assert.Empty(t, state.Str("ipv6CidrBlock"))
}
