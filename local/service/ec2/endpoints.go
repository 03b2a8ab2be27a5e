package ec2

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// endpointServices are the services that have VPC endpoints in every Region, with the
// types of endpoint that each offers.
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

// fullAccess is the default policy of an endpoint.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html *sourced*
const fullAccess = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`

// vpcEndpointType is a private connection from a VPC to a service of AWS.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html *sourced*
func vpcEndpointType() core.Type {
	return core.Type{
		Token: VpcEndpointToken,
		Inputs: []string{
			"policy", "privateDnsEnabled", "routeTableIds", "securityGroupIds", "serviceName", "subnetIds", "tags",
			"vpcEndpointType", "vpcId",
		},
		Keeps:    []string{"policy", "privateDnsEnabled", "routeTableIds", "securityGroupIds", "subnetIds"},
		Defaults: core.Object{"vpcEndpointType": "Gateway"},
		ID:       "vpce-{hex17}",
		ARN:      "ec2:vpc-endpoint/{id}",
		Fills: core.Object{
			"ownerId": "{account}", "requesterManaged": false, "serviceRegion": "{region}", "state": "available",
			"dnsEntries": []any{}, "networkInterfaceIds": []any{}, "subnetIds": []any{}, "securityGroupIds": []any{},
			"routeTableIds": []any{}, "cidrBlocks": []any{}, "prefixListId": "", "policy": fullAccess,
			"privateDnsEnabled": false,
		},
		References: []core.Reference{
			inVpc(), toEndpointService(), inGroups("securityGroupIds"),
			{Input: "routeTableIds", To: []string{RouteTableToken}, Code: "InvalidRouteTableId.NotFound"},
			{Input: "subnetIds", To: []string{SubnetToken}, Code: "InvalidSubnetId.NotFound"},
		},
		FreeToDelete: "nothing refers to an endpoint",
		Recomputes:   map[string][]string{"subnetIds": {"networkInterfaceIds"}},
		Rules: []core.Rule{
			core.OneOf("InvalidParameterValue", "vpcEndpointType", "Gateway", "Interface"),
			endpointShapeRule,
		},
		Same:   map[string]func(was, is any) bool{"policy": core.SameJSON},
		Create: createVpcEndpoint,
		Update: updateVpcEndpoint,
	}
}

// endpointShapeRule allows route tables to gateway endpoints only, subnets and security
// groups to interface endpoints only.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html *sourced*
// (that an interface endpoint needs a subnet is *inferred*: one without answers nothing)
func endpointShapeRule(in core.Object) *core.Refusal {
	if in.Pending("vpcEndpointType") {
		return nil
	}
	foreign := []string{"subnetIds", "securityGroupIds", "privateDnsEnabled"}
	if in.Str("vpcEndpointType") == "Interface" {
		foreign = []string{"routeTableIds"}
		if !in.Has("subnetIds") || in.Known("subnetIds") && len(in.List("subnetIds")) == 0 {
			return core.Invalid("InvalidParameter", "subnetIds", "must name at least one subnet of an interface endpoint")
		}
	}
	for _, p := range foreign {
		if len(in.List(p)) > 0 || in.Bool(p) {
			return core.Invalid("InvalidParameter", p, "is not supported by endpoints of type %s", in.Str("vpcEndpointType"))
		}
	}
	return nil
}

// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func toEndpointService() core.Reference {
	return core.Reference{
		Input: "serviceName", Code: "InvalidServiceName",
		Exists: func(t *core.Tx, name string) bool { return endpointServices[shortName(t, name)] != nil },
		Message: func(_ *core.Tx, name string) string {
			return fmt.Sprintf("The Vpc Endpoint Service '%s' does not exist", name)
		},
	}
}

// shortName is the last part of the name of a service of this Region, such as "s3"; ""
// for other names.
func shortName(t *core.Tx, service string) string {
	if short, ours := strings.CutPrefix(service, "com.amazonaws."+t.Region()+"."); ours {
		return short
	}
	return ""
}

// createVpcEndpoint requires the type of an endpoint to be one that its service offers.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func createVpcEndpoint(t *core.Tx, id string, in core.Object) (core.Object, error) {
	kind, offered := in.Str("vpcEndpointType"), endpointServices[shortName(t, in.Str("serviceName"))]
	if !slices.Contains(offered, kind) {
		return nil, core.Refuse("InvalidParameter", "Endpoint type (%s) does not match available service types ([%s]).",
			kind, strings.Join(offered, ", "))
	}
	if err := checkEndpoint(t, id, in); err != nil {
		return nil, err
	}
	if kind == "Gateway" {
		addresses, _ := PrefixListWith(t.Region(), "", in.Str("serviceName"))
		return core.Object{
			"prefixListId": addresses.ID, "cidrBlocks": core.List(addresses.CIDRs...),
			"dnsOptions": map[string]any{"dnsRecordIpType": "service-defined"},
		}, nil
	}
	out := core.Object{
		"ipAddressType": "ipv4",
		"dnsEntries": []any{map[string]any{
			"dnsName":      id + "." + shortName(t, in.Str("serviceName")) + "." + t.Region() + ".vpce.amazonaws.com",
			"hostedZoneId": "Z2E726K9Y6RL4W",
		}},
		"dnsOptions":          map[string]any{"dnsRecordIpType": "ipv4"},
		"networkInterfaceIds": endpointInterfaces(t, in),
	}
	if len(in.Strs("securityGroupIds")) == 0 {
		vpc, _ := t.Get(VpcToken, in.Str("vpcId"))
		out["securityGroupIds"] = core.List(vpc.Str("defaultSecurityGroupId"))
	}
	return out, nil
}

func updateVpcEndpoint(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
	wanted := old.With(in)
	out := core.Object{}
	if !core.Equal(old["subnetIds"], wanted["subnetIds"], true) {
		out["networkInterfaceIds"] = endpointInterfaces(t, wanted)
	}
	return out, checkEndpoint(t, id, wanted)
}

// endpointInterfaces are the ids of new network interfaces, one in each subnet.
func endpointInterfaces(t *core.Tx, in core.Object) []any {
	var out []any
	for range in.Strs("subnetIds") {
		out = append(out, t.NewID("eni"))
	}
	return out
}

// checkEndpoint has the rules of both types: what only the other type has is empty.
func checkEndpoint(t *core.Tx, id string, in core.Object) error {
	return errors.Join(oneRoutePerService(t, id, in), oneSubnetPerZone(t, in), privateDNSAllowed(t, id, in))
}

// oneRoutePerService requires route tables to be in the endpoint's VPC, and to have one
// route to a service.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html *sourced*
func oneRoutePerService(t *core.Tx, id string, in core.Object) error {
	for _, table := range in.Strs("routeTableIds") {
		state, _ := t.Get(RouteTableToken, table)
		if state.Str("vpcId") != in.Str("vpcId") {
			return differentNetworks("route table "+table, "endpoint of "+in.Str("vpcId"))
		}
		for _, other := range t.Where(VpcEndpointToken, "routeTableIds", table) {
			if other.Str("id") != id && other.Str("serviceName") == in.Str("serviceName") {
				return core.Refuse("RouteAlreadyExists", "route table %s already has a route with destination-prefix-list-id %s",
					table, other.Str("prefixListId"))
			}
		}
	}
	return nil
}

// oneSubnetPerZone requires the subnets of an interface endpoint to be in its VPC, each
// in another zone.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html *sourced*
func oneSubnetPerZone(t *core.Tx, in core.Object) error {
	zones := map[string]bool{}
	for _, id := range in.Strs("subnetIds") {
		subnet, _ := t.Get(SubnetToken, id)
		if subnet.Str("vpcId") != in.Str("vpcId") {
			return differentNetworks("subnet "+id, "endpoint of "+in.Str("vpcId"))
		}
		if zones[subnet.Str("availabilityZone")] {
			return core.Refuse("DuplicateSubnetsInSameZone",
				"Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.", id)
		}
		zones[subnet.Str("availabilityZone")] = true
	}
	return nil
}

// privateDNSAllowed requires DNS to be enabled in the VPC of private DNS names, and no
// other endpoint there to have them for the service.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html *sourced*
func privateDNSAllowed(t *core.Tx, id string, in core.Object) error {
	if !in.Bool("privateDnsEnabled") {
		return nil
	}
	vpc, _ := t.Get(VpcToken, in.Str("vpcId"))
	if !vpc.Bool("enableDnsSupport") || !vpc.Bool("enableDnsHostnames") {
		return core.Refuse("InvalidParameter",
			"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s",
			in.Str("vpcId"))
	}
	for _, other := range t.Where(VpcEndpointToken, "vpcId", in.Str("vpcId")) {
		if other.Str("id") != id && other.Bool("privateDnsEnabled") && other.Str("serviceName") == in.Str("serviceName") {
			return core.Refuse("InvalidParameter",
				"private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s",
				in.Str("serviceName"), in.Str("vpcId"))
		}
	}
	return nil
}
