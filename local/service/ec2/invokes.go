package ec2

import (
	"fmt"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

func networkInvokes() []core.Function {
	return append(gatewayInvokes(), []core.Function{
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
			Inputs: []string{"cidrBlock", "default", "filters", "id", "state", "tags"},
		},
		{
			Token: "aws:ec2/getSubnet:getSubnet", Run: getSubnet,
			Inputs: []string{"availabilityZone", "availabilityZoneId", "cidrBlock", "filters", "id", "tags", "vpcId"},
		},
		{Token: "aws:ec2/getSubnets:getSubnets", Run: getSubnets},
		{Token: "aws:ec2/getSecurityGroup:getSecurityGroup", Run: getSecurityGroup},
		{Token: "aws:ec2/getSecurityGroups:getSecurityGroups", Run: getSecurityGroups},
		{Token: "aws:vpc/getSecurityGroupRules:getSecurityGroupRules", Run: getSecurityGroupRules},
		{Token: "aws:vpc/getSecurityGroupRule:getSecurityGroupRule", Run: getSecurityGroupRule},
	}...)
}

// Kinds of what can be looked up but is no type of resource.
const (
	groupRule  = "SecurityGroupRule" // inbound or outbound
	image      = "Image"
	prefixList = "ManagedPrefixList"
)

// filterNames are the filters of each type, with the path of what each compares.
// Tags are filtered by tag:KEY.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html *sourced*
var filterNames = map[string]map[string]string{
	VpcToken:    {"cidr": "cidrBlock", "cidr-block-association.cidr-block": "cidrBlock", "dhcp-options-id": "dhcpOptionsId", "owner-id": "ownerId", "state": "state", "vpc-id": "id"},
	SubnetToken: {"availability-zone": "availabilityZone", "availability-zone-id": "availabilityZoneId", "cidr-block": "cidrBlock", "map-public-ip-on-launch": "mapPublicIpOnLaunch", "subnet-id": "id", "vpc-id": "vpcId"},
	RouteTableToken: {
		"association.gateway-id": "associations.gatewayId", "association.main": "associations.main",
		"association.route-table-association-id": "associations.routeTableAssociationId",
		"association.route-table-id":             "associations.routeTableId", "association.subnet-id": "associations.subnetId",
		"owner-id": "ownerId", "route-table-id": "id", "route.destination-cidr-block": "routes.cidrBlock",
		"route.destination-ipv6-cidr-block": "routes.ipv6CidrBlock", "route.gateway-id": "routes.gatewayId",
		"route.nat-gateway-id": "routes.natGatewayId", "vpc-id": "vpcId",
	},
	InternetGatewayToken: {
		"attachment.state": "attachments.state", "attachment.vpc-id": "attachments.vpcId", "internet-gateway-id": "id",
		"owner-id": "ownerId",
	},
	NatGatewayToken: {"nat-gateway-id": "id", "state": "state", "subnet-id": "subnetId", "vpc-id": "vpcId"},
	VpcEndpointToken: {
		"service-name": "serviceName", "vpc-endpoint-id": "id", "vpc-endpoint-state": "state",
		"vpc-endpoint-type": "vpcEndpointType", "vpc-id": "vpcId",
	},
	SecurityGroupToken: {"description": "description", "group-id": "id", "group-name": "name", "vpc-id": "vpcId"},
	InstanceToken: {
		"availability-zone": "availabilityZone", "instance-id": "id", "instance-state-name": "instanceState",
		"instance-type": "instanceType", "ip-address": "publicIp", "private-ip-address": "privateIp", "subnet-id": "subnetId",
	},
	groupRule:  {"group-id": "securityGroupId", "security-group-rule-id": "id"},
	prefixList: {"prefix-list-id": "id", "prefix-list-name": "name"},
	image: {
		"architecture": "architecture", "image-id": "id", "name": "name", "owner-alias": "imageOwnerAlias",
		"root-device-type": "rootDeviceType", "state": "state", "virtualization-type": "virtualizationType",
	},
}

// find returns what has the properties and tags of a lookup, and passes its filters.
func find(token string, candidates []core.Object, in core.Object, properties ...string) ([]core.Object, error) {
	var out []core.Object
	for _, o := range candidates {
		ok, err := region.PassesFilters(in, filterValues(token, o, in))
		if err != nil {
			return nil, err
		}
		for _, p := range properties {
			ok = ok && (!in.Has(p) || o.Str(p) == in.Str(p))
		}
		if ok && core.HasTags(o, in.Block("tags")) {
			out = append(out, o)
		}
	}
	return out, nil
}

func filterValues(token string, o, in core.Object) map[string][]string {
	out := map[string][]string{}
	for name, path := range filterNames[token] {
		for _, v := range o.At(path) {
			out[name] = append(out[name], fmt.Sprint(v))
		}
		if out[name] == nil {
			out[name] = []string{} // a filter that is known and that nothing passes
		}
	}
	for _, f := range in.Blocks("filters") {
		if key, isTag := strings.CutPrefix(f.Str("name"), "tag:"); isTag {
			out[f.Str("name")] = []string{o.Block("tags").Str(key)}
		}
	}
	return out
}

// findOne is find for lookups that return a single result.
func findOne(token string, candidates []core.Object, in core.Object, properties ...string) (core.Object, error) {
	found, err := find(token, candidates, in, properties...)
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

func idsOf(found []core.Object) []any {
	out := []any{}
	for _, o := range found {
		out = append(out, o.Str("id"))
	}
	return out
}

func getManagedPrefixList(t *core.Tx, in core.Object) (core.Object, error) {
	l, err := findOne(prefixList, managedLists(t), in, "id", "name")
	return l.Without("cidrBlocks"), err
}

func getPrefixList(t *core.Tx, in core.Object) (core.Object, error) {
	l, err := findOne(prefixList, managedLists(t), in.With(core.Object{"id": in["prefixListId"]}), "id", "name")
	return core.Object{"id": l["id"], "name": l["name"], "cidrBlocks": l["cidrBlocks"]}, err
}

// managedLists are AWS's prefix lists in the form of the lookups.
func managedLists(t *core.Tx) []core.Object {
	var out []core.Object
	for _, l := range PrefixLists(t.Region()) {
		var entries []any
		for _, c := range l.CIDRs {
			entries = append(entries, map[string]any{"cidr": c, "description": ""})
		}
		out = append(out, core.Object{
			"addressFamily": l.Family, "entries": entries, "id": l.ID, "maxEntries": float64(l.Weight), "name": l.Name,
			"ownerId": "AWS", "version": 1.0, "tags": map[string]any{}, "cidrBlocks": core.List(l.CIDRs...),
			"arn": fmt.Sprintf("arn:aws:ec2:%s:aws:prefix-list/%s", t.Region(), l.ID),
		})
	}
	return out
}

func getVpc(t *core.Tx, in core.Object) (core.Object, error) {
	candidates := t.All(VpcToken)
	if in.Bool("default") {
		candidates = nil // no account of the local AWS has one
	}
	for i, o := range candidates {
		candidates[i] = o.With(core.Object{
			"default": false, "state": "available",
			"cidrBlockAssociations": []any{map[string]any{
				"associationId": "vpc-cidr-assoc-" + strings.TrimPrefix(o.Str("id"), "vpc-"), "cidrBlock": o["cidrBlock"],
				"state": "associated",
			}},
		})
	}
	return findOne(VpcToken, candidates, in, "cidrBlock", "id", "state")
}

func getSubnet(t *core.Tx, in core.Object) (core.Object, error) {
	o, err := findOne(SubnetToken, t.All(SubnetToken), in, "availabilityZone", "availabilityZoneId", "cidrBlock", "id", "vpcId")
	return o.With(core.Object{"defaultForAz": false, "state": "available"}), err
}

func getSubnets(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(SubnetToken, t.All(SubnetToken), in)
	return core.Object{"id": t.Region(), "ids": idsOf(found)}, err
}

func getSecurityGroup(t *core.Tx, in core.Object) (core.Object, error) {
	return findOne(SecurityGroupToken, t.All(SecurityGroupToken), in, "id", "name", "vpcId")
}

// getSecurityGroups returns no ids, and no error, when nothing matches.
// Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/security_groups *sourced*
func getSecurityGroups(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(SecurityGroupToken, t.All(SecurityGroupToken), in)
	out := core.Object{"id": t.Region(), "ids": idsOf(found), "arns": []any{}, "vpcIds": []any{}}
	for _, g := range found {
		out["arns"], out["vpcIds"] = append(out.List("arns"), g["arn"]), append(out.List("vpcIds"), g["vpcId"])
	}
	return out, err
}

func getSecurityGroupRules(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(groupRule, groupRules(t), in)
	return core.Object{"id": t.Region(), "ids": idsOf(found)}, err
}

// getSecurityGroupRule returns the ports of a rule for all protocols as -1, like EC2.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html *sourced*
func getSecurityGroupRule(t *core.Tx, in core.Object) (core.Object, error) {
	o, err := findOne(groupRule, groupRules(t), in.With(core.Object{"id": in["securityGroupRuleId"]}), "id")
	if err != nil {
		return nil, err
	}
	ports := core.Object{}
	if o.Str("ipProtocol") == "-1" {
		ports = core.Object{"fromPort": -1.0, "toPort": -1.0}
	}
	_, isEgress := t.Get(EgressRuleToken, o.Str("id"))
	return o.With(ports, core.Object{"isEgress": isEgress}), nil
}

func groupRules(t *core.Tx) []core.Object {
	return append(t.All(IngressRuleToken), t.All(EgressRuleToken)...)
}
