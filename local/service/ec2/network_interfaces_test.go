package ec2_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

func TestNetworkInterface(t *testing.T) {
	c := cloudtest.New(t)
	group := c.SecurityGroup(cloudtest.SeededVpc, "origin")
	in := core.Object{"subnetId": cloudtest.SeededSubnetA, "securityGroups": core.List(group)}
	id, state := c.Create(ec2.NetworkInterfaceToken, "origin", in)
	assert.Equal(t, "arn:aws:ec2:ap-northeast-1:123456789012:network-interface/"+id, state.Str("arn"))
	assert.Regexp(t, `^06(:[0-9a-f]{2}){5}$`, state.Str("macAddress"))
	assert.Equal(t, []string{state.Str("privateIp")}, state.Strs("privateIps"))

	instanceIn := instanceInputs(core.Object{
		"networkInterfaces": []any{core.Object{"deviceIndex": 0, "networkInterfaceId": id}},
	}).Without("subnetId")
	instance, launched := c.Create(ec2.InstanceToken, "origin", instanceIn)
	assert.Equal(t, state.Str("privateIp"), launched.Str("privateIp"))
	assert.Equal(t, cloudtest.SeededSubnetA, launched.Str("subnetId"))
	assert.Equal(t, []string{group}, launched.Strs("vpcSecurityGroupIds"))
	c.Refused(ec2.InstanceToken, "second", instanceIn, "InvalidNetworkInterface.InUse: Interface: ["+id+"] in use.")
	assert.ErrorContains(t, c.TryDelete(ec2.NetworkInterfaceToken, id), "InvalidParameterValue: Network interface '"+id+"' is currently in use.")
	assert.ErrorContains(t, c.TryDelete(ec2.SecurityGroupToken, group), "DependencyViolation")

	other := c.SecurityGroup(cloudtest.SeededVpc, "other")
	c.Update(ec2.NetworkInterfaceToken, id, core.Object{"subnetId": cloudtest.SeededSubnetA, "securityGroups": core.List(other)})
	assert.Equal(t, []string{other}, c.State(ec2.InstanceToken, instance).Strs("vpcSecurityGroupIds"))

	c.Delete(ec2.InstanceToken, instance)
	c.Create(ec2.InstanceToken, "next", instanceIn)
	assert.NotNil(t, c.State(ec2.NetworkInterfaceToken, id), "an interface that was given stays")
}

func TestNetworkInterfaceRefusals(t *testing.T) {
	c := cloudtest.New(t)
	_, state := c.Create(ec2.NetworkInterfaceToken, "a", core.Object{"subnetId": cloudtest.SeededSubnetA, "privateIps": core.List("10.20.0.44")})
	assert.Equal(t, "10.20.0.44", state.Str("privateIp"))
	tests := map[string]struct {
		in  core.Object
		why string
	}{
		"subnet":        {core.Object{"subnetId": "subnet-0"}, "InvalidSubnetID.NotFound"},
		"group":         {core.Object{"subnetId": cloudtest.SeededSubnetA, "securityGroups": core.List("sg-0")}, "InvalidGroup.NotFound"},
		"taken":         {core.Object{"subnetId": cloudtest.SeededSubnetA, "privateIps": core.List("10.20.0.44")}, "InvalidIPAddress.InUse"},
		"elsewhere":     {core.Object{"subnetId": cloudtest.SeededSubnetA, "privateIps": core.List("10.20.1.44")}, "does not fall within"},
		"reserved":      {core.Object{"subnetId": cloudtest.SeededSubnetA, "privateIps": core.List("10.20.0.3")}, "reserved address range"},
		"broadcast":     {core.Object{"subnetId": cloudtest.SeededSubnetA, "privateIps": core.List("10.20.0.255")}, "reserved address range"},
		"two addresses": {core.Object{"subnetId": cloudtest.SeededSubnetA, "privateIps": core.List("10.20.0.50", "10.20.0.51")}, "unsupported by the local AWS: privateIps must be at most 1, got 2"},
		"no instance":   {core.Object{"subnetId": cloudtest.SeededSubnetA, "attachments": []any{core.Object{"deviceIndex": 0, "instance": "i"}}}, "unsupported"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(ec2.NetworkInterfaceToken, "b", tt.in, tt.why)
		})
	}
	c.Refused(ec2.InstanceToken, "i", instanceInputs(core.Object{
		"networkInterfaces": []any{core.Object{"deviceIndex": 0, "networkInterfaceId": "eni-0"}},
	}).Without("subnetId"), "InvalidNetworkInterfaceID.NotFound")
	c.Refused(ec2.InstanceToken, "i", instanceInputs(core.Object{
		"networkInterfaces": []any{core.Object{"deviceIndex": 1, "networkInterfaceId": "eni-0"}},
	}).Without("subnetId"), "must be one, with deviceIndex 0")
}

func TestGroupAttachment(t *testing.T) {
	c := cloudtest.New(t)
	group := c.SecurityGroup(cloudtest.SeededVpc, "extra")
	instance, state := c.Create(ec2.InstanceToken, "web", instanceInputs(nil))
	in := core.Object{"networkInterfaceId": state.Str("primaryNetworkInterfaceId"), "securityGroupId": group}
	id, _ := c.Create(ec2.GroupAttachmentToken, "extra", in)
	assert.Equal(t, []string{cloudtest.SeededDefaultGroup, group}, c.State(ec2.InstanceToken, instance).Strs("vpcSecurityGroupIds"))
	c.Refused(ec2.GroupAttachmentToken, "again", in, "already attached")
	c.Refused(ec2.GroupAttachmentToken, "none", in.With(core.Object{"networkInterfaceId": "eni-0"}), "InvalidNetworkInterfaceID.NotFound")
	c.Refused(ec2.GroupAttachmentToken, "none", in.With(core.Object{"securityGroupId": "sg-0"}), "InvalidGroup.NotFound")
	c.Delete(ec2.GroupAttachmentToken, id)
	assert.Equal(t, []string{cloudtest.SeededDefaultGroup}, c.State(ec2.InstanceToken, instance).Strs("vpcSecurityGroupIds"))
}

func TestEipAssociationBeforeAndAfterTheInstance(t *testing.T) {
	c := cloudtest.New(t)
	address, eip := c.Create(ec2.EipToken, "origin", core.Object{"domain": "vpc"})
	eni, _ := c.Create(ec2.NetworkInterfaceToken, "origin", core.Object{"subnetId": cloudtest.SeededSubnetA})
	id, state := c.Create(ec2.EipAssociationToken, "origin", core.Object{"allocationId": address, "networkInterfaceId": eni})
	assert.Equal(t, eip.Str("publicIp"), state.Str("publicIp"))

	instance, launched := c.Create(ec2.InstanceToken, "origin", instanceInputs(core.Object{
		"networkInterfaces": []any{core.Object{"deviceIndex": 0, "networkInterfaceId": eni}},
	}).Without("subnetId"))
	assert.Equal(t, eip.Str("publicIp"), launched.Str("publicIp"), "the interface brings its address")
	assert.Equal(t, instance, c.State(ec2.EipToken, address).Str("instance"))

	c.Delete(ec2.EipAssociationToken, id)
	assert.Empty(t, c.State(ec2.InstanceToken, instance).Str("publicIp"))
	id, _ = c.Create(ec2.EipAssociationToken, "origin", core.Object{"allocationId": address, "instanceId": instance})
	assert.Equal(t, eip.Str("publicIp"), c.State(ec2.InstanceToken, instance).Str("publicIp"))

	c.Delete(ec2.InstanceToken, instance)
	c.Delete(ec2.EipAssociationToken, id)
	c.Delete(ec2.NetworkInterfaceToken, eni)
	c.Delete(ec2.EipToken, address)
	c.IsSeed()
}

func TestEipAssociationRefusals(t *testing.T) {
	c := cloudtest.New(t)
	address, _ := c.Create(ec2.EipToken, "a", core.Object{"domain": "vpc"})
	eni, _ := c.Create(ec2.NetworkInterfaceToken, "a", core.Object{"subnetId": cloudtest.SeededSubnetA})
	alone, _ := c.Create(ec2.NetworkInterfaceToken, "b", core.Object{"subnetId": c.Subnet(c.Vpc(), "10.0.0.0/24", "a")})
	in := core.Object{"allocationId": address, "networkInterfaceId": eni}
	c.Refused(ec2.EipAssociationToken, "x", in.With(core.Object{"allocationId": "eipalloc-0"}), "InvalidAllocationID.NotFound")
	c.Refused(ec2.EipAssociationToken, "x", in.With(core.Object{"networkInterfaceId": "eni-0"}), "InvalidNetworkInterfaceID.NotFound")
	c.Refused(ec2.EipAssociationToken, "x", in.With(core.Object{"networkInterfaceId": alone}), "Gateway.NotAttached")
	c.Refused(ec2.EipAssociationToken, "x", in.Without("allocationId"), `"allocationId" is required`)
	c.Refused(ec2.EipAssociationToken, "x", in.With(core.Object{"instanceId": "i-0"}), "Exactly one of [instanceId, networkInterfaceId]")
	c.Refused(ec2.EipAssociationToken, "x", core.Object{"allocationId": address, "instanceId": "i-0"}, "InvalidInstanceID.NotFound")
	c.Refused(ec2.EipAssociationToken, "x", in.With(core.Object{"allocationId": "eipalloc-05eed000000000001"}), "Resource.AlreadyAssociated")

	c.Create(ec2.EipAssociationToken, "first", in)
	c.Refused(ec2.EipAssociationToken, "x", in.With(core.Object{"allowReassociation": false}), "Resource.AlreadyAssociated")
	other, _ := c.Create(ec2.NetworkInterfaceToken, "other", core.Object{"subnetId": cloudtest.SeededSubnetA})
	c.Create(ec2.EipAssociationToken, "second", in.With(core.Object{"networkInterfaceId": other}))
	assert.Len(t, c.Account().All(ec2.EipAssociationToken), 1, "an address moves on")
	assert.Equal(t, other, c.State(ec2.EipToken, address).Str("networkInterface"))
}

func TestAddressesRunOut(t *testing.T) {
	c := cloudtest.New(t)
	in := core.Object{"subnetId": c.Subnet(c.Vpc(), "10.0.0.0/28", "a")}
	seen := map[string]bool{}
	for range 11 { // of 16, AWS reserves five
		_, state := c.Create(ec2.NetworkInterfaceToken, "eni", in)
		assert.False(t, seen[state.Str("privateIp")], state.Str("privateIp"))
		seen[state.Str("privateIp")] = true
	}
	c.Refused(ec2.NetworkInterfaceToken, "eni", in, "InsufficientFreeAddressesInSubnet")
}
