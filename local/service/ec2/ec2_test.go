package ec2_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

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
			c := cloudtest.New(t)
			if wantErr != "" {
				c.Refused(ec2.VpcToken, "net", core.Object{"cidrBlock": cidr}, wantErr)
				return
			}
			id, vpc := c.Create(ec2.VpcToken, "net", core.Object{"cidrBlock": cidr})
			assert.Equal(t, true, vpc["enableDnsSupport"], "the provider's default")
			c.Delete(ec2.VpcToken, id)
			c.IsSeed()
		})
	}
}

func TestVpcComesWithItsDefaults(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.State(ec2.VpcToken, c.Vpc())
	group := c.State(ec2.SecurityGroupToken, vpc.Str("defaultSecurityGroupId"))
	require.NotNil(t, group)
	assert.NotNil(t, c.State(ec2.RouteTableToken, vpc.Str("mainRouteTableId")))

	rules := c.Call("aws:vpc/getSecurityGroupRules:getSecurityGroupRules", core.Object{
		"filters": []any{map[string]any{"name": "group-id", "values": core.List(group.Str("id"))}},
	})
	assert.Len(t, rules.Strs("ids"), 2, "in from its members, out to everywhere")

	c.Create(ec2.DefaultSecurityGroupToken, "default", core.Object{"vpcId": vpc.Str("id")})
	rules = c.Call("aws:vpc/getSecurityGroupRules:getSecurityGroupRules", core.Object{
		"filters": []any{map[string]any{"name": "group-id", "values": core.List(group.Str("id"))}},
	})
	assert.Empty(t, rules.Strs("ids"), "adopting the default group empties it")

	c.Delete(ec2.DefaultSecurityGroupToken, group.Str("id"))
	c.Delete(ec2.VpcToken, vpc.Str("id"))
	c.IsSeed()
}

func TestVpcQuota(t *testing.T) {
	c := cloudtest.New(t)
	for range 2 { // the seed has three
		c.Vpc()
	}
	c.Refused(ec2.VpcToken, "net", core.Object{"cidrBlock": "10.0.0.0/16"}, "VpcLimitExceeded")
}

func TestVpcInUse(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Vpc()
	subnet := c.Subnet(vpc, "10.0.0.0/24", "a")
	assert.ErrorContains(t, c.TryDelete(ec2.VpcToken, vpc), "DependencyViolation")
	c.Delete(ec2.SubnetToken, subnet)
	c.Delete(ec2.VpcToken, vpc)
	require.NoError(t, c.TryDelete(ec2.VpcToken, vpc), "what is gone is deleted")
	c.IsSeed()
}

func TestSubnets(t *testing.T) {
	tests := map[string]struct {
		in      core.Object
		wantErr string
	}{
		"inside":      {core.Object{"cidrBlock": "10.0.1.0/24"}, ""},
		"outside":     {core.Object{"cidrBlock": "10.1.0.0/24"}, "InvalidSubnet.Range"},
		"wider":       {core.Object{"cidrBlock": "10.0.0.0/15"}, "InvalidSubnet.Range"},
		"too small":   {core.Object{"cidrBlock": "10.0.1.0/29"}, "InvalidSubnet.Range"},
		"overlap":     {core.Object{"cidrBlock": "10.0.0.128/25"}, "InvalidSubnet.Conflict"},
		"no block":    {core.Object{}, "MissingParameter"},
		"no such vpc": {core.Object{"cidrBlock": "10.0.1.0/24", "vpcId": "vpc-0"}, "InvalidVpcID.NotFound"},
		"other zone":  {core.Object{"cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"}, "ap-northeast-1a, ap-northeast-1b, ap-northeast-1c"},
		"ipam":        {core.Object{"cidrBlock": "10.0.1.0/24", "outpostArn": "x"}, "unsupported by the local AWS"},
		"misspelt":    {core.Object{"cidrBlok": "10.0.1.0/24"}, "Invalid or unknown key"},
		"wrong kind":  {core.Object{"cidrBlock": 10.0}, "must be a string, got a number"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := cloudtest.New(t)
			vpc := c.Vpc()
			c.Subnet(vpc, "10.0.0.0/24", "a")
			in := core.Object{"vpcId": vpc}.With(tt.in)
			if tt.wantErr != "" {
				c.Refused(ec2.SubnetToken, "s", in, tt.wantErr)
				return
			}
			_, s := c.Create(ec2.SubnetToken, "s", in)
			assert.Equal(t, "ap-northeast-1a", s.Str("availabilityZone"), "EC2 chooses a zone")
			assert.Equal(t, "apne1-az4", s.Str("availabilityZoneId"))
		})
	}
}

func TestSubnetChanges(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Vpc()
	id := c.Subnet(vpc, "10.0.0.0/24", "a")
	base := core.Object{"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}

	assert.Empty(t, c.ChangeOf(ec2.SubnetToken, id, base).Changed, "the zone keeps its value when it is taken away")
	assert.Equal(t, []string{"cidrBlock"}, c.ChangeOf(ec2.SubnetToken, id, base.With(core.Object{"cidrBlock": "10.0.1.0/24"})).Replaces)

	s := c.Update(ec2.SubnetToken, id, base.With(core.Object{"mapPublicIpOnLaunch": true, "tags": map[string]any{"a": "b"}}))
	assert.Equal(t, true, s["mapPublicIpOnLaunch"])
	assert.Equal(t, map[string]any{"a": "b"}, s["tagsAll"])
	assert.Equal(t, "ap-northeast-1a", s.Str("availabilityZone"))
	s = c.Update(ec2.SubnetToken, id, base)
	assert.Equal(t, false, s["mapPublicIpOnLaunch"], "the default is back")
	assert.Nil(t, s["tags"])
	assert.Empty(t, s["tagsAll"])
}

func TestInternetGateway(t *testing.T) {
	c := cloudtest.New(t)
	vpc, gateway, subnet := c.PublicNetwork()
	c.Refused(ec2.InternetGatewayToken, "second", core.Object{"vpcId": vpc}, "already has an internet gateway attached")
	c.Refused(ec2.InternetGatewayToken, "lost", core.Object{"vpcId": "vpc-0"}, "InvalidVpcID.NotFound")

	eip, _ := c.Create(ec2.EipToken, "nat", core.Object{"domain": "vpc"})
	nat, _ := c.Create(ec2.NatGatewayToken, "nat", core.Object{"subnetId": subnet, "allocationId": eip})
	assert.ErrorContains(t, c.TryDelete(ec2.InternetGatewayToken, gateway), "DependencyViolation")
	_, err := c.TryUpdate(ec2.InternetGatewayToken, gateway, core.Object{"vpcId": c.Vpc()})
	assert.ErrorContains(t, err, "DependencyViolation", "it is detached first")
	c.Update(ec2.InternetGatewayToken, gateway, core.Object{"tags": map[string]any{"a": "b"}})
	c.Delete(ec2.NatGatewayToken, nat)
	c.Create(ec2.NatGatewayToken, "private", core.Object{"subnetId": subnet, "connectivityType": "private"})
	c.Delete(ec2.InternetGatewayToken, gateway)
}

func TestNatGateway(t *testing.T) {
	c := cloudtest.New(t)
	_, _, subnet := c.PublicNetwork()
	eip, address := c.Create(ec2.EipToken, "nat", core.Object{"domain": "vpc"})
	in := core.Object{"subnetId": subnet, "allocationId": eip}
	c.Refused(ec2.NatGatewayToken, "nat", in.Without("allocationId"), "MissingParameter")
	c.Refused(ec2.NatGatewayToken, "nat", in.With(core.Object{"allocationId": "eipalloc-0"}), "InvalidAllocationID.NotFound")
	c.Refused(ec2.NatGatewayToken, "nat", in.With(core.Object{"subnetId": "subnet-0"}), "InvalidSubnetID.NotFound")
	c.Refused(ec2.NatGatewayToken, "nat", in.With(core.Object{"connectivityType": "private"}), "not supported for a private NAT")

	_, nat := c.Create(ec2.NatGatewayToken, "nat", in)
	assert.Equal(t, address["publicIp"], nat["publicIp"])
	c.Refused(ec2.NatGatewayToken, "again", in, "Resource.AlreadyAssociated")
	assert.ErrorContains(t, c.TryDelete(ec2.EipToken, eip), "InvalidIPAddress.InUse")
	assert.ErrorContains(t, c.TryDelete(ec2.SubnetToken, subnet), "DependencyViolation")
}

func TestNatGatewayNeedsInternet(t *testing.T) {
	c := cloudtest.New(t)
	subnet := c.Subnet(c.Vpc(), "10.0.0.0/24", "a")
	eip, _ := c.Create(ec2.EipToken, "nat", core.Object{"domain": "vpc"})
	c.Refused(ec2.NatGatewayToken, "nat", core.Object{"subnetId": subnet, "allocationId": eip}, "Gateway.NotAttached")
}

func TestElasticIPs(t *testing.T) {
	c := cloudtest.New(t)
	seen := map[string]bool{}
	for region, free := range map[string]int{"ap-northeast-1": 3, "us-east-1": 5} { // the seed has two in Tokyo
		for i := range free {
			_, eip := c.InRegion(region).Create(ec2.EipToken, fmt.Sprint("ip", i), core.Object{})
			assert.Equal(t, "vpc", eip.Str("domain"))
			seen[eip.Str("publicIp")] = true
		}
	}
	assert.Len(t, seen, 8, "no two are the same, in whatever Region")
	c.Refused(ec2.EipToken, "one too many", core.Object{}, "AddressLimitExceeded")
	c.Refused(ec2.EipToken, "ec2 classic", core.Object{"domain": "standard"}, "must be one of vpc")
	c.Refused(ec2.EipToken, "lost", core.Object{"networkInterface": "eni-0", "instance": "i-0"}, "InvalidParameterCombination: instance cannot be given together with networkInterface")
}

// There are public addresses for hundreds of instances.
func TestPublicAddressesSuffice(t *testing.T) {
	c := cloudtest.New(t)
	c.Change(func(t *core.Tx) {
		for i := range 300 {
			t.Set(ec2.InstanceToken, fmt.Sprint("i-", i), core.Object{"publicIp": fmt.Sprintf("198.18.%d.%d", 128+i/256, i%256)})
		}
	})
	_, eip := c.Create(ec2.EipToken, "ip", core.Object{})
	assert.Equal(t, "198.18.129.44", eip.Str("publicIp"))
	assert.Equal(t, "ec2-198-18-129-44.ap-northeast-1.compute.amazonaws.com", eip.Str("publicDns"))
}

func TestElasticIPGoesToWhatExists(t *testing.T) {
	c := cloudtest.New(t)
	c.Refused(ec2.EipToken, "lost", core.Object{"networkInterface": "eni-0"}, "InvalidNetworkInterfaceID.NotFound")
	c.Refused(ec2.EipToken, "lost", core.Object{"instance": "i-0"}, "InvalidInstanceID.NotFound")
	first, eip := c.Create(ec2.EipToken, "web", core.Object{"instance": cloudtest.SeededInstance})
	assert.Equal(t, "10.20.128.80", eip.Str("privateIp"))
	assert.Equal(t, "eni-05eed0c105ed00001", eip.Str("networkInterface"))
	assert.Equal(t, eip.Str("publicIp"), c.State(ec2.InstanceToken, cloudtest.SeededInstance).Str("publicIp"))

	second, other := c.Create(ec2.EipToken, "second", core.Object{"networkInterface": "eni-05eed0c105ed00001"})
	assert.Empty(t, c.State(ec2.EipToken, first).Str("instance"), "another address takes its place")
	assert.Equal(t, other.Str("publicIp"), c.State(ec2.InstanceToken, cloudtest.SeededInstance).Str("publicIp"))
	c.Update(ec2.EipToken, second, core.Object{"instance": cloudtest.SeededOpenInstance})
	assert.Empty(t, c.State(ec2.InstanceToken, cloudtest.SeededInstance).Str("publicIp"))
	assert.Equal(t, other.Str("publicIp"), c.State(ec2.InstanceToken, cloudtest.SeededOpenInstance).Str("publicIp"))
	c.Delete(ec2.EipToken, second)
	assert.Empty(t, c.State(ec2.InstanceToken, cloudtest.SeededOpenInstance).Str("publicIp"))
}

func TestRoutes(t *testing.T) {
	c := cloudtest.New(t)
	vpc, gateway, subnet := c.PublicNetwork()
	table, _ := c.Create(ec2.RouteTableToken, "public", core.Object{"vpcId": vpc})
	in := core.Object{"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway}
	for why, bad := range map[string]core.Object{
		"InvalidRouteTableID.NotFound":             in.With(core.Object{"routeTableId": "rtb-0"}),
		"InvalidInternetGatewayID.NotFound":        in.With(core.Object{"gatewayId": "igw-0"}),
		"InvalidNatGatewayID.NotFound":             in.Without("gatewayId").With(core.Object{"natGatewayId": "nat-0"}),
		"belong to different networks":             in.With(core.Object{"gatewayId": "igw-05eed000000000001"}),
		"equal to or more specific":                in.With(core.Object{"destinationCidrBlock": "10.0.0.0/24"}),
		"Exactly one of [gatewayId, natGatewayId]": in.Without("gatewayId"),
		"Exactly one of [destinationCidrBlock":     in.Without("destinationCidrBlock"),
		"not a valid IPv4 CIDR block":              in.With(core.Object{"destinationCidrBlock": "anywhere"}),
		"the input \"networkInterfaceId\"":         in.With(core.Object{"networkInterfaceId": "eni-0"}),
	} {
		c.Refused(ec2.RouteToken, "out", bad, why)
	}
	id, _ := c.Create(ec2.RouteToken, "out", in)
	c.Refused(ec2.RouteToken, "twice", in, "RouteAlreadyExists")

	association, _ := c.Create(ec2.RouteTableAssociationToken, "a", core.Object{"routeTableId": table, "subnetId": subnet})
	c.Refused(ec2.RouteTableAssociationToken, "b", core.Object{"routeTableId": table, "subnetId": subnet}, "Resource.AlreadyAssociated")
	c.Refused(ec2.RouteTableAssociationToken, "b", core.Object{
		"routeTableId": table, "subnetId": c.Subnet(c.Vpc(), "10.0.0.0/24", "a"),
	}, "belong to different networks")
	c.Refused(ec2.RouteTableAssociationToken, "b", core.Object{"routeTableId": table}, "Missing required argument")
	assert.ErrorContains(t, c.TryDelete(ec2.RouteTableToken, table), "DependencyViolation")

	found := c.Call("aws:ec2/getRouteTable:getRouteTable", core.Object{"subnetId": subnet})
	assert.Equal(t, table, found.Str("routeTableId"))
	assert.Equal(t, gateway, found.Blocks("routes")[0].Str("gatewayId"))

	c.Delete(ec2.RouteTableAssociationToken, association)
	c.Delete(ec2.RouteToken, id)
	c.Delete(ec2.RouteTableToken, table)
}
