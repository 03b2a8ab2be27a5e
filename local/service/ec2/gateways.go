package ec2

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// internetGatewayType is an internet gateway. A VPC has at most one.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
func internetGatewayType() core.Type {
	return core.Type{
		Token:        InternetGatewayToken,
		Inputs:       []string{"tags", "vpcId"},
		Keeps:        []string{"vpcId"},
		ID:           "igw-{hex17}",
		ARN:          "ec2:internet-gateway/{id}",
		Fills:        core.Object{"ownerId": "{account}"},
		References:   []core.Reference{inVpc()},
		FreeToDelete: "routes to it become black holes",
		Unique: []core.Unique{{
			Inputs: []string{"vpcId"}, Code: "InvalidParameterValue",
			Message: "Network {vpcId} already has an internet gateway attached",
		}},
		Update: func(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
			if !in.Has("vpcId") || in.Str("vpcId") == old.Str("vpcId") {
				return nil, nil
			}
			return nil, detachable(t, id, old)
		},
		Delete: detachable,
	}
}

// detachable refuses to detach a gateway from a VPC with public addresses.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html *sourced*
func detachable(t *core.Tx, _ string, gateway core.Object) error {
	vpcID := gateway.Str("vpcId")
	if vpcID == "" {
		return nil
	}
	used := func(by string) error {
		return core.Refuse("DependencyViolation",
			"Network %s has some mapped public address(es): %s. Please unmap those public address(es) before detaching the gateway.",
			vpcID, by)
	}
	for _, lb := range t.Where(loadBalancerToken, "vpcId", vpcID) {
		if !lb.Bool("internal") {
			return used("the load balancer '" + lb.Str("name") + "'")
		}
	}
	for _, o := range append(t.All(NatGatewayToken), t.All(InstanceToken)...) {
		if o.Str("publicIp") != "" && vpcOf(t, o.Str("subnetId")) == vpcID {
			return used("the address of '" + o.Str("id") + "'")
		}
	}
	for _, eip := range t.All(EipToken) {
		eni, _ := t.Get(NetworkInterfaceToken, eip.Str("networkInterface"))
		if vpcOf(t, eni.Str("subnetId")) == vpcID {
			return used("the elastic IP '" + eip.Str("id") + "'")
		}
	}
	return nil
}

// natGatewayType is a NAT gateway: an address of its subnet and, for a public one, an
// Elastic IP.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html *sourced*
func natGatewayType() core.Type {
	return core.Type{
		Token:    NatGatewayToken,
		Inputs:   []string{"allocationId", "connectivityType", "subnetId", "tags"},
		Defaults: core.Object{"connectivityType": "public"},
		ID:       "nat-{hex17}",
		Fills: core.Object{
			"associationId": "", "publicIp": "",
			"secondaryPrivateIpAddressCount": 0.0, "secondaryPrivateIpAddresses": []any{},
		},
		References: []core.Reference{
			inSubnet(),
			{Input: "allocationId", To: []string{EipToken}, Code: "InvalidAllocationID.NotFound"},
		},
		FreeToDelete: "routes to it become black holes",
		Rules: []core.Rule{
			core.OneOf("InvalidParameterValue", "connectivityType", "public", "private"), natConnectivityRule,
		},
		Create: createNatGateway,
		Delete: func(t *core.Tx, _ string, state core.Object) error {
			disassociate(t, state.Str("networkInterfaceId"))
			return nil
		},
	}
}

// natConnectivityRule requires an Elastic IP for a public NAT gateway, and none for a
// private one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html *sourced*
func natConnectivityRule(in core.Object) *core.Refusal {
	kind, given := in.Str("connectivityType"), in.Has("allocationId")
	if kind == "public" && !given {
		return core.Invalid("MissingParameter", "allocationId", "is required for a public NAT gateway")
	}
	if kind == "private" && given {
		return core.Invalid("InvalidParameter", "allocationId", "is not supported for a private NAT gateway")
	}
	return nil
}

// createNatGateway makes a NAT gateway, unless the zone of its subnet has none.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html *sourced*
func createNatGateway(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	subnet, _ := t.Get(SubnetToken, in.Str("subnetId"))
	if region.ZoneNamed(t, subnet.Str("availabilityZone")).Refuses() {
		return nil, core.Refuse("NotAvailableInZone", "Nat Gateway is not available in this availability zone")
	}
	ip, err := freeAddress(t, subnet)
	if err != nil {
		return nil, err
	}
	eni := core.Object{"id": t.NewID("eni"), "privateIp": ip, "subnetId": in["subnetId"]}
	out := core.Object{"networkInterfaceId": eni["id"], "privateIp": ip}
	if !in.Has("allocationId") {
		return out, nil
	}
	address, _ := t.Get(EipToken, in.Str("allocationId"))
	if err := checkUnassociated(address); err != nil {
		return nil, err
	}
	assigned, err := associate(t, t.NewID("eipassoc"), address, eni)
	if err != nil {
		return nil, err
	}
	t.Set(EipToken, address.Str("id"), address.With(assigned))
	return out.With(core.Object{"associationId": assigned["associationId"], "publicIp": address["publicIp"]}), nil
}
