package ec2_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// Rules, routes and associations are deleted with the group, table or subnet that
// they belong to.
func TestDeletedTogether(t *testing.T) {
	c := cloudtest.New(t)
	gone := func(token, id string) {
		c.Change(func(tx *core.Tx) {
			_, found := tx.Get(token, id)
			assert.False(t, found, "%s %s", token, id)
		})
	}
	vpc := c.Vpc()
	group := c.SecurityGroup(vpc, "web")
	rule, _ := c.Create(ec2.IngressRuleToken, "own", core.Object{
		"securityGroupId": group, "referencedSecurityGroupId": group, "ipProtocol": "-1",
	})
	c.Delete(ec2.SecurityGroupToken, group)
	gone(ec2.IngressRuleToken, rule)

	gateway, _ := c.Create(ec2.InternetGatewayToken, "gateway", core.Object{"vpcId": vpc})
	table, _ := c.Create(ec2.RouteTableToken, "table", core.Object{"vpcId": vpc})
	route, _ := c.Create(ec2.RouteToken, "route", core.Object{
		"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway,
	})
	subnet, _ := c.Create(ec2.SubnetToken, "subnet", core.Object{"vpcId": vpc, "cidrBlock": "10.0.200.0/24"})
	association, _ := c.Create(ec2.RouteTableAssociationToken, "association", core.Object{"routeTableId": table, "subnetId": subnet})
	c.Delete(ec2.SubnetToken, subnet)
	gone(ec2.RouteTableAssociationToken, association)
	c.Delete(ec2.RouteTableToken, table)
	gone(ec2.RouteToken, route)
}
