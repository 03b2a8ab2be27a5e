package ec2

import (
	"github.com/portico-iac/portico/local/core"
)

// networkInterfaceType is a network interface. It keeps its address when its instance is
// replaced.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html *sourced*
func networkInterfaceType() core.Type {
	return core.Type{
		Token:    NetworkInterfaceToken,
		Inputs:   []string{"description", "privateIps", "securityGroups", "sourceDestCheck", "subnetId", "tags"},
		Defaults: core.Object{"sourceDestCheck": true},
		Keeps:    []string{"privateIps", "securityGroups"},
		Fills: core.Object{
			"attachments":     []any{},
			"interfaceType":   "interface",
			"ipv6Addresses":   []any{},
			"macAddress":      "06:{hex2}:{hex2}:{hex2}:{hex2}:{hex2}",
			"outpostArn":      "",
			"ownerId":         "{account}",
			"privateIpsCount": 0.0,
		},
		ID:         "eni-{hex17}",
		ARN:        "ec2:network-interface/{id}",
		References: []core.Reference{inSubnet(), inGroups("securityGroups")},
		InUse:      "InvalidParameterValue",
		// One address is a limit of the local AWS.
		Rules:  []core.Rule{core.AtMostItems(core.Unsupported, "privateIps", 1)},
		Create: createInterface,
		Update: updateInterface,
		Delete: removeInterface,
	}
}

// createInterface chooses an address and the VPC's default group where none is given.
func createInterface(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	subnet, _ := t.Get(SubnetToken, in.Str("subnetId"))
	groups := in.Strs("securityGroups")
	if len(groups) == 0 {
		vpc, _ := t.Get(VpcToken, subnet.Str("vpcId"))
		groups = []string{vpc.Str("defaultSecurityGroupId")}
	}
	if err := checkGroups(t, groups, subnet); err != nil {
		return nil, err
	}
	ip, err := freeAddress(t, subnet)
	if given := in.Strs("privateIps"); len(given) == 1 {
		ip, err = given[0], checkAddress(t, given[0], subnet)
	}
	if err != nil {
		return nil, err
	}
	return core.Object{
		"privateDnsName": privateDNS(t, ip),
		"privateIp":      ip,
		"privateIps":     core.List(ip),
		"securityGroups": core.List(groups...),
	}, nil
}

// updateInterface changes the groups of an interface. Its primary address cannot change.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html *sourced*
func updateInterface(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
	if given := in.Strs("privateIps"); len(given) == 1 && given[0] != old.Str("privateIp") {
		return nil, core.Refuse("InvalidParameterValue", "Primary private IP address %s cannot be unassigned", old.Str("privateIp"))
	}
	if !in.Has("securityGroups") {
		return nil, nil
	}
	return nil, changeGroups(t, id, in.Strs("securityGroups"))
}

// removeInterface refuses to delete the interface of an instance. An Elastic IP loses its
// association.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html *sourced*
func removeInterface(t *core.Tx, id string, state core.Object) error {
	if attachedTo(state) != "" {
		return core.Refuse("InvalidParameterValue", "Network interface '%s' is currently in use.", id)
	}
	disassociate(t, id)
	return nil
}

// primaryInterface is the interface given to an instance, or a new one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html *sourced*
func primaryInterface(t *core.Tx, instance string, in core.Object) (core.Object, error) {
	if given := in.Blocks("networkInterfaces"); len(given) > 0 {
		id := given[0].Str("networkInterfaceId")
		if eni, _ := t.Get(NetworkInterfaceToken, id); attachedTo(eni) != "" {
			return nil, core.Refuse("InvalidNetworkInterface.InUse", "Interface: [%s] in use.", id)
		}
		return attach(t, id, instance), nil
	}
	if !in.Has("subnetId") {
		return nil, core.Refuse("VPCIdNotSpecified", "No default VPC for this user")
	}
	settings := core.Object{}.With(core.Object{
		"securityGroups": in["vpcSecurityGroupIds"], "sourceDestCheck": in["sourceDestCheck"], "subnetId": in["subnetId"],
	})
	if in.Has("privateIp") {
		settings["privateIps"] = core.List(in.Str("privateIp"))
	}
	id, _, err := t.Create(NetworkInterfaceToken, settings)
	if err != nil {
		return nil, err
	}
	return attach(t, id, instance), nil
}

// attach attaches an interface, with any Elastic IP that it has, to an instance, or
// detaches it when instance is "".
func attach(t *core.Tx, interfaceID, instance string) core.Object {
	attachments := []any{}
	if instance != "" {
		attachments = []any{map[string]any{"attachmentId": t.NewID("eni-attach"), "deviceIndex": 0.0, "instance": instance}}
	}
	eni, _ := t.Get(NetworkInterfaceToken, interfaceID)
	eni = eni.With(core.Object{"attachments": attachments})
	t.Set(NetworkInterfaceToken, interfaceID, eni)
	for _, eip := range t.Where(EipToken, "networkInterface", interfaceID) {
		t.Set(EipToken, eip.Str("id"), eip.With(core.Object{"instance": instance}))
	}
	return eni
}

// attachedTo is the instance that has an interface; "" when none does.
func attachedTo(eni core.Object) string {
	for _, a := range eni.Blocks("attachments") {
		return a.Str("instance")
	}
	return ""
}
