package ec2

import (
	"github.com/portico-iac/portico/local/core"
)

// eipAssociationType gives an Elastic IP to a network interface or an instance.
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

// createAssociation takes an address from where it is, unless told not to, and
// gives it to an interface.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
func createAssociation(t *core.Tx, id string, in core.Object) (core.Object, error) {
	address, _ := t.Get(EipToken, in.Str("allocationId"))
	eni := interfaceFor(t, in.Str("instanceId"), in.Str("networkInterfaceId"))
	if len(t.Where(NatGatewayToken, "allocationId", address.Str("id"))) > 0 ||
		in.Has("allowReassociation") && !in.Bool("allowReassociation") {
		if err := unassociated(address); err != nil {
			return nil, err
		}
	}
	if err := reachable(t, eni); err != nil {
		return nil, err
	}
	disassociate(t, address.Str("networkInterface"))
	disassociate(t, eni.Str("id"))
	assigned := assignment(t, id, eni, address.Str("publicIp"))
	t.Set(EipToken, address.Str("id"), address.With(assigned))
	return core.Object{
		"instanceId":         assigned.Str("instance"),
		"networkInterfaceId": eni.Str("id"),
		"privateIpAddress":   eni.Str("privateIp"),
		"publicIp":           address.Str("publicIp"),
	}, nil
}

// assignment is what an Elastic IP shows that is given to an interface by an
// association; the instance that has the interface shows the address.
func assignment(t *core.Tx, association string, eni core.Object, publicIP string) core.Object {
	showAddress(t, eni.Str("id"), publicIP)
	return core.Object{
		"associationId":    association,
		"instance":         attachedTo(eni),
		"networkInterface": eni.Str("id"),
		"privateDns":       privateDNS(t.Region(), eni.Str("privateIp")),
		"privateIp":        eni.Str("privateIp"),
	}
}

// reachable is that the internet reaches the network of an interface that is to
// have a public address.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func reachable(t *core.Tx, eni core.Object) error {
	vpc := vpcOf(t, eni.Str("subnetId"))
	if !hasGateway(t, vpc) {
		return core.Refuse("Gateway.NotAttached", "Network %s is not attached to any internet gateway", vpc)
	}
	return nil
}

// interfaceFor is the interface that an address is for: the one given, or an
// instance's primary one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
func interfaceFor(t *core.Tx, instance, networkInterface string) core.Object {
	if state, ok := t.Get(InstanceToken, instance); ok {
		networkInterface = state.Str("primaryNetworkInterfaceId")
	}
	eni, _ := t.Get(NetworkInterfaceToken, networkInterface)
	return eni
}

// attachedTo is the instance that has an interface; "" when none does.
func attachedTo(eni core.Object) string {
	for _, a := range eni.Blocks("attachments") {
		return a.Str("instance")
	}
	return ""
}

// disassociate takes any Elastic IP off an interface; the association is gone
// with it.
func disassociate(t *core.Tx, interfaceID string) {
	if interfaceID == "" {
		return
	}
	for _, address := range t.Where(EipToken, "networkInterface", interfaceID) {
		for _, a := range t.Where(EipAssociationToken, "allocationId", address.Str("id")) {
			t.Drop(EipAssociationToken, a.Str("id"))
		}
		t.Set(EipToken, address.Str("id"), address.With(unassigned))
		showAddress(t, interfaceID, "")
	}
}

// showAddress makes the instance that has an interface show its public address.
func showAddress(t *core.Tx, interfaceID, ip string) {
	for _, instance := range t.Where(InstanceToken, "primaryNetworkInterfaceId", interfaceID) {
		t.Set(InstanceToken, instance.Str("id"), instance.With(shownAddress(t, ip)))
	}
}

// shownAddress is what an instance with a public address shows; "" is none.
func shownAddress(t *core.Tx, ip string) core.Object {
	if ip == "" {
		return core.Object{"publicIp": "", "publicDns": ""}
	}
	return core.Object{"publicIp": ip, "publicDns": publicDNS(t.Region(), ip)}
}

// instancePublicAddress is the public address that an instance starts with: the
// Elastic IP of the interface given to it, or one of AWS's where the instance or
// its subnet asks for it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html *sourced*
func instancePublicAddress(t *core.Tx, eni, subnet, in core.Object) core.Object {
	ip := ""
	for _, address := range t.Where(EipToken, "networkInterface", eni.Str("id")) {
		ip = address.Str("publicIp")
	}
	automatic := subnet.Bool("mapPublicIpOnLaunch")
	if in.Has("associatePublicIpAddress") {
		automatic = in.Bool("associatePublicIpAddress")
	}
	if ip == "" && automatic && !in.Has("networkInterfaces") {
		ip = publicIP(t)
	}
	out := shownAddress(t, ip)
	if !in.Has("associatePublicIpAddress") {
		out["associatePublicIpAddress"] = ip != ""
	}
	return out
}
