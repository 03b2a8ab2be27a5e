package ec2_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
)

const (
	getRouteTableToken      = "aws:ec2/getRouteTable:getRouteTable"
	getInternetGatewayToken = "aws:ec2/getInternetGateway:getInternetGateway"
	getNatGatewayToken      = "aws:ec2/getNatGateway:getNatGateway"
	getNatGatewaysToken     = "aws:ec2/getNatGateways:getNatGateways"
	getVpcEndpointToken     = "aws:ec2/getVpcEndpoint:getVpcEndpoint"
)

// by are filters of a lookup, each for one value.
func by(filters map[string]string) []any {
	out := []any{}
	for name, value := range filters {
		out = append(out, map[string]any{"name": name, "values": core.List(value)})
	}
	return out
}

func TestRouteTableOfASubnet(t *testing.T) {
	c := cloudtest.New(t)
	for subnet, want := range map[string]struct {
		table string
		route core.Object
	}{
		cloudtest.EndpointsPublicA:  {cloudtest.EndpointsPublicTable, core.Object{"gatewayId": cloudtest.EndpointsGateway, "natGatewayId": ""}},
		cloudtest.EndpointsPrivateC: {cloudtest.EndpointsPrivateTable, core.Object{"gatewayId": "", "natGatewayId": cloudtest.EndpointsNat}},
		cloudtest.UnroutedA:         {cloudtest.UnroutedTable, nil},
	} {
		got := c.Call(getRouteTableToken, core.Object{"subnetId": subnet})
		assert.Equal(t, want.table, got.Str("routeTableId"))
		assert.Equal(t, subnet, got.Str("subnetId"))
		assert.Contains(t, got.StrsAt("associations.subnetId"), subnet)
		if want.route == nil {
			assert.Empty(t, got.List("routes"), "the route within the VPC is not among them")
			continue
		}
		require.Len(t, got.Blocks("routes"), 1)
		route := got.Blocks("routes")[0]
		assert.Equal(t, core.Object{"cidrBlock": "0.0.0.0/0", "ipv6CidrBlock": ""}.With(want.route), route)
	}
}

// A subnet without an association uses the main table, which no subnet finds.
func TestMainRouteTable(t *testing.T) {
	c := cloudtest.New(t)
	_, err := c.TryCall(getRouteTableToken, core.Object{"subnetId": cloudtest.UnroutedC})
	require.ErrorContains(t, err, "query returned no results. Please change your search criteria and try again")

	main := c.Call(getRouteTableToken, core.Object{"vpcId": cloudtest.UnroutedVpc, "filters": by(map[string]string{"association.main": "true"})})
	assert.Equal(t, cloudtest.UnroutedMainTable, main.Str("routeTableId"))
	require.Len(t, main.Blocks("associations"), 1)
	assert.True(t, main.Blocks("associations")[0].Bool("main"))
	assert.Equal(t, main.Str("id"), c.Call("aws:ec2/getVpc:getVpc", core.Object{"id": cloudtest.UnroutedVpc}).Str("mainRouteTableId"))

	routed := c.Call(getRouteTableToken, core.Object{"filters": by(map[string]string{"route.nat-gateway-id": cloudtest.EndpointsNat})})
	assert.Equal(t, cloudtest.EndpointsPrivateTable, routed.Str("id"))
	for why, in := range map[string]core.Object{
		"multiple Route Tables matched": {"vpcId": cloudtest.UnroutedVpc},
		"one of route_table_id, vpc_id, subnet_id, gateway_id, filters, or tags must be assigned": {},
	} {
		_, err := c.TryCall(getRouteTableToken, in)
		assert.ErrorContains(t, err, why)
	}
}

func TestInternetGatewayLookup(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Vpc()
	found := c.Call(getInternetGatewayToken, core.Object{"filters": by(map[string]string{"attachment.vpc-id": cloudtest.EndpointsVpc})})
	assert.Equal(t, cloudtest.EndpointsGateway, found.Str("internetGatewayId"))
	assert.Equal(t, []any{map[string]any{"state": "available", "vpcId": cloudtest.EndpointsVpc}}, found.List("attachments"))
	for why, in := range map[string]core.Object{
		"no matching EC2 internet gateway found":                        {"filters": by(map[string]string{"attachment.vpc-id": vpc})},
		"one of internet_gateway_id or filter or tags must be assigned": {},
	} {
		_, err := c.TryCall(getInternetGatewayToken, in)
		assert.ErrorContains(t, err, why)
	}
}

func TestNatGatewayLookups(t *testing.T) {
	c := cloudtest.New(t)
	assert.Equal(t, []string{cloudtest.EndpointsNat}, c.Call(getNatGatewaysToken, core.Object{"vpcId": cloudtest.EndpointsVpc}).Strs("ids"))
	assert.Empty(t, c.Call(getNatGatewaysToken, core.Object{"vpcId": cloudtest.UnroutedVpc}).Strs("ids"), "none is no error")
	assert.Len(t, c.Call(getNatGatewaysToken, core.Object{"filters": by(map[string]string{"state": "available"})}).Strs("ids"), 2)

	one := c.Call(getNatGatewayToken, core.Object{"subnetId": cloudtest.EndpointsPublicA, "state": "available"})
	assert.Equal(t, cloudtest.EndpointsNat, one.Str("id"))
	assert.Equal(t, cloudtest.EndpointsVpc, one.Str("vpcId"))
	assert.Equal(t, "public", one.Str("connectivityType"))
	_, err := c.TryCall(getNatGatewayToken, core.Object{"vpcId": cloudtest.UnroutedVpc})
	assert.ErrorContains(t, err, "no matching EC2 nat gateway found")
}

func TestVpcEndpointLookup(t *testing.T) {
	c := cloudtest.New(t)
	ask := func(service, vpc string) core.Object {
		return core.Object{"vpcId": vpc, "serviceName": "com.amazonaws.ap-northeast-1." + service}
	}
	logs := c.Call(getVpcEndpointToken, ask("logs", cloudtest.EndpointsVpc))
	assert.Equal(t, "Interface", logs.Str("vpcEndpointType"))
	assert.True(t, logs.Bool("privateDnsEnabled"))
	assert.Equal(t, []string{cloudtest.EndpointsGroup}, logs.Strs("securityGroupIds"))
	assert.Equal(t, []string{cloudtest.EndpointsPrivateA, cloudtest.EndpointsPrivateC}, logs.Strs("subnetIds"))
	assert.Equal(t, []any{map[string]any{"dnsRecordIpType": "ipv4"}}, logs.List("dnsOptions"))

	s3 := c.Call(getVpcEndpointToken, ask("s3", cloudtest.EndpointsVpc).With(core.Object{"state": "available"}))
	assert.Equal(t, "Gateway", s3.Str("vpcEndpointType"))
	assert.Equal(t, []string{cloudtest.EndpointsPrivateTable}, s3.Strs("routeTableIds"))
	list := c.Call("aws:ec2/getPrefixList:getPrefixList", core.Object{"name": "com.amazonaws.ap-northeast-1.s3"})
	assert.Equal(t, list.Str("id"), s3.Str("prefixListId"))

	_, err := c.TryCall(getVpcEndpointToken, ask("logs", cloudtest.SeededVpc))
	assert.ErrorContains(t, err, "no matching EC2 vpc endpoint found")
}

func TestVpcLookup(t *testing.T) {
	c := cloudtest.New(t)
	for id, hostnames := range map[string]bool{cloudtest.EndpointsVpc: true, cloudtest.UnroutedVpc: false} {
		vpc := c.Call("aws:ec2/getVpc:getVpc", core.Object{"id": id, "state": "available"})
		assert.True(t, vpc.Bool("enableDnsSupport"))
		assert.Equal(t, hostnames, vpc.Bool("enableDnsHostnames"))
		assert.Equal(t, []string{vpc.Str("cidrBlock")}, vpc.StrsAt("cidrBlockAssociations.cidrBlock"))
	}
}
