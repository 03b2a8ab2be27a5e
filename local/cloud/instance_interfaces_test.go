package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNetworkInterface(t *testing.T) {
	c := newTestCloud(t)
	group := c.aGroup(seedVpc, "origin")
	in := object{"subnetId": seedPublicA, "securityGroups": list(group)}
	id, state := c.create(networkInterfaceToken, "origin", in)
	assert.Equal(t, c.arnOf("ec2", "network-interface/"+id), state.str("arn"))
	assert.Equal(t, []string{state.str("privateIp")}, state.strs("privateIps"))

	instanceIn := instanceInputs(object{
		"networkInterfaces": []any{object{"deviceIndex": 0, "networkInterfaceId": id}},
	}).without("subnetId")
	instance, launched := c.create(instanceToken, "origin", instanceIn)
	assert.Equal(t, state.str("privateIp"), launched.str("privateIp"))
	assert.Equal(t, seedPublicA, launched.str("subnetId"))
	assert.Equal(t, []string{group}, launched.strs("vpcSecurityGroupIds"))
	c.refused(instanceToken, "second", instanceIn, "InvalidNetworkInterface.InUse: Interface: ["+id+"] in use.")
	assert.ErrorContains(t, c.tryDelete(networkInterfaceToken, id), "InvalidParameterValue: Network interface '"+id+"' is currently in use.")
	assert.ErrorContains(t, c.tryDelete(securityGroupToken, group), "DependencyViolation")

	other := c.aGroup(seedVpc, "other")
	c.update(networkInterfaceToken, id, object{"subnetId": seedPublicA, "securityGroups": list(other)})
	assert.Equal(t, []string{other}, c.state(instanceToken, instance).strs("vpcSecurityGroupIds"))

	c.delete(instanceToken, instance)
	c.create(instanceToken, "next", instanceIn)
	assert.NotNil(t, c.state(networkInterfaceToken, id), "an interface that was given stays")
}

func TestNetworkInterfaceRefusals(t *testing.T) {
	c := newTestCloud(t)
	_, state := c.create(networkInterfaceToken, "a", object{"subnetId": seedPublicA, "privateIps": list("10.20.0.44")})
	assert.Equal(t, "10.20.0.44", state.str("privateIp"))
	tests := map[string]struct {
		in  object
		why string
	}{
		"subnet":        {object{"subnetId": "subnet-0"}, "InvalidSubnetID.NotFound"},
		"group":         {object{"subnetId": seedPublicA, "securityGroups": list("sg-0")}, "InvalidGroup.NotFound"},
		"taken":         {object{"subnetId": seedPublicA, "privateIps": list("10.20.0.44")}, "InvalidIPAddress.InUse"},
		"elsewhere":     {object{"subnetId": seedPublicA, "privateIps": list("10.20.1.44")}, "does not fall within"},
		"reserved":      {object{"subnetId": seedPublicA, "privateIps": list("10.20.0.3")}, "reserved address range"},
		"broadcast":     {object{"subnetId": seedPublicA, "privateIps": list("10.20.0.255")}, "reserved address range"},
		"two addresses": {object{"subnetId": seedPublicA, "privateIps": list("10.20.0.50", "10.20.0.51")}, "one address, got 2"},
		"no instance":   {object{"subnetId": seedPublicA, "attachments": []any{object{"deviceIndex": 0, "instance": "i"}}}, "unsupported"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(networkInterfaceToken, "b", tt.in, tt.why)
		})
	}
	c.t = t
	c.refused(instanceToken, "i", instanceInputs(object{
		"networkInterfaces": []any{object{"deviceIndex": 0, "networkInterfaceId": "eni-0"}},
	}).without("subnetId"), "InvalidNetworkInterfaceID.NotFound")
	c.refused(instanceToken, "i", instanceInputs(object{
		"networkInterfaces": []any{object{"deviceIndex": 1, "networkInterfaceId": "eni-0"}},
	}).without("subnetId"), "must be one, with deviceIndex 0")
}

func TestGroupAttachment(t *testing.T) {
	c := newTestCloud(t)
	group := c.aGroup(seedVpc, "extra")
	instance, state := c.create(instanceToken, "web", instanceInputs(nil))
	in := object{"networkInterfaceId": state.str("primaryNetworkInterfaceId"), "securityGroupId": group}
	id, _ := c.create(groupAttachmentToken, "extra", in)
	assert.Equal(t, []string{seededDefaultGroup, group}, c.state(instanceToken, instance).strs("vpcSecurityGroupIds"))
	c.refused(groupAttachmentToken, "again", in, "already attached")
	c.refused(groupAttachmentToken, "none", in.with(object{"networkInterfaceId": "eni-0"}), "InvalidNetworkInterfaceID.NotFound")
	c.refused(groupAttachmentToken, "none", in.with(object{"securityGroupId": "sg-0"}), "InvalidGroup.NotFound")
	c.delete(groupAttachmentToken, id)
	assert.Equal(t, []string{seededDefaultGroup}, c.state(instanceToken, instance).strs("vpcSecurityGroupIds"))
}

func TestEipAssociationBeforeAndAfterTheInstance(t *testing.T) {
	c := newTestCloud(t)
	address, eip := c.create(eipToken, "origin", object{"domain": "vpc"})
	eni, _ := c.create(networkInterfaceToken, "origin", object{"subnetId": seedPublicA})
	id, state := c.create(eipAssociationToken, "origin", object{"allocationId": address, "networkInterfaceId": eni})
	assert.Equal(t, eip.str("publicIp"), state.str("publicIp"))

	instance, launched := c.create(instanceToken, "origin", instanceInputs(object{
		"networkInterfaces": []any{object{"deviceIndex": 0, "networkInterfaceId": eni}},
	}).without("subnetId"))
	assert.Equal(t, eip.str("publicIp"), launched.str("publicIp"), "the interface brings its address")
	assert.Equal(t, instance, c.state(eipToken, address).str("instance"))

	c.delete(eipAssociationToken, id)
	assert.Empty(t, c.state(instanceToken, instance).str("publicIp"))
	id, _ = c.create(eipAssociationToken, "origin", object{"allocationId": address, "instanceId": instance})
	assert.Equal(t, eip.str("publicIp"), c.state(instanceToken, instance).str("publicIp"))

	c.delete(instanceToken, instance)
	c.delete(eipAssociationToken, id)
	c.delete(networkInterfaceToken, eni)
	c.delete(eipToken, address)
	c.isSeed()
}

func TestEipAssociationRefusals(t *testing.T) {
	c := newTestCloud(t)
	address, _ := c.create(eipToken, "a", object{"domain": "vpc"})
	eni, _ := c.create(networkInterfaceToken, "a", object{"subnetId": seedPublicA})
	alone, _ := c.create(networkInterfaceToken, "b", object{"subnetId": c.aSubnet(c.aVpc(), "10.0.0.0/24", "a")})
	in := object{"allocationId": address, "networkInterfaceId": eni}
	c.refused(eipAssociationToken, "x", in.with(object{"allocationId": "eipalloc-0"}), "InvalidAllocationID.NotFound")
	c.refused(eipAssociationToken, "x", in.with(object{"networkInterfaceId": "eni-0"}), "InvalidNetworkInterfaceID.NotFound")
	c.refused(eipAssociationToken, "x", in.with(object{"networkInterfaceId": alone}), "Gateway.NotAttached")
	c.refused(eipAssociationToken, "x", in.without("allocationId"), `"allocationId" is required`)
	c.refused(eipAssociationToken, "x", in.with(object{"instanceId": "i-0"}), "Exactly one of [instanceId, networkInterfaceId]")
	c.refused(eipAssociationToken, "x", object{"allocationId": address, "instanceId": "i-0"}, "InvalidInstanceID.NotFound")
	c.refused(eipAssociationToken, "x", in.with(object{"allocationId": "eipalloc-05eed000000000001"}), "Resource.AlreadyAssociated")

	c.create(eipAssociationToken, "first", in)
	c.refused(eipAssociationToken, "x", in.with(object{"allowReassociation": false}), "Resource.AlreadyAssociated")
	other, _ := c.create(networkInterfaceToken, "other", object{"subnetId": seedPublicA})
	c.create(eipAssociationToken, "second", in.with(object{"networkInterfaceId": other}))
	assert.Len(t, c.account().All(eipAssociationToken), 1, "an address moves on")
	assert.Equal(t, other, c.state(eipToken, address).str("networkInterface"))
}

func TestAddressesRunOut(t *testing.T) {
	c := newTestCloud(t)
	in := object{"subnetId": c.aSubnet(c.aVpc(), "10.0.0.0/28", "a")}
	seen := map[string]bool{}
	for range 11 { // of 16, AWS keeps five
		_, state := c.create(networkInterfaceToken, "eni", in)
		assert.False(t, seen[state.str("privateIp")], state.str("privateIp"))
		seen[state.str("privateIp")] = true
	}
	c.refused(networkInterfaceToken, "eni", in, "InsufficientFreeAddressesInSubnet")
}
