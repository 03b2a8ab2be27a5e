package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What AWS says no to in corners that no other test comes to.
func TestRareRefusals(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.aVpc()
	subnet := c.aSubnet(vpc, "10.0.0.0/24", "a")
	c.refused(natGatewayToken, "n", object{"subnetId": subnet, "connectivityType": "secret"}, "connectivityType must be public or private")
	group := c.aGroup(vpc, "g")
	for _, description := range []string{strings.Repeat("x", 256), "tasks' group"} {
		c.refused(ingressRuleToken, "r", object{
			"securityGroupId": group, "cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1", "description": description,
		}, "description must be at most 255 characters")
	}
	assert.ErrorContains(t, c.tryDelete(securityGroupToken, c.state(vpcToken, vpc).str("defaultSecurityGroupId")), "CannotDelete")
	c.refused(loadBalancerToken, "b", object{"subnets": list()}, "Missing required argument")
	_, err := c.invoke("aws:ec2/getPrefixList:getPrefixList", object{"filters": []any{map[string]any{"name": "x", "values": list("y")}}})
	assert.ErrorContains(t, err, "InvalidParameterValue: The filter 'x' is invalid")
	assert.Contains(t, c.faultsOf(loadBalancerToken, object{"subnets": []any{"a", nil}}), "a list must not hold null")
}

// What cannot change in place is refused where the diff says that it can.
func TestRareRefusalsOfUpdates(t *testing.T) {
	c := newTestCloud(t)
	in := object{"subnetId": seedPublicA, "privateIps": list("10.20.0.50")}
	eni, _ := c.create(networkInterfaceToken, "e", in)
	_, err := c.tryUpdate(networkInterfaceToken, eni, in.with(object{"privateIps": list("10.20.0.51")}))
	assert.ErrorContains(t, err, "Primary private IP address 10.20.0.50 cannot be unassigned")

	balancer, _ := c.create(loadBalancerToken, "b", balancerInputs(object{"internal": true}))
	vpc := c.aVpc()
	elsewhere := list(c.aSubnet(vpc, "10.0.0.0/24", "a"), c.aSubnet(vpc, "10.0.1.0/24", "c"))
	_, err = c.tryUpdate(loadBalancerToken, balancer, object{"subnets": elsewhere, "internal": true})
	assert.ErrorContains(t, err, "InvalidConfigurationRequest")
}

// An internet gateway stays while an instance of its VPC has a public address,
// its own or an Elastic one.
func TestGatewayStaysWhileAddressesNeedIt(t *testing.T) {
	c := newTestCloud(t)
	vpc, gateway, subnet := c.aPublicNetwork()
	instance, _ := c.create(instanceToken, "i", instanceInputs(object{"subnetId": subnet, "associatePublicIpAddress": true}))
	assert.ErrorContains(t, c.tryDelete(internetGatewayToken, gateway), "the instance '"+instance+"'")
	c.delete(instanceToken, instance)

	eni, _ := c.create(networkInterfaceToken, "e", object{"subnetId": subnet})
	address, _ := c.create(eipToken, "a", object{"networkInterface": eni})
	assert.ErrorContains(t, c.tryDelete(internetGatewayToken, gateway), "the elastic IP '"+address+"'")
	_, err := c.tryUpdate(internetGatewayToken, gateway, object{"vpcId": c.aSecondVpc()})
	assert.ErrorContains(t, err, "DependencyViolation: Network "+vpc)
	c.delete(eipToken, address)
	c.delete(networkInterfaceToken, eni)
	c.delete(internetGatewayToken, gateway)
}

// aSecondVpc makes another VPC.
func (c *testCloud) aSecondVpc() string {
	c.t.Helper()
	id, _ := c.create(vpcToken, "second", object{"cidrBlock": "10.1.0.0/16"})
	return id
}
