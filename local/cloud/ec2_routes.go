package cloud

import (
	"fmt"
	"hash/crc32"
	"net/netip"
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

func routeTableKind() kind {
	return kind{
		token:   routeTableToken,
		inputs:  ec2.RouteTableArgs{}.ElementType(),
		state:   reflect.TypeFor[ec2.RouteTable](),
		changes: map[string]change{"tags": updates, "vpcId": replaces},
		create: func(t *tx, in object) (string, object, error) {
			if _, err := t.mustExist(vpcToken, in.str("vpcId"), "InvalidVpcID.NotFound"); err != nil {
				return "", nil, err
			}
			id := t.newID("rtb")
			return id, object{
				"arn":             t.arn("ec2", "route-table/"+id),
				"ownerId":         t.accountID,
				"propagatingVgws": []any{},
				"routes":          []any{},
			}, nil
		},
		remove: removeRouteTable,
	}
}

// removeRouteTable refuses while a subnet uses the table. Its routes go with it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html *sourced*
func removeRouteTable(t *tx, id string, _ object) error {
	for _, token := range []string{routeTableAssociationToken, vpcEndpointToken} {
		property := "routeTableId"
		if token == vpcEndpointToken {
			property = "routeTableIds"
		}
		what := fmt.Sprintf("The routeTable '%s'", id)
		if err := t.inUse("DependencyViolation", what, token, property, id); err != nil {
			return err
		}
	}
	for _, r := range t.where(routeToken, "routeTableId", id) {
		t.drop(routeToken, r.str("id"))
	}
	return nil
}

// routeKind is one route of a route table.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
// *sourced*
func routeKind() kind {
	return kind{
		token:  routeToken,
		inputs: ec2.RouteArgs{}.ElementType(),
		state:  reflect.TypeFor[ec2.Route](),
		changes: map[string]change{
			"destinationCidrBlock":     replaces,
			"destinationIpv6CidrBlock": replaces,
			"gatewayId":                updates,
			"natGatewayId":             updates,
			"routeTableId":             replaces,
		},
		rules: []rule{
			exactlyOneOf("destinationCidrBlock", "destinationIpv6CidrBlock"),
			exactlyOneOf("gatewayId", "natGatewayId"),
			cidrRule("destinationCidrBlock", false), cidrRule("destinationIpv6CidrBlock", true),
		},
		create: createRoute,
		update: func(t *tx, _ string, _, in object) (object, error) {
			return nil, routable(t, in)
		},
	}
}

// cidrRule is the rule that a property, where it is known, is a CIDR block.
func cidrRule(property string, v6 bool) rule {
	return func(in object) *refusal {
		if !in.known(property) {
			return nil
		}
		_, fault := parseCidr(property, in.str(property), v6)
		return fault
	}
}

// createRoute adds a route to a table that has none to its destination.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
// *sourced*
func createRoute(t *tx, in object) (string, object, error) {
	if err := routable(t, in); err != nil {
		return "", nil, err
	}
	destination := in.str("destinationCidrBlock") + in.str("destinationIpv6CidrBlock")
	// The provider's own id: the table's, and the CRC-32 of the destination.
	id := fmt.Sprintf("r-%s%d", in.str("routeTableId"), crc32.ChecksumIEEE([]byte(destination)))
	if _, taken := t.get(routeToken, id); taken {
		return "", nil, refuse("RouteAlreadyExists", "The route identified by %s already exists.", destination)
	}
	return id, object{
		"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": "", "networkInterfaceId": "",
	}, nil
}

// routable is the rules of a route: its target is in the network of its table,
// and it leads out of the network's own block.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html *sourced*
func routable(t *tx, in object) error {
	table, err := t.mustExist(routeTableToken, in.str("routeTableId"), "InvalidRouteTableID.NotFound")
	if err != nil {
		return err
	}
	vpc, err := t.mustExist(vpcToken, table.str("vpcId"), "InvalidVpcID.NotFound")
	if err != nil {
		return err
	}
	if err := leavesNetwork(in.str("destinationCidrBlock"), vpc.str("cidrBlock")); err != nil {
		return err
	}
	target, err := t.vpcOfTarget(in)
	if err != nil {
		return err
	}
	if target != vpc.str("id") {
		return differentNetworks("route table "+table.str("id"), "network gateway "+in.str("gatewayId")+in.str("natGatewayId"))
	}
	return nil
}

// vpcOfTarget is the VPC of the gateway that a route leads to.
func (t *tx) vpcOfTarget(route object) (string, error) {
	if route.has("natGatewayId") {
		nat, err := t.mustExist(natGatewayToken, route.str("natGatewayId"), "InvalidNatGatewayID.NotFound")
		return t.vpcOf(nat.str("subnetId")), err
	}
	gateway, err := t.mustExist(internetGatewayToken, route.str("gatewayId"), "InvalidInternetGatewayID.NotFound")
	return gateway.str("vpcId"), err
}

// leavesNetwork is the rule that a route to a gateway is wider than its VPC: what
// is inside stays with the local route.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html *sourced*
func leavesNetwork(destination, vpcBlock string) error {
	if destination == "" {
		return nil // IPv6: the networks here have none
	}
	to := netip.MustParsePrefix(destination) // cidrRule has parsed it
	block, err := netip.ParsePrefix(vpcBlock)
	if err == nil && to.Bits() >= block.Bits() && block.Contains(to.Addr()) {
		return refuse("InvalidParameterValue",
			"The destination CIDR block %s is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.", to)
	}
	return nil
}

func routeTableAssociationKind() kind {
	return kind{
		token:    routeTableAssociationToken,
		inputs:   ec2.RouteTableAssociationArgs{}.ElementType(),
		state:    reflect.TypeFor[ec2.RouteTableAssociation](),
		required: []string{"subnetId"},
		changes:  map[string]change{"routeTableId": updates, "subnetId": replaces},
		create: func(t *tx, in object) (string, object, error) {
			id := t.newID("rtbassoc")
			return id, nil, associable(t, in)
		},
		update: func(t *tx, _ string, _, in object) (object, error) {
			return nil, sameNetwork(t, in)
		},
	}
}

// associable is the rule that a subnet is associated with one route table.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html *sourced*
func associable(t *tx, in object) error {
	if err := sameNetwork(t, in); err != nil {
		return err
	}
	if taken := t.where(routeTableAssociationToken, "subnetId", in.str("subnetId")); len(taken) > 0 {
		return refuse("Resource.AlreadyAssociated",
			"the specified association for route table %s conflicts with an existing association: %s of subnet %s",
			in.str("routeTableId"), taken[0].str("id"), in.str("subnetId"))
	}
	return nil
}

// sameNetwork is the rule that a subnet and its route table are of one VPC.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html *sourced*
func sameNetwork(t *tx, in object) error {
	table, err := t.mustExist(routeTableToken, in.str("routeTableId"), "InvalidRouteTableID.NotFound")
	if err != nil {
		return err
	}
	subnet, err := t.mustExist(subnetToken, in.str("subnetId"), "InvalidSubnetID.NotFound")
	if err != nil {
		return err
	}
	if table.str("vpcId") != subnet.str("vpcId") {
		return differentNetworks("route table "+table.str("id"), "subnet "+subnet.str("id"))
	}
	return nil
}
