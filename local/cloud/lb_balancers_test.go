package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestALoadBalancerHasTheOutputsOfAWS(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(loadBalancerToken, "web", balancerInputs(nil))
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web-[0-9a-f]{7}/[0-9a-f]{16}$`, id)
	assert.Equal(t, id, state.str("arn"))
	assert.Regexp(t, `^app/web-[0-9a-f]{7}/[0-9a-f]{16}$`, state.str("arnSuffix"))
	assert.Regexp(t, `^web-[0-9a-f]{7}-\d{10}\.ap-northeast-1\.elb\.amazonaws\.com$`, state.str("dnsName"))
	assert.Equal(t, "Z14GRHDCWA56QT", state.str("zoneId"))
	assert.Equal(t, seededVpc, state.str("vpcId"))
	assert.Equal(t, []string{seededDefaultGroup}, state.strs("securityGroups"))
	assert.Equal(t, "ipv4", state.str("ipAddressType"))
	assert.Equal(t, 60, state.integer("idleTimeout"))

	_, internal := c.create(loadBalancerToken, "in", balancerInputs(object{"internal": true}))
	assert.Regexp(t, `^internal-in-`, internal.str("dnsName"))
}

func TestWhatALoadBalancerCannotBe(t *testing.T) {
	c := newTestCloud(t)
	c.create(loadBalancerToken, "x", balancerInputs(object{"name": "taken"}))
	small, _ := c.create(subnetToken, "small", object{
		"vpcId": seededVpc, "cidrBlock": "10.20.200.0/28", "availabilityZone": "ap-northeast-1d"})
	vpc, _ := c.create(vpcToken, "other", object{"cidrBlock": "10.30.0.0/16"})
	var others []string
	for zone, cidr := range map[string]string{"a": "10.30.0.0/24", "c": "10.30.1.0/24"} {
		id, _ := c.create(subnetToken, "other", object{
			"vpcId": vpc, "cidrBlock": cidr, "availabilityZone": "ap-northeast-1" + zone})
		others = append(others, id)
	}
	local, _ := c.create(subnetToken, "local", object{
		"vpcId": seededVpc, "cidrBlock": "10.20.201.0/24", "availabilityZone": "ap-northeast-1-tpe-1a"})
	foreign, _ := c.create(securityGroupToken, "foreign", object{"vpcId": vpc, "description": "of another VPC"})
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"long name":           {object{"name": "a23456789012345678901234567890123"}, "ValidationError: name must be 1-32"},
		"hyphen at the edge":  {object{"name": "web-"}, "ValidationError: name must be 1-32"},
		"underscore":          {object{"name": "we_b"}, "ValidationError: name must be 1-32"},
		"internal name":       {object{"name": "internal-web"}, "must not begin with internal-"},
		"name taken":          {object{"name": "taken"}, "DuplicateLoadBalancerName"},
		"network":             {object{"loadBalancerType": "network"}, "unsupported by the local AWS"},
		"idle timeout 0":      {object{"idleTimeout": 0.0}, "idleTimeout must be 1-4000, got 0"},
		"idle timeout 4001":   {object{"idleTimeout": 4001.0}, "idleTimeout must be 1-4000, got 4001"},
		"client keep-alive":   {object{"clientKeepAlive": 59.0}, "clientKeepAlive must be 60-604800"},
		"desync mode":         {object{"desyncMitigationMode": "lax"}, "desyncMitigationMode must be one of"},
		"forwarded for":       {object{"xffHeaderProcessingMode": "add"}, "xffHeaderProcessingMode must be one of"},
		"one subnet":          {object{"subnets": list(seededSubnetA)}, "at least two subnets in two different Availability Zones"},
		"one subnet twice":    {object{"subnets": list(seededSubnetA, seededSubnetA)}, "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same"},
		"one zone":            {object{"subnets": list(seededSubnetA, seededPrivateA)}, "multiple subnets in the same Availability Zone (ap-northeast-1a)"},
		"no such subnet":      {object{"subnets": list(seededSubnetA, "subnet-0")}, "SubnetNotFound"},
		"small subnet":        {object{"subnets": list(seededSubnetA, small)}, "InvalidSubnet: Not enough IP space"},
		"local zone":          {object{"subnets": list(seededSubnetA, local)}, "not supported in the Local Zone"},
		"two VPCs":            {object{"subnets": list(seededSubnetC, others[0])}, "is not in the VPC"},
		"no internet gateway": {object{"subnets": list(others...)}, "InvalidSubnet: VPC " + vpc + " has no internet gateway"},
		"no IPv6":             {object{"ipAddressType": "dualstack"}, "subnets with an associated IPv6 CIDR block"},
		"no such group":       {object{"securityGroups": list("sg-0")}, "InvalidSecurityGroup"},
		"foreign group":       {object{"securityGroups": list(foreign)}, "One or more security groups are invalid"},
		"six groups":          {object{"securityGroups": list("1", "2", "3", "4", "5", "6")}, "must be at most 5, got 6"},
		"outpost":             {object{"customerOwnedIpv4Pool": "p"}, "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(loadBalancerToken, "web", balancerInputs(tc.in), tc.want)
		})
	}
	c.t = t
	c.create(loadBalancerToken, "in", object{"subnets": list(others...), "internal": true})
}

func TestALoadBalancerNeedsSubnets(t *testing.T) {
	c := newTestCloud(t)
	c.refused(loadBalancerToken, "web", object{}, "subnets")
	c.refused(loadBalancerToken, "web", object{"subnets": []any{}}, "subnets")
	c.inRegion("eu-central-2").refused(loadBalancerToken, "web", balancerInputs(nil), "hosted zone of load balancers in eu-central-2")
}

func TestWhatAChangeOfALoadBalancerDoes(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(loadBalancerToken, "web", balancerInputs(nil))
	for property, value := range map[string]any{"internal": true, "name": "other"} {
		d := c.changeOf(loadBalancerToken, id, balancerInputs(object{property: value}))
		assert.Equal(t, []string{property}, d.replaces)
	}
	reordered := balancerInputs(object{"subnets": list(seededSubnetC, seededSubnetA)})
	assert.Empty(t, c.changeOf(loadBalancerToken, id, reordered).changed)

	updated := c.update(loadBalancerToken, id, balancerInputs(object{"idleTimeout": 90.0}))
	assert.Equal(t, 90, updated.integer("idleTimeout"))
	assert.Equal(t, state.str("dnsName"), updated.str("dnsName"))
	assert.Equal(t, []string{seededDefaultGroup}, updated.strs("securityGroups"))

	_, err := c.tryUpdate(loadBalancerToken, id, balancerInputs(object{"securityGroups": list("sg-0")}))
	assert.ErrorContains(t, err, "InvalidSecurityGroup")
}

func TestALoadBalancerStaysInItsVpc(t *testing.T) {
	c := newTestCloud(t)
	vpc, _ := c.create(vpcToken, "other", object{"cidrBlock": "10.30.0.0/16"})
	a, _ := c.create(subnetToken, "a", object{"vpcId": vpc, "cidrBlock": "10.30.0.0/24", "availabilityZone": "ap-northeast-1a"})
	d, _ := c.create(subnetToken, "c", object{"vpcId": vpc, "cidrBlock": "10.30.1.0/24", "availabilityZone": "ap-northeast-1c"})
	id, _ := c.create(loadBalancerToken, "web", balancerInputs(object{"internal": true}))
	_, err := c.tryUpdate(loadBalancerToken, id, object{"internal": true, "subnets": list(a, d)})
	assert.ErrorContains(t, err, "InvalidConfigurationRequest")
}

func TestADualStackLoadBalancer(t *testing.T) {
	c := newTestCloud(t)
	c.change(func(t *tx) {
		for _, id := range []string{seededSubnetA, seededSubnetC} {
			subnet, _ := t.get(subnetToken, id)
			t.set(subnetToken, id, subnet.with(object{"ipv6CidrBlock": "2001:db8::/64"}))
		}
	})
	id, state := c.create(loadBalancerToken, "web", balancerInputs(object{"ipAddressType": "dualstack"}))
	assert.Equal(t, "dualstack", state.str("ipAddressType"))
	assert.Empty(t, c.changeOf(loadBalancerToken, id, balancerInputs(nil)).changed, "it stays when it is taken away")
}

func TestDeletingALoadBalancer(t *testing.T) {
	b := newBalanced(t)
	group := b.group("web", nil)
	rule, _ := b.create(listenerRuleToken, "rule", b.ruleInputs(group, 1))
	b.update(loadBalancerToken, b.balancer, balancerInputs(object{"enableDeletionProtection": true}))
	err := b.tryDelete(loadBalancerToken, b.balancer)
	assert.ErrorContains(t, err, "OperationNotPermitted: Load balancer '"+b.balancer+"' cannot be deleted because deletion protection is enabled")

	b.update(loadBalancerToken, b.balancer, balancerInputs(nil))
	b.delete(loadBalancerToken, b.balancer)
	for token, id := range map[string]string{listenerToken: b.secure, listenerRuleToken: rule} {
		assert.Nil(t, b.state(token, id), "it goes with its load balancer")
	}
}

func TestNetworksInUseByALoadBalancerStay(t *testing.T) {
	c := newTestCloud(t)
	group, _ := c.create(securityGroupToken, "web", object{"vpcId": seededVpc, "description": "web"})
	id, _ := c.create(loadBalancerToken, "web", balancerInputs(object{"securityGroups": list(group)}))
	assert.ErrorContains(t, c.tryDelete(securityGroupToken, group), "DependencyViolation")
	assert.ErrorContains(t, c.tryDelete(subnetToken, seededSubnetA), "DependencyViolation")
	c.delete(loadBalancerToken, id)
	c.delete(securityGroupToken, group)
	c.isSeed()
}
