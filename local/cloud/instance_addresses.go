package cloud

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

// eipAssociationKind gives an Elastic IP to a network interface or an instance.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
// *sourced*
func eipAssociationKind() kind {
	return kind{
		token:  eipAssociationToken,
		inputs: ec2.EipAssociationArgs{}.ElementType(),
		state:  reflect.TypeOf(ec2.EipAssociation{}),
		changes: map[string]change{
			"allocationId":       replaces,
			"allowReassociation": replaces,
			"instanceId":         replaces,
			"networkInterfaceId": replaces,
		},
		required: []string{"allocationId"},
		keeps:    []string{"instanceId", "networkInterfaceId"},
		rules:    []rule{exactlyOneOf("instanceId", "networkInterfaceId")},
		create:   createAssociation,
		remove: func(t *tx, _ string, state object) error {
			disassociate(t, state.str("networkInterfaceId"))
			return nil
		},
	}
}

// createAssociation takes an address from where it is, unless told not to, and
// gives it to an interface.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
// *sourced*
func createAssociation(t *tx, in object) (string, object, error) {
	address, err := t.mustExist(eipToken, in.str("allocationId"), "InvalidAllocationID.NotFound")
	if err != nil {
		return "", nil, err
	}
	eni, err := interfaceFor(t, in.str("instanceId"), in.str("networkInterfaceId"))
	if err != nil {
		return "", nil, err
	}
	if len(t.where(natGatewayToken, "allocationId", address.str("id"))) > 0 ||
		in.has("allowReassociation") && !in.boolean("allowReassociation") {
		if err := unassociated(address); err != nil {
			return "", nil, err
		}
	}
	if err := reachable(t, eni); err != nil {
		return "", nil, err
	}
	disassociate(t, address.str("networkInterface"))
	disassociate(t, eni.str("id"))
	assigned := assignment(t, eni, address.str("publicIp"))
	t.set(eipToken, address.str("id"), address.with(assigned))
	return assigned.str("associationId"), object{
		"instanceId":         assigned.str("instance"),
		"networkInterfaceId": eni.str("id"),
		"privateIpAddress":   eni.str("privateIp"),
		"publicIp":           address.str("publicIp"),
	}, nil
}

// assignment is what an Elastic IP shows that is given to an interface; the
// instance that has the interface shows the address.
func assignment(t *tx, eni object, publicIP string) object {
	showAddress(t, eni.str("id"), publicIP)
	return object{
		"associationId":    t.newID("eipassoc"),
		"instance":         attachedTo(eni),
		"networkInterface": eni.str("id"),
		"privateDns":       privateDNS(t.region, eni.str("privateIp")),
		"privateIp":        eni.str("privateIp"),
	}
}

// reachable is the rule that a public address is for networks that the internet
// reaches.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// *sourced*
func reachable(t *tx, eni object) error {
	vpc := t.vpcOf(eni.str("subnetId"))
	if _, ok := t.gatewayOf(vpc); !ok {
		return refuse("Gateway.NotAttached", "Network %s is not attached to any internet gateway", vpc)
	}
	return nil
}

// interfaceFor is the interface an address is for: the one given, or an
// instance's primary one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
// *sourced*
func interfaceFor(t *tx, instance, networkInterface string) (object, error) {
	if instance != "" {
		state, err := t.mustExist(instanceToken, instance, "InvalidInstanceID.NotFound")
		if err != nil {
			return nil, err
		}
		networkInterface = state.str("primaryNetworkInterfaceId")
	}
	return t.mustExist(networkInterfaceToken, networkInterface, "InvalidNetworkInterfaceID.NotFound")
}

// attachedTo is the instance that has an interface; "" when none does.
func attachedTo(eni object) string {
	for _, a := range eni.objects("attachments") {
		return a.str("instance")
	}
	return ""
}

// disassociate takes any Elastic IP off an interface; the association is gone
// with it.
func disassociate(t *tx, interfaceID string) {
	if interfaceID == "" {
		return
	}
	for _, address := range t.where(eipToken, "networkInterface", interfaceID) {
		for _, a := range t.where(eipAssociationToken, "allocationId", address.str("id")) {
			t.drop(eipAssociationToken, a.str("id"))
		}
		t.set(eipToken, address.str("id"), address.with(unassigned))
		showAddress(t, interfaceID, "")
	}
}

// showAddress makes the instance that has an interface show its public address.
func showAddress(t *tx, interfaceID, ip string) {
	for _, instance := range t.where(instanceToken, "primaryNetworkInterfaceId", interfaceID) {
		shown := object{"publicIp": ip, "publicDns": ""}
		if ip != "" {
			shown["publicDns"] = publicDNS(t.region, ip)
		}
		t.set(instanceToken, instance.str("id"), instance.with(shown))
	}
}

// hasElasticIP tells whether an interface has an Elastic IP.
func hasElasticIP(t *tx, interfaceID string) bool {
	return len(t.where(eipToken, "networkInterface", interfaceID)) > 0
}

// instancePublicAddress is the public address an instance starts with: the
// Elastic IP of the interface given to it, or one of AWS's where the instance or
// its subnet asks for it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
// *sourced*
func instancePublicAddress(t *tx, eni, subnet, in object) object {
	ip := ""
	for _, address := range t.where(eipToken, "networkInterface", eni.str("id")) {
		ip = address.str("publicIp")
	}
	automatic := subnet.boolean("mapPublicIpOnLaunch")
	if in.has("associatePublicIpAddress") {
		automatic = in.boolean("associatePublicIpAddress")
	}
	if ip == "" && automatic && !in.has("networkInterfaces") {
		ip = t.publicIP()
	}
	out := object{"associatePublicIpAddress": ip != "", "publicDns": "", "publicIp": ip}
	if ip != "" {
		out["publicDns"] = publicDNS(t.region, ip)
	}
	if in.has("associatePublicIpAddress") {
		delete(out, "associatePublicIpAddress")
	}
	return out
}
