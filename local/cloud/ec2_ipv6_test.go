package cloud

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A VPC gets a /56 from AWS, its subnets a /64 each, and then a balancer can be
// dual-stack.
func TestIPv6Blocks(t *testing.T) {
	c := newTestCloud(t)
	vpc, state := c.create(vpcToken, "net", object{"cidrBlock": "10.0.0.0/16", "assignGeneratedIpv6CidrBlock": true})
	block, err := netip.ParsePrefix(state.str("ipv6CidrBlock"))
	require.NoError(t, err)
	assert.Equal(t, 56, block.Bits())
	part := func(n string) string { return strings.Replace(block.String(), "00::/56", n+"::/64", 1) }
	subnet := func(zone, cidr, cidr6 string) object {
		return object{"vpcId": vpc, "cidrBlock": cidr, "availabilityZone": testRegion + zone}.with(object{"ipv6CidrBlock": cidr6})
	}
	a, made := c.create(subnetToken, "a", subnet("a", "10.0.0.0/24", part("01")))
	assert.Regexp(t, "^subnet-cidr-assoc-", made.str("ipv6CidrBlockAssociationId"))
	c.refused(subnetToken, "b", subnet("c", "10.0.1.0/24", part("01")), "InvalidSubnet.Conflict")
	c.refused(subnetToken, "b", subnet("c", "10.0.1.0/24", "2001:db8:ffff:ffff::/64"), "it is not a /64 of the VPC's block")
	c.refused(subnetToken, "b", subnet("c", "10.0.1.0/24", block.String()), "it is not a /64 of the VPC's block")
	b, _ := c.create(subnetToken, "b", subnet("c", "10.0.1.0/24", "").without("ipv6CidrBlock"))
	c.create(internetGatewayToken, "gw", object{"vpcId": vpc})
	dual := object{"subnets": list(a, b), "ipAddressType": "dualstack"}
	c.refused(loadBalancerToken, "lb", dual, "specify subnets with an associated IPv6 CIDR block")
	c.update(subnetToken, b, subnet("c", "10.0.1.0/24", part("02")))
	c.create(loadBalancerToken, "lb", dual)

	_, err = c.tryUpdate(vpcToken, vpc, object{"cidrBlock": "10.0.0.0/16"})
	require.ErrorContains(t, err, "has a part of it")
	later, _ := c.create(vpcToken, "later", object{"cidrBlock": "10.1.0.0/16"})
	state = c.update(vpcToken, later, object{"cidrBlock": "10.1.0.0/16", "assignGeneratedIpv6CidrBlock": true})
	assert.NotEmpty(t, state.str("ipv6CidrBlock"))
	state = c.update(vpcToken, later, object{"cidrBlock": "10.1.0.0/16"})
	assert.Empty(t, state.str("ipv6CidrBlock"))
}
