package ec2

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"net/netip"

	"github.com/portico-iac/portico/local/core"
)

// routeTableType is a route table of a VPC. It is deleted with its routes.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html *sourced*
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html *sourced* (on deletion)
func routeTableType() core.Type {
	return core.Type{
		Token:      RouteTableToken,
		Inputs:     []string{"tags", "vpcId"},
		ID:         "rtb-{hex17}",
		ARN:        "ec2:route-table/{id}",
		Fills:      core.Object{"ownerId": "{account}", "propagatingVgws": []any{}, "routes": []any{}},
		References: []core.Reference{inVpc()},
		InUse:      "DependencyViolation",
	}
}

// routeType is a route of a route table.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html *sourced*
func routeType() core.Type {
	return core.Type{
		Token: RouteToken,
		Inputs: []string{
			"destinationCidrBlock", "destinationIpv6CidrBlock", "gatewayId", "natGatewayId", "routeTableId",
		},
		Fills: core.Object{
			"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": "", "networkInterfaceId": "",
		},
		References: []core.Reference{
			{Input: "routeTableId", To: []string{RouteTableToken}, Code: "InvalidRouteTableID.NotFound", Cascades: true},
			{Input: "gatewayId", To: []string{InternetGatewayToken}, Code: "InvalidInternetGatewayID.NotFound", Loose: true},
			{Input: "natGatewayId", To: []string{NatGatewayToken}, Code: "InvalidNatGatewayID.NotFound", Loose: true},
		},
		FreeToDelete: "nothing refers to a route",
		Rules: []core.Rule{
			core.ExactlyOneOf("destinationCidrBlock", "destinationIpv6CidrBlock"),
			core.ExactlyOneOf("gatewayId", "natGatewayId"),
			cidrRule("destinationCidrBlock", "IPv4"), cidrRule("destinationIpv6CidrBlock", "IPv6"),
		},
		// The provider's own id: the table's, and the CRC-32 of the destination.
		NewID: func(t *core.Tx, in core.Object) (string, error) {
			id := fmt.Sprintf("r-%s%d", in.Str("routeTableId"), crc32.ChecksumIEEE([]byte(destinationOf(in))))
			if _, taken := t.Get(RouteToken, id); taken {
				return "", core.Refuse("RouteAlreadyExists", "The route identified by %s already exists.", destinationOf(in))
			}
			return id, nil
		},
		Apply: routable,
	}
}

// destinationOf is the destination of a route, of either family.
func destinationOf(route core.Object) string {
	return route.Str("destinationCidrBlock") + route.Str("destinationIpv6CidrBlock")
}

// routable requires the target of a route to be in the VPC of its table.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html *sourced*
func routable(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	table, _ := t.Get(RouteTableToken, in.Str("routeTableId"))
	vpc, _ := t.Get(VpcToken, table.Str("vpcId"))
	gateway, _ := t.Get(InternetGatewayToken, in.Str("gatewayId"))
	nat, _ := t.Get(NatGatewayToken, in.Str("natGatewayId"))
	if cmp.Or(gateway.Str("vpcId"), vpcOf(t, nat.Str("subnetId"))) != vpc.Str("id") {
		return nil, differentNetworks("route table "+table.Str("id"), "network gateway "+in.Str("gatewayId")+in.Str("natGatewayId"))
	}
	return nil, leavesNetwork(in, vpc)
}

// leavesNetwork refuses a route to a gateway for a part of the VPC's own block.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html *sourced*
func leavesNetwork(route, vpc core.Object) error {
	to := netip.MustParsePrefix(destinationOf(route)) // cidrRule has parsed it
	whole := vpc.Str("cidrBlock")
	if to.Addr().Is6() {
		whole = vpc.Str("ipv6CidrBlock")
	}
	block, err := netip.ParsePrefix(whole)
	if err == nil && to.Bits() >= block.Bits() && block.Contains(to.Addr()) {
		return core.Refuse("InvalidParameterValue",
			"The destination CIDR block %s is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.", to)
	}
	return nil
}

// routeTableAssociationType associates a subnet with a route table. A subnet has one.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html *sourced*
func routeTableAssociationType() core.Type {
	return core.Type{
		Token:  RouteTableAssociationToken,
		Inputs: []string{"routeTableId", "subnetId"},
		ID:     "rtbassoc-{hex17}",
		References: []core.Reference{
			{Input: "routeTableId", To: []string{RouteTableToken}, Code: "InvalidRouteTableID.NotFound"},
			{Input: "subnetId", To: []string{SubnetToken}, Code: "InvalidSubnetID.NotFound", Cascades: true},
		},
		FreeToDelete: "the subnet falls back to the main table",
		Unique: []core.Unique{{
			Inputs: []string{"subnetId"}, Code: "Resource.AlreadyAssociated",
			Message: "the specified association for route table {routeTableId} conflicts with an existing association of subnet {subnetId}",
		}},
		Apply: sameNetwork,
	}
}

// sameNetwork requires a subnet and its route table to be in one VPC.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html *sourced*
func sameNetwork(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	table, _ := t.Get(RouteTableToken, in.Str("routeTableId"))
	if table.Str("vpcId") != vpcOf(t, in.Str("subnetId")) {
		return nil, differentNetworks("route table "+in.Str("routeTableId"), "subnet "+in.Str("subnetId"))
	}
	return nil, nil
}
