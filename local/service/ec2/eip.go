package ec2

import (
	"github.com/portico-iac/portico/local/core"
)

// eipType is an Elastic IP. It may be released while an instance or an interface
// has it: the provider disassociates it first.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html *sourced*
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html *sourced* (on deletion)
func eipType() core.Type {
	return core.Type{
		Token:  EipToken,
		Inputs: []string{"domain", "instance", "networkInterface", "tags"},
		Keeps:  []string{"domain", "instance", "networkInterface"},
		ID:     "eipalloc-{hex17}",
		ARN:    "ec2:elastic-ip/{id}",
		Fills: unassigned.With(core.Object{
			"allocationId":       "{id}",
			"carrierIp":          "",
			"customerOwnedIp":    "",
			"domain":             "vpc",
			"networkBorderGroup": "{region}",
			"publicIpv4Pool":     "amazon",
			"vpc":                true,
		}),
		References: []core.Reference{
			{Input: "instance", To: []string{InstanceToken}, Code: "InvalidInstanceID.NotFound", Loose: true},
			{Input: "networkInterface", To: []string{NetworkInterfaceToken}, Code: "InvalidNetworkInterfaceID.NotFound", Loose: true},
		},
		InUse: "InvalidIPAddress.InUse",
		// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html *sourced*
		Quotas:     []core.Quota{{Most: 5, Code: "AddressLimitExceeded", Message: "The maximum number of addresses has been reached."}},
		Recomputes: map[string][]string{"instance": unassigned.Keys(), "networkInterface": unassigned.Keys()},
		Rules: []core.Rule{
			core.OneOf("InvalidParameterValue", "domain", "vpc"),
			// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
			core.NotBoth("InvalidParameterCombination", "instance", "networkInterface"),
		},
		Create: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			out := shownAddress(t, publicIP(t))
			assigned, err := assignEip(t, id, out, in)
			return out.With(assigned), err
		},
		Update: assignEip,
		Delete: func(t *core.Tx, _ string, state core.Object) error {
			disassociate(t, state.Str("networkInterface"))
			return nil
		},
	}
}

// unassigned are the outputs of an Elastic IP that is not associated.
var unassigned = core.Object{"associationId": "", "instance": "", "networkInterface": "", "privateDns": "", "privateIp": ""}

// assignEip associates an address with the instance or interface that the inputs
// name, unless it is there already.
func assignEip(t *core.Tx, _ string, old, in core.Object) (core.Object, error) {
	eni := interfaceFor(t, in.Str("instance"), in.Str("networkInterface"))
	if eni == nil || eni.Str("id") == old.Str("networkInterface") {
		return nil, nil
	}
	return associate(t, t.NewID("eipassoc"), old, eni)
}

// eipAssociationType associates an Elastic IP with a network interface or an
// instance.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
func eipAssociationType() core.Type {
	return core.Type{
		Token:  EipAssociationToken,
		Inputs: []string{"allocationId", "allowReassociation", "instanceId", "networkInterfaceId"},
		Keeps:  []string{"instanceId", "networkInterfaceId"},
		ID:     "eipassoc-{hex17}",
		References: []core.Reference{
			{Input: "allocationId", To: []string{EipToken}, Code: "InvalidAllocationID.NotFound", Loose: true},
			{Input: "instanceId", To: []string{InstanceToken}, Code: "InvalidInstanceID.NotFound", Loose: true},
			{Input: "networkInterfaceId", To: []string{NetworkInterfaceToken}, Code: "InvalidNetworkInterfaceID.NotFound", Loose: true},
		},
		FreeToDelete: "nothing refers to an association",
		Rules:        []core.Rule{core.ExactlyOneOf("instanceId", "networkInterfaceId")},
		Create:       createAssociation,
		Delete: func(t *core.Tx, _ string, state core.Object) error {
			disassociate(t, state.Str("networkInterfaceId"))
			return nil
		},
	}
}

// createAssociation moves an address from where it is, unless a NAT gateway has it or
// allowReassociation is false.
func createAssociation(t *core.Tx, id string, in core.Object) (core.Object, error) {
	address, _ := t.Get(EipToken, in.Str("allocationId"))
	if len(t.Where(NatGatewayToken, "allocationId", address.Str("id"))) > 0 ||
		in.Has("allowReassociation") && !in.Bool("allowReassociation") {
		if err := checkUnassociated(address); err != nil {
			return nil, err
		}
	}
	eni := interfaceFor(t, in.Str("instanceId"), in.Str("networkInterfaceId"))
	assigned, err := associate(t, id, address, eni)
	if err != nil {
		return nil, err
	}
	t.Set(EipToken, address.Str("id"), address.With(assigned))
	return core.Object{
		"instanceId":         assigned.Str("instance"),
		"networkInterfaceId": eni.Str("id"),
		"privateIpAddress":   eni.Str("privateIp"),
		"publicIp":           address.Str("publicIp"),
	}, nil
}

// checkUnassociated refuses an Elastic IP that is associated already.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func checkUnassociated(address core.Object) error {
	if address.Str("associationId") != "" {
		return core.Refuse("Resource.AlreadyAssociated", "Elastic IP address [%s] is already associated", address.Str("id"))
	}
	return nil
}

// interfaceFor is an instance's primary interface, or the interface given without an
// instance; nil when neither is given.
func interfaceFor(t *core.Tx, instance, networkInterface string) core.Object {
	if state, ok := t.Get(InstanceToken, instance); ok {
		networkInterface = state.Str("primaryNetworkInterfaceId")
	}
	eni, _ := t.Get(NetworkInterfaceToken, networkInterface)
	return eni
}

// associate moves an Elastic IP to an interface and returns its new outputs. Another
// address of the interface loses its association and stays allocated.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
func associate(t *core.Tx, association string, address, eni core.Object) (core.Object, error) {
	if vpc := vpcOf(t, eni.Str("subnetId")); len(t.Where(InternetGatewayToken, "vpcId", vpc)) == 0 {
		return nil, core.Refuse("Gateway.NotAttached", "Network %s is not attached to any internet gateway", vpc)
	}
	disassociate(t, address.Str("networkInterface"))
	disassociate(t, eni.Str("id"))
	showOnInstance(t, eni.Str("id"), shownAddress(t, address.Str("publicIp")))
	return core.Object{
		"associationId":    association,
		"instance":         attachedTo(eni),
		"networkInterface": eni.Str("id"),
		"privateDns":       privateDNS(t, eni.Str("privateIp")),
		"privateIp":        eni.Str("privateIp"),
	}, nil
}

// disassociate takes any Elastic IP off an interface and removes its association.
func disassociate(t *core.Tx, interfaceID string) {
	if interfaceID == "" {
		return
	}
	for _, address := range t.Where(EipToken, "networkInterface", interfaceID) {
		for _, a := range t.Where(EipAssociationToken, "allocationId", address.Str("id")) {
			t.Drop(EipAssociationToken, a.Str("id"))
		}
		t.Set(EipToken, address.Str("id"), address.With(unassigned))
		showOnInstance(t, interfaceID, shownAddress(t, ""))
	}
}
