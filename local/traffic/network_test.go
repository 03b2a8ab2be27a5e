package traffic

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

func TestGroupsHaveTheirRules(t *testing.T) {
	s := newSite(t)
	web := s.group("web")
	s.rule(ingressToken, web, 443, props{"cidrIpv6": "::/0"})
	s.rule(ingressToken, web, 80, props{"prefixListId": ec2.PrefixLists(region)[0].ID})
	s.rule(egressToken, web, 8080, props{"referencedSecurityGroupId": web})
	got := securityGroups(s.resources())
	assert.ElementsMatch(t, []wire.Rule{
		{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: netip.MustParsePrefix("::/0")},
		{Protocol: "tcp", FromPort: 80, ToPort: 80, List: ec2.PrefixLists(region)[0].ID},
	}, got[web].Ingress)
	assert.Equal(t, []wire.Rule{{Protocol: "tcp", FromPort: 8080, ToPort: 8080, Group: web}}, got[web].Egress)
}

func TestWhichSubnetsTheInternetReaches(t *testing.T) {
	s := newSite(t)
	bare, _ := s.create(subnetToken, "bare", props{"vpcId": seedVPC, "cidrBlock": "10.20.7.0/24", "availabilityZone": region + "a"})
	in := subnetsOf(s.resources())
	assert.True(t, in.isPublic(publicSubnets[0].(string)))
	assert.False(t, in.isPublic(privateSubnets[0].(string)), "its default route is a NAT gateway")
	assert.False(t, in.isPublic(bare), "the main table has no default route")

	s.create(routeToken, "r", props{
		"routeTableId": "rtb-05eed000000000000", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-05eed000000000001"})
	in = subnetsOf(s.resources())
	assert.True(t, in.isPublic(bare), "it goes by the main table")
	assert.False(t, in.isPublic(privateSubnets[0].(string)), "it has a table of its own")
}

func TestAllocatedAddressesAreNotInUse(t *testing.T) {
	in := subnetsOf(&account.Resources{
		Subnets:    []account.Subnet{{ID: "s", CIDRBlock: "10.0.0.16/29"}, {ID: "odd", CIDRBlock: "none"}},
		Interfaces: []account.Interface{{SubnetID: "s", PrivateIP: "10.0.0.21"}, {SubnetID: "none", PrivateIP: "10.0.0.20"}},
	})
	for _, want := range []string{"10.0.0.22", "10.0.0.20"} {
		got, err := in.allocate("s")
		require.NoError(t, err)
		assert.Equal(t, want, got.String())
	}
	_, err := in.allocate("s")
	require.ErrorContains(t, err, "subnet s has no address left")
	_, err = in.allocate("odd")
	require.ErrorContains(t, err, `subnet "odd"`)
	_, err = in.allocate("none")
	require.ErrorContains(t, err, `there is no subnet "none"`)
}

func TestSources(t *testing.T) {
	w := newSite(t).serve(nil)
	lists := w.Source(wire.KindCloudFront, netip.Addr{}, nil).Lists
	assert.Contains(t, lists, ec2.PrefixLists(region)[0].ID)
	six := w.Source(wire.KindCloudFront, netip.MustParseAddr("2001:db8::1"), nil)
	assert.Contains(t, six.Lists, ec2.PrefixLists(region)[1].ID)
	assert.NotEqual(t, lists, six.Lists)
	assert.Equal(t, wire.Internet(), w.Source("", netip.Addr{}, []string{"sg-1"}))
	assert.Equal(t, wire.Machine("sg-1"), w.Source(wire.KindVPC, netip.Addr{}, []string{"sg-1"}))
	other := w.Source(wire.KindInternet, netip.MustParseAddr("192.0.2.1"), nil)
	assert.Equal(t, "192.0.2.1", other.Address.String())
}

func TestAPrivateZoneIsForTheVPC(t *testing.T) {
	s := newSite(t)
	zone, _ := s.create(zoneToken, "inside", props{"name": "example.com", "vpcs": []any{props{"vpcId": seedVPC, "vpcRegion": region}}})
	s.create(recordToken, "inside", props{"zoneId": zone, "name": "legacy.example.com", "type": "A", "ttl": 60, "records": []any{"10.20.0.80"}})
	w := s.serve(nil)
	for inVPC, want := range map[bool]string{false: "203.0.113.80", true: "10.20.0.80"} {
		got, ok := w.Resolve("legacy.example.com", false, inVPC)
		require.True(t, ok)
		assert.Equal(t, want, got[0].String())
	}
}

func TestALoadBalancerInsideHasPrivateAddresses(t *testing.T) {
	s := newSite(t)
	group := s.group("lb")
	s.rule(ingressToken, group, 80, props{"cidrIpv4": "0.0.0.0/0"})
	lb, inside := s.create(loadBalancerToken, "inside", props{
		"name": "inside", "subnets": privateSubnets, "securityGroups": []any{group}, "internal": true})
	s.create("aws:lb/listener:Listener", "http", props{
		"loadBalancerArn": lb, "port": 80, "protocol": "HTTP", "defaultActions": []any{props{
			"type": "fixed-response", "fixedResponse": props{"contentType": "text/plain", "statusCode": "418"}}},
	})
	s.alias("inside.example.com", "A", inside, "zoneId")
	w := s.serve(nil)
	found, ok := w.Resolve(text(inside, "dnsName"), false, false)
	require.True(t, ok)
	require.Len(t, found, 2)
	for i, a := range found {
		block := netip.MustParsePrefix([]string{"10.20.128.0/24", "10.20.129.0/24"}[i])
		assert.True(t, block.Contains(a), "%s", a)
	}
	_, ok = w.Resolve(text(inside, "dnsName"), true, false)
	assert.False(t, ok, "it has no IPv6")
	assert.Equal(t, 418, ask(t, viewer(t, w, wire.Machine()), "http://inside.example.com/asked").status)
	dropped(t, viewer(t, w, wire.Internet()), "http://inside.example.com/asked")
}

func TestADualStackLoadBalancerHasIPv6(t *testing.T) {
	s := newSite(t)
	vpc, state := s.create(vpcToken, "six", props{"cidrBlock": "10.66.0.0/16", "assignGeneratedIpv6CidrBlock": true})
	block := netip.MustParsePrefix(text(state, "ipv6CidrBlock"))
	s.create("aws:ec2/internetGateway:InternetGateway", "six", props{"vpcId": vpc})
	var subnets []any
	for i, zone := range []string{"a", "c"} {
		raw := block.Addr().As16()
		raw[7] = byte(i)
		id, _ := s.create(subnetToken, zone, props{
			"vpcId": vpc, "availabilityZone": region + zone, "cidrBlock": []string{"10.66.0.0/24", "10.66.1.0/24"}[i],
			"ipv6CidrBlock": netip.PrefixFrom(netip.AddrFrom16(raw), 64).String(),
		})
		subnets = append(subnets, id)
	}
	_, both := s.create(loadBalancerToken, "both", props{"name": "both", "subnets": subnets, "internal": false, "ipAddressType": "dualstack"})
	w := s.serve(nil)
	for _, v6 := range []bool{false, true} {
		found, ok := w.Resolve("dualstack."+text(both, "dnsName"), v6, false)
		require.True(t, ok)
		require.Len(t, found, 2)
		assert.Equal(t, v6, found[0].Is6())
	}
}
