package ec2

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

func networkInvokes() []core.Function {
	return []core.Function{
		{
			Token: "aws:ec2/getManagedPrefixList:getManagedPrefixList", Run: getManagedPrefixList,
			Inputs: []string{"filters", "id", "name"},
		},
		{
			Token: "aws:ec2/getPrefixList:getPrefixList", Run: getPrefixList,
			Inputs: []string{"filters", "name", "prefixListId"},
		},
		{
			Token: "aws:ec2/getVpc:getVpc", Run: getVpc,
			Inputs: []string{"cidrBlock", "default", "filters", "id", "tags"},
		},
		{
			Token: "aws:ec2/getSubnet:getSubnet", Run: getSubnet,
			Inputs: []string{"availabilityZone", "availabilityZoneId", "cidrBlock", "filters", "id", "tags", "vpcId"},
		},
		{
			Token: "aws:ec2/getRouteTable:getRouteTable", Run: getRouteTable,
			Inputs: []string{"filters", "routeTableId", "subnetId", "tags", "vpcId"},
		},
		{Token: "aws:ec2/getSubnets:getSubnets", Run: getSubnets},
		{Token: "aws:ec2/getSecurityGroup:getSecurityGroup", Run: getSecurityGroup},
		{Token: "aws:vpc/getSecurityGroupRules:getSecurityGroupRules", Run: getSecurityGroupRules},
		{Token: "aws:vpc/getSecurityGroupRule:getSecurityGroupRule", Run: getSecurityGroupRule},
	}
}

// filterNames are the filters known for each type, with the property that each
// looks at. Tags are filtered by tag:KEY.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html *sourced*
var filterNames = map[string]map[string]string{
	VpcToken:           {"cidr": "cidrBlock", "vpc-id": "id"},
	SubnetToken:        {"availability-zone": "availabilityZone", "availability-zone-id": "availabilityZoneId", "cidr-block": "cidrBlock", "map-public-ip-on-launch": "mapPublicIpOnLaunch", "subnet-id": "id", "vpc-id": "vpcId"},
	RouteTableToken:    {"route-table-id": "id", "vpc-id": "vpcId"},
	SecurityGroupToken: {"description": "description", "group-id": "id", "group-name": "name", "vpc-id": "vpcId"},
	InstanceToken: {
		"availability-zone": "availabilityZone", "instance-id": "id", "instance-state-name": "instanceState",
		"instance-type": "instanceType", "ip-address": "publicIp", "private-ip-address": "privateIp", "subnet-id": "subnetId",
	},
	IngressRuleToken: {"group-id": "securityGroupId", "security-group-rule-id": "id"},
	EgressRuleToken:  {"group-id": "securityGroupId", "security-group-rule-id": "id"},
}

// find are the resources of a type with the properties, tags and filters given.
func find(t *core.Tx, token string, in core.Object, properties ...string) ([]core.Object, error) {
	var out []core.Object
	for _, o := range t.All(token) {
		ok, err := passes(token, o, in)
		if err != nil {
			return nil, err
		}
		for _, p := range properties {
			ok = ok && (!in.Has(p) || o.Str(p) == in.Str(p))
		}
		if ok {
			out = append(out, o)
		}
	}
	return out, nil
}

// passes tells whether a resource passes filters and has tags.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html *sourced*, the wording inferred
func passes(token string, o, in core.Object) (bool, error) {
	for key, value := range in.Block("tags") {
		if o.Block("tags").Str(key) != value {
			return false, nil
		}
	}
	for _, f := range in.Blocks("filters") {
		key, isTag := strings.CutPrefix(f.Str("name"), "tag:")
		property, known := filterNames[token][f.Str("name")]
		if !isTag && !known {
			return false, core.Refuse("InvalidParameterValue", "The filter '%s' is invalid", f.Str("name"))
		}
		actual := o.Block("tags").Str(key)
		if known {
			actual = fmt.Sprint(o[property])
		}
		if !slices.Contains(f.Strs("values"), actual) {
			return false, nil
		}
	}
	return true, nil
}

// theOnly is the one resource that a lookup of a single one found.
func theOnly(found []core.Object, err error, token string) (core.Object, error) {
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, fmt.Errorf("no matching EC2 %s found", core.Noun(token))
	case len(found) > 1:
		return nil, fmt.Errorf("multiple EC2 %ss matched; use additional constraints to reduce matches to a single EC2 %s",
			core.Noun(token), core.Noun(token))
	}
	return found[0], nil
}

// idsOf are the ids of resources.
func idsOf(found []core.Object) []string {
	var out []string
	for _, o := range found {
		out = append(out, o.Str("id"))
	}
	return out
}

// listNamed is the prefix list that a lookup names by id, name or filter.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html *sourced*, the wording inferred
func listNamed(region, id, name string, filters []core.Object) (PrefixList, error) {
	for _, f := range filters {
		values := append(f.Strs("values"), "")
		switch f.Str("name") {
		case "prefix-list-name":
			name = values[0]
		case "prefix-list-id":
			id = values[0]
		default:
			return PrefixList{}, core.Refuse("InvalidParameterValue", "The filter '%s' is invalid", f.Str("name"))
		}
	}
	l, ok := PrefixListWith(region, id, name)
	if !ok {
		return PrefixList{}, fmt.Errorf("no matching EC2 Prefix List found: %s%s", id, name)
	}
	return l, nil
}

func getManagedPrefixList(t *core.Tx, in core.Object) (core.Object, error) {
	l, err := listNamed(t.Region(), in.Str("id"), in.Str("name"), in.Blocks("filters"))
	if err != nil {
		return nil, err
	}
	var entries []any
	for _, c := range l.CIDRs {
		entries = append(entries, map[string]any{"cidr": c, "description": ""})
	}
	return core.Object{
		"addressFamily": l.Family, "entries": entries, "id": l.ID, "maxEntries": float64(l.Weight), "name": l.Name,
		"ownerId": "AWS", "version": 1.0, "tags": map[string]any{},
		"arn": fmt.Sprintf("arn:aws:ec2:%s:aws:prefix-list/%s", t.Region(), l.ID),
	}, nil
}

func getPrefixList(t *core.Tx, in core.Object) (core.Object, error) {
	l, err := listNamed(t.Region(), in.Str("prefixListId"), in.Str("name"), in.Blocks("filters"))
	if err != nil {
		return nil, err
	}
	return core.Object{"id": l.ID, "name": l.Name, "cidrBlocks": core.List(l.CIDRs...)}, nil
}

func getVpc(t *core.Tx, in core.Object) (core.Object, error) {
	if in.Bool("default") {
		return theOnly(nil, nil, VpcToken) // no account of the local AWS has one
	}
	found, err := find(t, VpcToken, in, "cidrBlock", "id")
	o, err := theOnly(found, err, VpcToken)
	return o.With(core.Object{"default": false, "state": "available"}), err
}

func getSubnet(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(t, SubnetToken, in, "availabilityZone", "availabilityZoneId", "cidrBlock", "id", "vpcId")
	o, err := theOnly(found, err, SubnetToken)
	return o.With(core.Object{"defaultForAz": false, "state": "available"}), err
}

func getSubnets(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(t, SubnetToken, in)
	return core.Object{"id": t.Region(), "ids": core.List(idsOf(found)...)}, err
}

// getRouteTable finds a table by its id, or by a subnet: the one associated with
// it, without which the subnet would use the main one, which is not found.
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/route_table *sourced*
func getRouteTable(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(t, RouteTableToken, in.With(core.Object{"id": in["routeTableId"]}), "id", "vpcId")
	if in.Has("subnetId") {
		used := ""
		for _, a := range t.Where(RouteTableAssociationToken, "subnetId", in.Str("subnetId")) {
			used = a.Str("routeTableId")
		}
		found = slices.DeleteFunc(found, func(o core.Object) bool { return o.Str("id") != used })
	}
	o, err := theOnly(found, err, RouteTableToken)
	if err != nil {
		return nil, err
	}
	id := o.Str("id")
	var routes, associations []any
	for _, r := range t.Where(RouteToken, "routeTableId", id) {
		routes = append(routes, map[string]any{
			"cidrBlock": r.Str("destinationCidrBlock"), "ipv6CidrBlock": r.Str("destinationIpv6CidrBlock"),
			"gatewayId": r.Str("gatewayId"), "natGatewayId": r.Str("natGatewayId"),
		})
	}
	for _, a := range t.Where(RouteTableAssociationToken, "routeTableId", id) {
		associations = append(associations, map[string]any{
			"main": false, "routeTableAssociationId": a.Str("id"), "routeTableId": id, "subnetId": a.Str("subnetId"),
		})
	}
	return o.With(core.Object{"routeTableId": id, "routes": routes, "associations": associations}), nil
}

func getSecurityGroup(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(t, SecurityGroupToken, in, "id", "name", "vpcId")
	return theOnly(found, err, SecurityGroupToken)
}

func getSecurityGroupRules(t *core.Tx, in core.Object) (core.Object, error) {
	inbound, err := find(t, IngressRuleToken, in)
	if err != nil {
		return nil, err
	}
	outbound, err := find(t, EgressRuleToken, in)
	return core.Object{"id": t.Region(), "ids": core.List(idsOf(append(inbound, outbound...))...)}, err
}

// getSecurityGroupRule reports a rule about all protocols with the ports -1, as
// EC2 does.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html *sourced*
func getSecurityGroupRule(t *core.Tx, in core.Object) (core.Object, error) {
	by := in.With(core.Object{"id": in["securityGroupRuleId"]})
	inbound, err := find(t, IngressRuleToken, by, "id")
	if err != nil {
		return nil, err
	}
	outbound, err := find(t, EgressRuleToken, by, "id")
	o, err := theOnly(append(inbound, outbound...), err, IngressRuleToken)
	if err != nil {
		return nil, err
	}
	ports := core.Object{}
	if o.Str("ipProtocol") == "-1" {
		ports = core.Object{"fromPort": -1.0, "toPort": -1.0}
	}
	return o.With(ports, core.Object{"isEgress": len(outbound) > 0}), nil
}
