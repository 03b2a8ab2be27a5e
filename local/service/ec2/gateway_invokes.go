package ec2

import (
	"errors"

	"github.com/portico-iac/portico/local/core"
)

// gatewayInvokes are the lookups of how a network is connected.
func gatewayInvokes() []core.Function {
	return []core.Function{
		{
			Token: "aws:ec2/getRouteTable:getRouteTable", Run: getRouteTable,
			Inputs: []string{"filters", "gatewayId", "routeTableId", "subnetId", "tags", "vpcId"},
		},
		{
			Token: "aws:ec2/getInternetGateway:getInternetGateway", Run: getInternetGateway,
			Inputs: []string{"filters", "internetGatewayId", "tags"},
		},
		{
			Token: "aws:ec2/getNatGateway:getNatGateway", Run: getNatGateway,
			Inputs: []string{"filters", "id", "state", "subnetId", "tags", "vpcId"},
		},
		{
			Token: "aws:ec2/getNatGateways:getNatGateways", Run: getNatGateways,
			Inputs: []string{"filters", "tags", "vpcId"},
		},
		{
			Token: "aws:ec2/getVpcEndpoint:getVpcEndpoint", Run: getVpcEndpoint,
			Inputs: []string{"filters", "id", "serviceName", "state", "tags", "vpcId"},
		},
		{
			Token: "aws:ec2/getVpcEndpointService:getVpcEndpointService", Run: getVpcEndpointService,
			Inputs: []string{"service", "serviceName", "serviceType"},
		},
	}
}

// asked tells whether a lookup names anything to look for.
func asked(in core.Object, arguments ...string) bool {
	for _, a := range arguments {
		if in.Has(a) && (in.Str(a) != "" || len(in.List(a)) > 0 || len(in.Block(a)) > 0) {
			return true
		}
	}
	return false
}

// getRouteTable finds a table by its own properties, or as the one associated with a
// subnet. A subnet without an association of its own uses the VPC's main table, which
// is found by the filter association.main, not by the subnet.
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/route_table *sourced*
func getRouteTable(t *core.Tx, in core.Object) (core.Object, error) {
	if !asked(in, "routeTableId", "vpcId", "subnetId", "gatewayId", "filters", "tags") {
		return nil, errors.New("one of route_table_id, vpc_id, subnet_id, gateway_id, filters, or tags must be assigned")
	}
	var tables []core.Object
	for _, table := range t.All(RouteTableToken) {
		table = lookedUpTable(t, table)
		for _, subnet := range table.StrsAt("associations.subnetId") {
			if subnet == in.Str("subnetId") {
				table["subnetId"] = subnet
			}
		}
		tables = append(tables, table)
	}
	found, err := find(RouteTableToken, tables, in, "gatewayId", "routeTableId", "subnetId", "vpcId")
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, errors.New("query returned no results. Please change your search criteria and try again")
	case len(found) > 1:
		return nil, errors.New("multiple Route Tables matched; use additional constraints to reduce matches to a single Route Table")
	}
	return found[0], nil
}

// lookedUpTable is a route table with its routes and associations. The route within the
// VPC and those of gateway endpoints are left out, as the real provider does.
func lookedUpTable(t *core.Tx, table core.Object) core.Object {
	id := table.Str("id")
	routes, associations := []any{}, []any{}
	for _, r := range t.Where(RouteToken, "routeTableId", id) {
		routes = append(routes, map[string]any{
			"cidrBlock": r.Str("destinationCidrBlock"), "ipv6CidrBlock": r.Str("destinationIpv6CidrBlock"),
			"gatewayId": r.Str("gatewayId"), "natGatewayId": r.Str("natGatewayId"),
		})
	}
	associate := func(association string, main bool, subnet string) {
		associations = append(associations, map[string]any{
			"gatewayId": "", "main": main, "routeTableAssociationId": association, "routeTableId": id, "subnetId": subnet,
		})
	}
	if vpc, _ := t.Get(VpcToken, table.Str("vpcId")); vpc.Str("mainRouteTableId") == id {
		associate("rtbassoc-"+id[len("rtb-"):], true, "")
	}
	for _, a := range t.Where(RouteTableAssociationToken, "routeTableId", id) {
		associate(a.Str("id"), false, a.Str("subnetId"))
	}
	return table.With(core.Object{
		"associations": associations, "gatewayId": "", "routeTableId": id, "routes": routes, "subnetId": "",
	})
}

// getInternetGateway finds an internet gateway, most often by the filter
// attachment.vpc-id.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html *sourced*
func getInternetGateway(t *core.Tx, in core.Object) (core.Object, error) {
	if !asked(in, "internetGatewayId", "filters", "tags") {
		return nil, errors.New("one of internet_gateway_id or filter or tags must be assigned")
	}
	var gateways []core.Object
	for _, g := range t.All(InternetGatewayToken) {
		attachments := []any{}
		if g.Str("vpcId") != "" {
			attachments = append(attachments, map[string]any{"state": "available", "vpcId": g["vpcId"]})
		}
		gateways = append(gateways, g.Without("vpcId").With(core.Object{
			"attachments": attachments, "internetGatewayId": g["id"], "ownerId": t.AccountID(),
		}))
	}
	return findOne(InternetGatewayToken, gateways, in, "internetGatewayId")
}

// natGateways are the NAT gateways in the form of the lookups.
func natGateways(t *core.Tx) []core.Object {
	var out []core.Object
	for _, g := range t.All(NatGatewayToken) {
		out = append(out, g.With(core.Object{
			"secondaryAllocationIds": []any{}, "state": "available", "vpcId": vpcOf(t, g.Str("subnetId")),
		}))
	}
	return out
}

// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html *sourced*
func getNatGateway(t *core.Tx, in core.Object) (core.Object, error) {
	return findOne(NatGatewayToken, natGateways(t), in, "id", "state", "subnetId", "vpcId")
}

// getNatGateways lists NAT gateways; that there are none is no error.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html *sourced*
func getNatGateways(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(NatGatewayToken, natGateways(t), in, "vpcId")
	return core.Object{"id": t.Region(), "ids": idsOf(found)}, err
}

// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html *sourced*
func getVpcEndpoint(t *core.Tx, in core.Object) (core.Object, error) {
	o, err := findOne(VpcEndpointToken, t.All(VpcEndpointToken), in, "id", "serviceName", "state", "vpcId")
	if err != nil {
		return nil, err
	}
	return o.With(core.Object{"dnsOptions": listOf(o.Block("dnsOptions"))}), nil
}

// listOf is the block of a resource as lookups return it, in a list.
func listOf(block core.Object) []any {
	if block == nil {
		return []any{}
	}
	return []any{map[string]any(block)}
}
