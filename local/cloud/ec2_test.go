package cloud

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Ids of the seed that tests refer to.
const (
	seedVpc       = "vpc-05eed000000000001"
	seedPublicA   = "subnet-05eed00000000000a"
	seedPublicC   = "subnet-05eed00000000000c"
	seedPrivateA  = "subnet-05eed00000000001a"
	seedPrivateC  = "subnet-05eed00000000001c"
	seedOpenGroup = "sg-05eed00b300000001"
	seedOpen      = "i-05eed00b300000001"
	seedClosed    = "i-05eed0c105ed00001"
	seedZone      = "Z05EEDEXAMPLECOM0001"
)

// aVpc makes a VPC 10.0.0.0/16 with DNS on.
func (c *testCloud) aVpc() string {
	c.t.Helper()
	id, _ := c.create(vpcToken, "net", object{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	return id
}

// aSubnet makes a subnet of a VPC in zone a or c.
func (c *testCloud) aSubnet(vpc, cidr, zone string) string {
	c.t.Helper()
	id, _ := c.create(subnetToken, "s", object{"vpcId": vpc, "cidrBlock": cidr, "availabilityZone": testRegion + zone})
	return id
}

// aGroup makes a security group.
func (c *testCloud) aGroup(vpc, name string) string {
	c.t.Helper()
	id, _ := c.create(securityGroupToken, name, object{"vpcId": vpc})
	return id
}

func TestVpcBlocks(t *testing.T) {
	for cidr, wantErr := range map[string]string{
		"10.0.0.0/16":   "",
		"10.0.0.0/28":   "",
		"10.0.0.0/15":   "InvalidVpc.Range",
		"10.0.0.0/29":   "InvalidVpc.Range",
		"10.0.0.1/16":   `did you mean "10.0.0.0/16"`,
		"10.0.0.0":      "not a valid IPv4 CIDR block",
		"2001:db8::/32": "not a valid IPv4 CIDR block",
	} {
		t.Run(cidr, func(t *testing.T) {
			c := newTestCloud(t)
			if wantErr != "" {
				c.refused(vpcToken, "net", object{"cidrBlock": cidr}, wantErr)
				return
			}
			id, vpc := c.create(vpcToken, "net", object{"cidrBlock": cidr})
			assert.Equal(t, true, vpc["enableDnsSupport"], "the provider's default")
			c.delete(vpcToken, id)
			c.isSeed()
		})
	}
}

func TestVpcComesWithItsDefaults(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.state(vpcToken, c.aVpc())
	group := c.state(securityGroupToken, vpc.str("defaultSecurityGroupId"))
	require.NotNil(t, group)
	assert.NotNil(t, c.state(routeTableToken, vpc.str("mainRouteTableId")))

	rules := c.call("aws:vpc/getSecurityGroupRules:getSecurityGroupRules", object{
		"filters": []any{map[string]any{"name": "group-id", "values": list(group.str("id"))}},
	})
	assert.Len(t, rules.strs("ids"), 2, "in from its members, out to everywhere")

	c.create(defaultSecurityGroupToken, "default", object{"vpcId": vpc.str("id")})
	rules = c.call("aws:vpc/getSecurityGroupRules:getSecurityGroupRules", object{
		"filters": []any{map[string]any{"name": "group-id", "values": list(group.str("id"))}},
	})
	assert.Empty(t, rules.strs("ids"), "adopting the default group empties it")

	c.delete(defaultSecurityGroupToken, group.str("id"))
	c.delete(vpcToken, vpc.str("id"))
	c.isSeed()
}

func TestVpcQuota(t *testing.T) {
	c := newTestCloud(t)
	for range vpcQuota - 1 { // the seed has one
		c.aVpc()
	}
	c.refused(vpcToken, "net", object{"cidrBlock": "10.0.0.0/16"}, "VpcLimitExceeded")
}

func TestVpcInUse(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.aVpc()
	subnet := c.aSubnet(vpc, "10.0.0.0/24", "a")
	assert.ErrorContains(t, c.tryDelete(vpcToken, vpc), "DependencyViolation")
	c.delete(subnetToken, subnet)
	c.delete(vpcToken, vpc)
	require.NoError(t, c.tryDelete(vpcToken, vpc), "what is gone is deleted")
	c.isSeed()
}

func TestSubnets(t *testing.T) {
	tests := map[string]struct {
		in      object
		wantErr string
	}{
		"inside":      {object{"cidrBlock": "10.0.1.0/24"}, ""},
		"outside":     {object{"cidrBlock": "10.1.0.0/24"}, "InvalidSubnet.Range"},
		"wider":       {object{"cidrBlock": "10.0.0.0/15"}, "InvalidSubnet.Range"},
		"too small":   {object{"cidrBlock": "10.0.1.0/29"}, "InvalidSubnet.Range"},
		"overlap":     {object{"cidrBlock": "10.0.0.128/25"}, "InvalidSubnet.Conflict"},
		"no block":    {object{}, "MissingParameter"},
		"no such vpc": {object{"cidrBlock": "10.0.1.0/24", "vpcId": "vpc-0"}, "InvalidVpcID.NotFound"},
		"other zone":  {object{"cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"}, "ap-northeast-1a, ap-northeast-1c"},
		"ipam":        {object{"cidrBlock": "10.0.1.0/24", "outpostArn": "x"}, "unsupported by the local AWS"},
		"misspelt":    {object{"cidrBlok": "10.0.1.0/24"}, "Invalid or unknown key"},
		"wrong kind":  {object{"cidrBlock": 10.0}, "must be a string, got a number"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newTestCloud(t)
			vpc := c.aVpc()
			c.aSubnet(vpc, "10.0.0.0/24", "a")
			in := object{"vpcId": vpc}.with(tt.in)
			if tt.wantErr != "" {
				c.refused(subnetToken, "s", in, tt.wantErr)
				return
			}
			_, s := c.create(subnetToken, "s", in)
			assert.Equal(t, "ap-northeast-1a", s.str("availabilityZone"), "EC2 chooses a zone")
			assert.Equal(t, "apne1-az4", s.str("availabilityZoneId"))
		})
	}
}

func TestSubnetChanges(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.aVpc()
	id := c.aSubnet(vpc, "10.0.0.0/24", "a")
	base := object{"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}

	assert.Empty(t, c.changeOf(subnetToken, id, base).changed, "the zone keeps its value when it is taken away")
	assert.Equal(t, []string{"cidrBlock"}, c.changeOf(subnetToken, id, base.with(object{"cidrBlock": "10.0.1.0/24"})).replaces)

	s := c.update(subnetToken, id, base.with(object{"mapPublicIpOnLaunch": true, "tags": map[string]any{"a": "b"}}))
	assert.Equal(t, true, s["mapPublicIpOnLaunch"])
	assert.Equal(t, map[string]any{"a": "b"}, s["tagsAll"])
	assert.Equal(t, "ap-northeast-1a", s.str("availabilityZone"))
	s = c.update(subnetToken, id, base)
	assert.Equal(t, false, s["mapPublicIpOnLaunch"], "the default is back")
	assert.Nil(t, s["tags"])
	assert.Empty(t, s["tagsAll"])
}

// aPublicNetwork makes a VPC with a gateway and a subnet that leads to it.
func (c *testCloud) aPublicNetwork() (vpc, gateway, subnet string) {
	c.t.Helper()
	vpc = c.aVpc()
	gateway, _ = c.create(internetGatewayToken, "igw", object{"vpcId": vpc})
	subnet = c.aSubnet(vpc, "10.0.0.0/24", "a")
	return vpc, gateway, subnet
}

func TestInternetGateway(t *testing.T) {
	c := newTestCloud(t)
	vpc, gateway, subnet := c.aPublicNetwork()
	c.refused(internetGatewayToken, "second", object{"vpcId": vpc}, "already has an internet gateway attached")
	c.refused(internetGatewayToken, "lost", object{"vpcId": "vpc-0"}, "InvalidVpcID.NotFound")

	eip, _ := c.create(eipToken, "nat", object{"domain": "vpc"})
	nat, _ := c.create(natGatewayToken, "nat", object{"subnetId": subnet, "allocationId": eip})
	assert.ErrorContains(t, c.tryDelete(internetGatewayToken, gateway), "DependencyViolation")
	c.delete(natGatewayToken, nat)
	c.delete(internetGatewayToken, gateway)
}

func TestNatGateway(t *testing.T) {
	c := newTestCloud(t)
	_, _, subnet := c.aPublicNetwork()
	eip, address := c.create(eipToken, "nat", object{"domain": "vpc"})
	in := object{"subnetId": subnet, "allocationId": eip}
	c.refused(natGatewayToken, "nat", in.without("allocationId"), "MissingParameter")
	c.refused(natGatewayToken, "nat", in.with(object{"allocationId": "eipalloc-0"}), "InvalidAllocationID.NotFound")
	c.refused(natGatewayToken, "nat", in.with(object{"subnetId": "subnet-0"}), "InvalidSubnetID.NotFound")
	c.refused(natGatewayToken, "nat", in.with(object{"connectivityType": "private"}), "not supported for a private NAT")

	_, nat := c.create(natGatewayToken, "nat", in)
	assert.Equal(t, address["publicIp"], nat["publicIp"])
	c.refused(natGatewayToken, "again", in, "Resource.AlreadyAssociated")
	assert.ErrorContains(t, c.tryDelete(eipToken, eip), "InvalidIPAddress.InUse")
	assert.ErrorContains(t, c.tryDelete(subnetToken, subnet), "DependencyViolation")
}

func TestNatGatewayNeedsInternet(t *testing.T) {
	c := newTestCloud(t)
	subnet := c.aSubnet(c.aVpc(), "10.0.0.0/24", "a")
	eip, _ := c.create(eipToken, "nat", object{"domain": "vpc"})
	c.refused(natGatewayToken, "nat", object{"subnetId": subnet, "allocationId": eip}, "Gateway.NotAttached")
}

func TestElasticIPs(t *testing.T) {
	c := newTestCloud(t)
	seen := map[string]bool{}
	for i := range eipQuota - 1 { // the seed has one
		_, eip := c.create(eipToken, fmt.Sprint("ip", i), object{})
		assert.Equal(t, "vpc", eip.str("domain"))
		seen[eip.str("publicIp")] = true
	}
	assert.Len(t, seen, eipQuota-1, "every address is another one")
	c.refused(eipToken, "one too many", object{}, "AddressLimitExceeded")
	c.refused(eipToken, "ec2 classic", object{"domain": "standard"}, "must be one of vpc")
	c.refused(eipToken, "lost", object{"networkInterface": "eni-0", "instance": "i-0"}, "may not be given along with")
}

func TestElasticIPGoesToWhatExists(t *testing.T) {
	c := newTestCloud(t)
	c.refused(eipToken, "lost", object{"networkInterface": "eni-0"}, "InvalidNetworkInterfaceID.NotFound")
	c.refused(eipToken, "lost", object{"instance": "i-0"}, "InvalidInstanceID.NotFound")
	first, eip := c.create(eipToken, "web", object{"instance": seedClosed})
	assert.Equal(t, "10.20.128.80", eip.str("privateIp"))
	assert.Equal(t, "eni-05eed0c105ed00001", eip.str("networkInterface"))
	assert.Equal(t, eip.str("publicIp"), c.state(instanceToken, seedClosed).str("publicIp"))

	second, other := c.create(eipToken, "second", object{"networkInterface": "eni-05eed0c105ed00001"})
	assert.Empty(t, c.state(eipToken, first).str("instance"), "another address takes its place")
	assert.Equal(t, other.str("publicIp"), c.state(instanceToken, seedClosed).str("publicIp"))
	c.update(eipToken, second, object{"instance": seedOpen})
	assert.Empty(t, c.state(instanceToken, seedClosed).str("publicIp"))
	assert.Equal(t, other.str("publicIp"), c.state(instanceToken, seedOpen).str("publicIp"))
	c.delete(eipToken, second)
	assert.Empty(t, c.state(instanceToken, seedOpen).str("publicIp"))
}

func TestRoutes(t *testing.T) {
	c := newTestCloud(t)
	vpc, gateway, subnet := c.aPublicNetwork()
	table, _ := c.create(routeTableToken, "public", object{"vpcId": vpc})
	in := object{"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway}
	for why, bad := range map[string]object{
		"InvalidRouteTableID.NotFound":             in.with(object{"routeTableId": "rtb-0"}),
		"InvalidInternetGatewayID.NotFound":        in.with(object{"gatewayId": "igw-0"}),
		"InvalidNatGatewayID.NotFound":             in.without("gatewayId").with(object{"natGatewayId": "nat-0"}),
		"belong to different networks":             in.with(object{"gatewayId": "igw-05eed000000000001"}),
		"equal to or more specific":                in.with(object{"destinationCidrBlock": "10.0.0.0/24"}),
		"Exactly one of [gatewayId, natGatewayId]": in.without("gatewayId"),
		"Exactly one of [destinationCidrBlock":     in.without("destinationCidrBlock"),
		"not a valid IPv4 CIDR block":              in.with(object{"destinationCidrBlock": "anywhere"}),
		"the input \"networkInterfaceId\"":         in.with(object{"networkInterfaceId": "eni-0"}),
	} {
		c.refused(routeToken, "out", bad, why)
	}
	id, _ := c.create(routeToken, "out", in)
	c.refused(routeToken, "twice", in, "RouteAlreadyExists")

	association, _ := c.create(routeTableAssociationToken, "a", object{"routeTableId": table, "subnetId": subnet})
	c.refused(routeTableAssociationToken, "b", object{"routeTableId": table, "subnetId": subnet}, "Resource.AlreadyAssociated")
	c.refused(routeTableAssociationToken, "b", object{"routeTableId": table, "subnetId": seedPublicA}, "belong to different networks")
	c.refused(routeTableAssociationToken, "b", object{"routeTableId": table}, "Missing required argument")
	assert.ErrorContains(t, c.tryDelete(routeTableToken, table), "DependencyViolation")

	found := c.call("aws:ec2/getRouteTable:getRouteTable", object{"subnetId": subnet})
	assert.Equal(t, table, found.str("routeTableId"))
	assert.Equal(t, gateway, found.objects("routes")[0].str("gatewayId"))

	c.delete(routeTableAssociationToken, association)
	c.delete(routeToken, id)
	c.delete(routeTableToken, table)
}
