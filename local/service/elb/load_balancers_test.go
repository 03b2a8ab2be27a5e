package elb_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
)

func TestALoadBalancerHasTheOutputsOfAWS(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(elb.LoadBalancerToken, "web", cloudtest.LoadBalancerInputs(nil))
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web-[0-9a-f]{7}/[0-9a-f]{16}$`, id)
	assert.Equal(t, id, state.Str("arn"))
	assert.Regexp(t, `^app/web-[0-9a-f]{7}/[0-9a-f]{16}$`, state.Str("arnSuffix"))
	assert.Regexp(t, `^web-[0-9a-f]{7}-\d{10}\.ap-northeast-1\.elb\.amazonaws\.com$`, state.Str("dnsName"))
	assert.Equal(t, "Z14GRHDCWA56QT", state.Str("zoneId"))
	assert.Equal(t, cloudtest.SeededVpc, state.Str("vpcId"))
	assert.Equal(t, []string{cloudtest.SeededDefaultGroup}, state.Strs("securityGroups"))
	assert.Equal(t, "ipv4", state.Str("ipAddressType"))
	assert.Equal(t, 60, state.Int("idleTimeout"))

	_, internal := c.Create(elb.LoadBalancerToken, "in", cloudtest.LoadBalancerInputs(core.Object{"internal": true}))
	assert.Regexp(t, `^internal-in-`, internal.Str("dnsName"))
}

func TestWhatALoadBalancerCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	c.Create(elb.LoadBalancerToken, "x", cloudtest.LoadBalancerInputs(core.Object{"name": "taken"}))
	small, _ := c.Create(ec2.SubnetToken, "small", core.Object{
		"vpcId": cloudtest.SeededVpc, "cidrBlock": "10.20.200.0/28", "availabilityZone": "ap-northeast-1d"})
	vpc, _ := c.Create(ec2.VpcToken, "other", core.Object{"cidrBlock": "10.30.0.0/16"})
	var others []string
	for zone, cidr := range map[string]string{"a": "10.30.0.0/24", "c": "10.30.1.0/24"} {
		id, _ := c.Create(ec2.SubnetToken, "other", core.Object{
			"vpcId": vpc, "cidrBlock": cidr, "availabilityZone": "ap-northeast-1" + zone})
		others = append(others, id)
	}
	local, _ := c.Create(ec2.SubnetToken, "local", core.Object{
		"vpcId": cloudtest.SeededVpc, "cidrBlock": "10.20.201.0/24", "availabilityZone": "ap-northeast-1-tpe-1a"})
	refusing, _ := c.Create(ec2.SubnetToken, "refusing", core.Object{
		"vpcId": cloudtest.SeededVpc, "cidrBlock": "10.20.202.0/24", "availabilityZone": "ap-northeast-1b"})
	foreign, _ := c.Create(ec2.SecurityGroupToken, "foreign", core.Object{"vpcId": vpc, "description": "of another VPC"})
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"long name":           {core.Object{"name": "a23456789012345678901234567890123"}, "ValidationError: name must be 1-32"},
		"hyphen at the edge":  {core.Object{"name": "web-"}, "ValidationError: name must be 1-32"},
		"underscore":          {core.Object{"name": "we_b"}, "ValidationError: name must be 1-32"},
		"internal name":       {core.Object{"name": "internal-web"}, "must not begin with internal-"},
		"name taken":          {core.Object{"name": "taken"}, "DuplicateLoadBalancerName"},
		"network":             {core.Object{"loadBalancerType": "network"}, "unsupported by the local AWS"},
		"idle timeout 0":      {core.Object{"idleTimeout": 0.0}, "idleTimeout must be 1-4000, got 0"},
		"idle timeout 4001":   {core.Object{"idleTimeout": 4001.0}, "idleTimeout must be 1-4000, got 4001"},
		"client keep-alive":   {core.Object{"clientKeepAlive": 59.0}, "clientKeepAlive must be 60-604800"},
		"desync mode":         {core.Object{"desyncMitigationMode": "lax"}, "desyncMitigationMode must be one of"},
		"forwarded for":       {core.Object{"xffHeaderProcessingMode": "add"}, "xffHeaderProcessingMode must be one of"},
		"one subnet":          {core.Object{"subnets": core.List(cloudtest.SeededSubnetA)}, "at least two subnets in two different Availability Zones"},
		"one subnet twice":    {core.Object{"subnets": core.List(cloudtest.SeededSubnetA, cloudtest.SeededSubnetA)}, "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same"},
		"one zone":            {core.Object{"subnets": core.List(cloudtest.SeededSubnetA, cloudtest.SeededPrivateA)}, "multiple subnets in the same Availability Zone (ap-northeast-1a)"},
		"no such subnet":      {core.Object{"subnets": core.List(cloudtest.SeededSubnetA, "subnet-0")}, "SubnetNotFound"},
		"small subnet":        {core.Object{"subnets": core.List(cloudtest.SeededSubnetA, small)}, "InvalidSubnet: Not enough IP space"},
		"local zone":          {core.Object{"subnets": core.List(cloudtest.SeededSubnetA, local)}, "ValidationError: The following Availability Zones ap-northeast-1-tpe-1a cannot be associated with a load balancer"},
		"refusing zone":       {core.Object{"subnets": core.List(cloudtest.SeededSubnetA, refusing)}, "ValidationError: The following Availability Zones ap-northeast-1b cannot be associated with a load balancer. Please try a different Availability Zone."},
		"two VPCs":            {core.Object{"subnets": core.List(cloudtest.SeededSubnetC, others[0])}, "is not in the VPC"},
		"no internet gateway": {core.Object{"subnets": core.List(others...)}, "InvalidSubnet: VPC " + vpc + " has no internet gateway"},
		"no IPv6":             {core.Object{"ipAddressType": "dualstack"}, "subnets with an associated IPv6 CIDR block"},
		"no such group":       {core.Object{"securityGroups": core.List("sg-0")}, "InvalidSecurityGroup"},
		"foreign group":       {core.Object{"securityGroups": core.List(foreign)}, "One or more security groups are invalid"},
		"six groups":          {core.Object{"securityGroups": core.List("1", "2", "3", "4", "5", "6")}, "must be at most 5, got 6"},
		"outpost":             {core.Object{"customerOwnedIpv4Pool": "p"}, "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(elb.LoadBalancerToken, "web", cloudtest.LoadBalancerInputs(tc.in), tc.want)
		})
	}
	c.Create(elb.LoadBalancerToken, "in", core.Object{"subnets": core.List(others...), "internal": true})
}

func TestALoadBalancerNeedsSubnets(t *testing.T) {
	c := cloudtest.New(t)
	c.Refused(elb.LoadBalancerToken, "web", core.Object{}, "subnets")
	c.Refused(elb.LoadBalancerToken, "web", core.Object{"subnets": []any{}}, "subnets")
}

func TestALoadBalancerNeedsAHostedZoneOfItsRegion(t *testing.T) {
	c := cloudtest.New(t).InRegion("eu-central-2")
	c.Change(func(tx *core.Tx) {
		for _, id := range []string{cloudtest.SeededSubnetA, cloudtest.SeededSubnetC} {
			tx.Set(ec2.SubnetToken, id, core.Object{"vpcId": cloudtest.SeededVpc})
		}
	})
	c.Refused(elb.LoadBalancerToken, "web", cloudtest.LoadBalancerInputs(nil),
		"unsupported by the local AWS: the hosted zone of load balancers in eu-central-2 is not known")
}

func TestWhatAChangeOfALoadBalancerDoes(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(elb.LoadBalancerToken, "web", cloudtest.LoadBalancerInputs(nil))
	for property, value := range map[string]any{"internal": true, "name": "other"} {
		d := c.ChangeOf(elb.LoadBalancerToken, id, cloudtest.LoadBalancerInputs(core.Object{property: value}))
		assert.Equal(t, []string{property}, d.Replaces)
	}
	reordered := cloudtest.LoadBalancerInputs(core.Object{"subnets": core.List(cloudtest.SeededSubnetC, cloudtest.SeededSubnetA)})
	assert.Empty(t, c.ChangeOf(elb.LoadBalancerToken, id, reordered).Changed)

	updated := c.Update(elb.LoadBalancerToken, id, cloudtest.LoadBalancerInputs(core.Object{"idleTimeout": 90.0}))
	assert.Equal(t, 90, updated.Int("idleTimeout"))
	assert.Equal(t, state.Str("dnsName"), updated.Str("dnsName"))
	assert.Equal(t, []string{cloudtest.SeededDefaultGroup}, updated.Strs("securityGroups"))

	_, err := c.TryUpdate(elb.LoadBalancerToken, id, cloudtest.LoadBalancerInputs(core.Object{"securityGroups": core.List("sg-0")}))
	assert.ErrorContains(t, err, "InvalidSecurityGroup")
}

func TestALoadBalancerStaysInItsVpc(t *testing.T) {
	c := cloudtest.New(t)
	vpc, _ := c.Create(ec2.VpcToken, "other", core.Object{"cidrBlock": "10.30.0.0/16"})
	a, _ := c.Create(ec2.SubnetToken, "a", core.Object{"vpcId": vpc, "cidrBlock": "10.30.0.0/24", "availabilityZone": "ap-northeast-1a"})
	d, _ := c.Create(ec2.SubnetToken, "c", core.Object{"vpcId": vpc, "cidrBlock": "10.30.1.0/24", "availabilityZone": "ap-northeast-1c"})
	id, _ := c.Create(elb.LoadBalancerToken, "web", cloudtest.LoadBalancerInputs(core.Object{"internal": true}))
	_, err := c.TryUpdate(elb.LoadBalancerToken, id, core.Object{"internal": true, "subnets": core.List(a, d)})
	assert.ErrorContains(t, err, "InvalidConfigurationRequest")
}

func TestADualStackLoadBalancer(t *testing.T) {
	c := cloudtest.New(t)
	c.Change(func(t *core.Tx) {
		for _, id := range []string{cloudtest.SeededSubnetA, cloudtest.SeededSubnetC} {
			subnet, _ := t.Get(ec2.SubnetToken, id)
			t.Set(ec2.SubnetToken, id, subnet.With(core.Object{"ipv6CidrBlock": "2001:db8::/64"}))
		}
	})
	id, state := c.Create(elb.LoadBalancerToken, "web", cloudtest.LoadBalancerInputs(core.Object{"ipAddressType": "dualstack"}))
	assert.Equal(t, "dualstack", state.Str("ipAddressType"))
	assert.Empty(t, c.ChangeOf(elb.LoadBalancerToken, id, cloudtest.LoadBalancerInputs(nil)).Changed, "it stays when it is taken away")
}

func TestDeletingALoadBalancer(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	group := b.TargetGroup("web", nil)
	rule, _ := b.Create(elb.ListenerRuleToken, "rule", b.RuleInputs(group, 1))
	b.Update(elb.LoadBalancerToken, b.LoadBalancer, cloudtest.LoadBalancerInputs(core.Object{"enableDeletionProtection": true}))
	err := b.TryDelete(elb.LoadBalancerToken, b.LoadBalancer)
	assert.ErrorContains(t, err, "OperationNotPermitted: Load balancer '"+b.LoadBalancer+"' cannot be deleted because deletion protection is enabled")

	b.Update(elb.LoadBalancerToken, b.LoadBalancer, cloudtest.LoadBalancerInputs(nil))
	b.Delete(elb.LoadBalancerToken, b.LoadBalancer)
	for token, id := range map[string]string{elb.ListenerToken: b.Secure, elb.ListenerRuleToken: rule} {
		assert.Nil(t, b.State(token, id), "it goes with its load balancer")
	}
}

func TestNetworksInUseByALoadBalancerStay(t *testing.T) {
	c := cloudtest.New(t)
	group, _ := c.Create(ec2.SecurityGroupToken, "web", core.Object{"vpcId": cloudtest.SeededVpc, "description": "web"})
	id, _ := c.Create(elb.LoadBalancerToken, "web", cloudtest.LoadBalancerInputs(core.Object{"securityGroups": core.List(group)}))
	assert.ErrorContains(t, c.TryDelete(ec2.SecurityGroupToken, group), "DependencyViolation")
	assert.ErrorContains(t, c.TryDelete(ec2.SubnetToken, cloudtest.SeededSubnetA), "DependencyViolation")
	c.Delete(elb.LoadBalancerToken, id)
	c.Delete(ec2.SecurityGroupToken, group)
	c.IsSeed()
}
