package cloud

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

// endpointServices are the services reached through VPC endpoints in every
// Region, each with the types of endpoint it offers.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html *sourced*
var endpointServices = map[string][]string{
	"dynamodb": {"Gateway", "Interface"},
	"s3":       {"Gateway", "Interface"},

	"ec2": {"Interface"}, "ec2messages": {"Interface"}, "ecr.api": {"Interface"}, "ecr.dkr": {"Interface"},
	"ecs": {"Interface"}, "ecs-agent": {"Interface"}, "ecs-telemetry": {"Interface"},
	"elasticloadbalancing": {"Interface"}, "kms": {"Interface"}, "logs": {"Interface"}, "monitoring": {"Interface"},
	"secretsmanager": {"Interface"}, "sns": {"Interface"}, "sqs": {"Interface"}, "ssm": {"Interface"},
	"ssmmessages": {"Interface"}, "sts": {"Interface"}, "xray": {"Interface"},
}

// fullAccess is the policy of an endpoint that was given none.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html *sourced*
const fullAccess = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`

// vpcEndpointKind is a way from a VPC to a service of AWS.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
// *sourced*
func vpcEndpointKind() kind {
	return kind{
		token:  vpcEndpointToken,
		inputs: ec2.VpcEndpointArgs{}.ElementType(),
		state:  reflect.TypeFor[ec2.VpcEndpoint](),
		changes: map[string]change{
			"policy":            updates,
			"privateDnsEnabled": updates,
			"routeTableIds":     updatesSetOnly,
			"securityGroupIds":  updatesSetOnly,
			"serviceName":       replaces,
			"subnetIds":         updatesSetOnly,
			"tags":              updates,
			"vpcEndpointType":   replaces,
			"vpcId":             replaces,
		},
		required: []string{"serviceName"},
		keeps:    []string{"policy", "privateDnsEnabled", "routeTableIds", "securityGroupIds", "subnetIds"},
		defaults: object{"vpcEndpointType": "Gateway"},
		rules: []rule{
			oneOf("InvalidParameterValue", "vpcEndpointType", "Gateway", "Interface"),
			endpointShapeRule,
		},
		overrides: sameDocument("policy"),
		create:    createVpcEndpoint,
		update:    updateVpcEndpoint,
	}
}

// endpointShapeRule is the rule that gateway endpoints go into route tables, and
// interface endpoints into subnets, behind security groups.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html *sourced*
// (that an interface endpoint needs a subnet is *inferred*: one without answers nothing)
func endpointShapeRule(in object) *refusal {
	foreign := []string{"subnetIds", "securityGroupIds", "privateDnsEnabled"}
	if in.str("vpcEndpointType") == "Interface" {
		foreign = []string{"routeTableIds"}
		if !in.has("subnetIds") || in.known("subnetIds") && len(in.list("subnetIds")) == 0 {
			return invalidf("InvalidParameter", "subnetIds", "must name at least one subnet of an interface endpoint")
		}
	}
	for _, p := range foreign {
		if in.has(p) && !same(in[p], nil, true) && in[p] != false {
			return invalidf("InvalidParameter", p, "is not supported by endpoints of type %s", in.str("vpcEndpointType"))
		}
	}
	return nil
}

func createVpcEndpoint(t *tx, in object) (string, object, error) {
	if _, err := t.mustExist(vpcToken, in.str("vpcId"), "InvalidVpcID.NotFound"); err != nil {
		return "", nil, err
	}
	service, err := endpointService(t.region, in.str("serviceName"), in.str("vpcEndpointType"))
	if err != nil {
		return "", nil, err
	}
	id := t.newID("vpce")
	out := object{
		"arn": t.arn("ec2", "vpc-endpoint/"+id), "ownerId": t.accountID,
		"requesterManaged": false, "serviceRegion": t.region, "state": "available",
		"dnsEntries": []any{}, "networkInterfaceIds": []any{}, "subnetIds": []any{}, "securityGroupIds": []any{},
		"routeTableIds": []any{}, "cidrBlocks": []any{}, "prefixListId": "",
		"dnsOptions": map[string]any{"dnsRecordIpType": "ipv4"},
	}.without(in.keys()...)
	if !in.has("policy") {
		out["policy"] = fullAccess
	}
	placed, err := placeEndpoint(t, id, service, in)
	return id, out.with(placed), err
}

func updateVpcEndpoint(t *tx, id string, old, in object) (object, error) {
	_, service, _ := strings.Cut(in.str("serviceName"), t.region+".")
	effective := in
	for _, key := range vpcEndpointKind().keeps {
		if !in.has(key) {
			effective = effective.with(object{key: old[key]})
		}
	}
	return placeEndpoint(t, id, service, effective)
}

// endpointService is the short name of a service that offers an endpoint of a
// type in a Region.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func endpointService(region, name, kind string) (string, error) {
	short, ok := strings.CutPrefix(name, "com.amazonaws."+region+".")
	offered := endpointServices[short]
	if !ok || offered == nil {
		return "", refuse("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", name)
	}
	if !slices.Contains(offered, kind) {
		return "", refuse("InvalidParameter", "Endpoint type (%s) does not match available service types ([%s]).",
			kind, strings.Join(offered, ", "))
	}
	return short, nil
}

// placeEndpoint puts an endpoint into its route tables or subnets.
func placeEndpoint(t *tx, id, service string, in object) (object, error) {
	if in.str("vpcEndpointType") == "Gateway" {
		return placeGatewayEndpoint(t, id, in)
	}
	if err := oneSubnetPerZone(t, in); err != nil {
		return nil, err
	}
	groups := in.strs("securityGroupIds")
	for _, g := range groups {
		if _, err := t.mustExist(securityGroupToken, g, "InvalidGroup.NotFound"); err != nil {
			return nil, err
		}
	}
	if err := privateDNSAllowed(t, id, in); err != nil {
		return nil, err
	}
	vpc, _ := t.get(vpcToken, in.str("vpcId"))
	out := object{
		"ipAddressType":     "ipv4",
		"privateDnsEnabled": in.boolean("privateDnsEnabled"),
		"dnsEntries": []any{map[string]any{
			"dnsName":      id + "." + service + "." + t.region + ".vpce.amazonaws.com",
			"hostedZoneId": "Z2E726K9Y6RL4W",
		}},
	}
	var interfaces []string
	for range in.strs("subnetIds") {
		interfaces = append(interfaces, t.newID("eni"))
	}
	out["networkInterfaceIds"] = list(interfaces...)
	if len(groups) == 0 { // the VPC's own, as for every interface that was given none
		out["securityGroupIds"] = list(vpc.str("defaultSecurityGroupId"))
	}
	return out, nil
}

// placeGatewayEndpoint is the rule that a route table has one route to a service.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html *sourced*
func placeGatewayEndpoint(t *tx, id string, in object) (object, error) {
	addresses, _ := prefixListWith(t.region, "", in.str("serviceName"))
	for _, table := range in.strs("routeTableIds") {
		state, err := t.mustExist(routeTableToken, table, "InvalidRouteTableId.NotFound")
		if err != nil {
			return nil, err
		}
		if state.str("vpcId") != in.str("vpcId") {
			return nil, differentNetworks("route table "+table, "endpoint of "+in.str("vpcId"))
		}
		for _, other := range t.where(vpcEndpointToken, "routeTableIds", table) {
			if other.str("id") != id && other.str("serviceName") == in.str("serviceName") {
				return nil, refuse("RouteAlreadyExists", "route table %s already has a route with destination-prefix-list-id %s",
					table, addresses.id)
			}
		}
	}
	return object{
		"prefixListId": addresses.id, "cidrBlocks": list(addresses.cidrs...), "privateDnsEnabled": false,
		"dnsOptions": map[string]any{"dnsRecordIpType": "service-defined"},
	}, nil
}

// oneSubnetPerZone is the rule that an interface endpoint has one subnet in each
// zone, all of its VPC.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html *sourced*
func oneSubnetPerZone(t *tx, in object) error {
	zones := map[string]bool{}
	for _, id := range in.strs("subnetIds") {
		subnet, err := t.mustExist(subnetToken, id, "InvalidSubnetId.NotFound")
		if err != nil {
			return err
		}
		if subnet.str("vpcId") != in.str("vpcId") {
			return differentNetworks("subnet "+id, "endpoint of "+in.str("vpcId"))
		}
		if zones[subnet.str("availabilityZone")] {
			return refuse("DuplicateSubnetsInSameZone",
				"Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.", id)
		}
		zones[subnet.str("availabilityZone")] = true
	}
	return nil
}

// privateDNSAllowed is the rules of private DNS names: the VPC resolves names,
// and no other endpoint answers for the service there.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html *sourced*
func privateDNSAllowed(t *tx, id string, in object) error {
	if !in.boolean("privateDnsEnabled") {
		return nil
	}
	vpc, _ := t.get(vpcToken, in.str("vpcId"))
	if !vpc.boolean("enableDnsSupport") || !vpc.boolean("enableDnsHostnames") {
		return refuse("InvalidParameter",
			"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s",
			in.str("vpcId"))
	}
	for _, other := range t.where(vpcEndpointToken, "vpcId", in.str("vpcId")) {
		if other.str("id") != id && other.boolean("privateDnsEnabled") && other.str("serviceName") == in.str("serviceName") {
			return refuse("InvalidParameter",
				"private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s",
				in.str("serviceName"), in.str("vpcId"))
		}
	}
	return nil
}
