package cloud

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
)

func ec2Invokes() []invoke {
	return []invoke{
		{token: "aws:ec2/getManagedPrefixList:getManagedPrefixList", run: getManagedPrefixList,
			inputs: reflect.TypeFor[ec2.LookupManagedPrefixListArgs](), supported: []string{"filters", "id", "name"}},
		{token: "aws:ec2/getPrefixList:getPrefixList", run: getPrefixList,
			inputs: reflect.TypeFor[ec2.GetPrefixListArgs](), supported: []string{"filters", "name", "prefixListId"}},
		{token: "aws:ec2/getVpc:getVpc", run: getVpc,
			inputs: reflect.TypeFor[ec2.LookupVpcArgs](), supported: []string{"cidrBlock", "default", "filters", "id", "tags"}},
		{token: "aws:ec2/getSubnet:getSubnet", run: getSubnet,
			inputs:    reflect.TypeFor[ec2.LookupSubnetArgs](),
			supported: []string{"availabilityZone", "availabilityZoneId", "cidrBlock", "filters", "id", "tags", "vpcId"}},
		{token: "aws:ec2/getSubnets:getSubnets", run: getSubnets, inputs: reflect.TypeFor[ec2.GetSubnetsArgs]()},
		{token: "aws:ec2/getRouteTable:getRouteTable", run: getRouteTable,
			inputs:    reflect.TypeFor[ec2.LookupRouteTableArgs](),
			supported: []string{"filters", "routeTableId", "subnetId", "tags", "vpcId"}},
		{token: "aws:ec2/getSecurityGroup:getSecurityGroup", run: getSecurityGroup,
			inputs: reflect.TypeFor[ec2.LookupSecurityGroupArgs]()},
		{token: "aws:vpc/getSecurityGroupRules:getSecurityGroupRules", run: getSecurityGroupRules,
			inputs: reflect.TypeFor[vpc.GetSecurityGroupRulesArgs]()},
		{token: "aws:vpc/getSecurityGroupRule:getSecurityGroupRule", run: getSecurityGroupRule,
			inputs: reflect.TypeFor[vpc.GetSecurityGroupRuleArgs]()},
	}
}

// filterNames are the filters known for each type, with the property that each
// looks at. Tags are filtered by tag:KEY.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html *sourced*
var filterNames = map[string]map[string]string{
	vpcToken:    {"cidr": "cidrBlock", "vpc-id": "id"},
	subnetToken: {"availability-zone": "availabilityZone", "availability-zone-id": "availabilityZoneId", "cidr-block": "cidrBlock", "map-public-ip-on-launch": "mapPublicIpOnLaunch", "subnet-id": "id", "vpc-id": "vpcId"},
	routeTableToken: {
		"route-table-id": "id", "vpc-id": "vpcId",
	},
	securityGroupToken: {"description": "description", "group-id": "id", "group-name": "name", "vpc-id": "vpcId"},
	instanceToken: {
		"availability-zone": "availabilityZone", "instance-id": "id", "instance-state-name": "instanceState",
		"instance-type": "instanceType", "ip-address": "publicIp", "private-ip-address": "privateIp", "subnet-id": "subnetId",
	},
	ingressRuleToken: {"group-id": "securityGroupId", "security-group-rule-id": "id"},
	egressRuleToken:  {"group-id": "securityGroupId", "security-group-rule-id": "id"},
}

// find are the resources of a type with the properties, tags and filters given.
func (t *tx) find(token string, in object, properties ...string) ([]object, error) {
	var out []object
	for _, o := range t.all(token) {
		ok, err := passes(token, o, in)
		if err != nil {
			return nil, err
		}
		for _, p := range properties {
			ok = ok && (!in.has(p) || o.str(p) == in.str(p))
		}
		if ok {
			out = append(out, o)
		}
	}
	return out, nil
}

// passes tells whether a resource passes filters and has tags.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
// *sourced*, the wording inferred
func passes(token string, o, in object) (bool, error) {
	for key, value := range in.object("tags") {
		if o.object("tags").str(key) != value {
			return false, nil
		}
	}
	for _, f := range in.objects("filters") {
		key, isTag := strings.CutPrefix(f.str("name"), "tag:")
		property, known := filterNames[token][f.str("name")]
		if !isTag && !known {
			return false, refuse("InvalidParameterValue", "The filter '%s' is invalid", f.str("name"))
		}
		actual := o.object("tags").str(key)
		if known {
			actual = fmt.Sprint(o[property])
		}
		if !slices.Contains(f.strs("values"), actual) {
			return false, nil
		}
	}
	return true, nil
}

// theOnly is the one resource that a lookup of a single one found.
func theOnly(found []object, err error, token string) (object, error) {
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, fmt.Errorf("no matching EC2 %s found", noun(token))
	case len(found) > 1:
		return nil, fmt.Errorf("multiple EC2 %ss matched; use additional constraints to reduce matches to a single EC2 %s",
			noun(token), noun(token))
	}
	return found[0], nil
}

// idsOf are the ids of resources.
func idsOf(found []object) []string {
	var out []string
	for _, o := range found {
		out = append(out, o.str("id"))
	}
	return out
}

// listNamed is the prefix list that a lookup names by id, name or filter.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html
// *sourced*, the wording inferred
func listNamed(region, id, name string, filters []object) (prefixList, error) {
	for _, f := range filters {
		values := append(f.strs("values"), "")
		switch f.str("name") {
		case "prefix-list-name":
			name = values[0]
		case "prefix-list-id":
			id = values[0]
		default:
			return prefixList{}, refuse("InvalidParameterValue", "The filter '%s' is invalid", f.str("name"))
		}
	}
	l, ok := prefixListWith(region, id, name)
	if !ok {
		return prefixList{}, fmt.Errorf("no matching EC2 Prefix List found: %s%s", id, name)
	}
	return l, nil
}

func getManagedPrefixList(t *tx, in object) (object, error) {
	l, err := listNamed(t.region, in.str("id"), in.str("name"), in.objects("filters"))
	if err != nil {
		return nil, err
	}
	var entries []any
	for _, c := range l.cidrs {
		entries = append(entries, map[string]any{"cidr": c, "description": ""})
	}
	return object{
		"addressFamily": l.family, "entries": entries, "id": l.id, "maxEntries": float64(l.weight), "name": l.name,
		"ownerId": "AWS", "version": 1.0, "tags": map[string]any{},
		"arn": fmt.Sprintf("arn:aws:ec2:%s:aws:prefix-list/%s", t.region, l.id),
	}, nil
}

func getPrefixList(t *tx, in object) (object, error) {
	l, err := listNamed(t.region, in.str("prefixListId"), in.str("name"), in.objects("filters"))
	if err != nil {
		return nil, err
	}
	return object{"id": l.id, "name": l.name, "cidrBlocks": list(l.cidrs...)}, nil
}

func getVpc(t *tx, in object) (object, error) {
	if in.boolean("default") {
		return theOnly(nil, nil, vpcToken) // accounts here have no default VPC
	}
	found, err := t.find(vpcToken, in, "cidrBlock", "id")
	o, err := theOnly(found, err, vpcToken)
	return o.with(object{"default": false, "state": "available"}), err
}

func getSubnet(t *tx, in object) (object, error) {
	found, err := t.find(subnetToken, in, "availabilityZone", "availabilityZoneId", "cidrBlock", "id", "vpcId")
	o, err := theOnly(found, err, subnetToken)
	return o.with(object{"defaultForAz": false, "state": "available"}), err
}

func getSubnets(t *tx, in object) (object, error) {
	found, err := t.find(subnetToken, in)
	return object{"id": t.region, "ids": list(idsOf(found)...)}, err
}

// getRouteTable finds a table by its id, or by a subnet: the one associated with
// it, without which the subnet would use the main one, which is not found.
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/route_table *sourced*
func getRouteTable(t *tx, in object) (object, error) {
	by := in
	if in.has("routeTableId") {
		by = by.with(object{"id": in["routeTableId"]})
	}
	found, err := t.find(routeTableToken, by, "id", "vpcId")
	if in.has("subnetId") {
		found = slices.DeleteFunc(found, func(o object) bool { return !t.isAssociated(o.str("id"), in.str("subnetId")) })
	}
	o, err := theOnly(found, err, routeTableToken)
	if err != nil {
		return nil, err
	}
	id := o.str("id")
	var routes, associations []any
	for _, r := range t.where(routeToken, "routeTableId", id) {
		routes = append(routes, map[string]any{
			"cidrBlock": r.str("destinationCidrBlock"), "ipv6CidrBlock": r.str("destinationIpv6CidrBlock"),
			"gatewayId": r.str("gatewayId"), "natGatewayId": r.str("natGatewayId"),
		})
	}
	for _, a := range t.where(routeTableAssociationToken, "routeTableId", id) {
		associations = append(associations, map[string]any{
			"main": false, "routeTableAssociationId": a.str("id"), "routeTableId": id, "subnetId": a.str("subnetId"),
		})
	}
	return o.with(object{"routeTableId": id, "routes": routes, "associations": associations}), nil
}

func (t *tx) isAssociated(table, subnet string) bool {
	for _, a := range t.where(routeTableAssociationToken, "routeTableId", table) {
		if a.str("subnetId") == subnet {
			return true
		}
	}
	return false
}

func getSecurityGroup(t *tx, in object) (object, error) {
	found, err := t.find(securityGroupToken, in, "id", "name", "vpcId")
	return theOnly(found, err, securityGroupToken)
}

func getSecurityGroupRules(t *tx, in object) (object, error) {
	inbound, err := t.find(ingressRuleToken, in)
	if err != nil {
		return nil, err
	}
	outbound, err := t.find(egressRuleToken, in)
	return object{"id": t.region, "ids": list(idsOf(append(inbound, outbound...))...)}, err
}

// getSecurityGroupRule reports a rule about all protocols with the ports -1, as
// EC2 does.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html *sourced*
func getSecurityGroupRule(t *tx, in object) (object, error) {
	by := in
	if in.has("securityGroupRuleId") {
		by = by.with(object{"id": in["securityGroupRuleId"]})
	}
	inbound, err := t.find(ingressRuleToken, by, "id")
	if err != nil {
		return nil, err
	}
	outbound, err := t.find(egressRuleToken, by, "id")
	o, err := theOnly(append(inbound, outbound...), err, ingressRuleToken)
	if err != nil {
		return nil, err
	}
	ports := object{}
	if o.str("ipProtocol") == "-1" {
		ports = object{"fromPort": -1.0, "toPort": -1.0}
	}
	return o.with(ports, object{"isEgress": len(outbound) > 0}), nil
}
