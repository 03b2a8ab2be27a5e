package ec2

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// networkInterfaceType is a network interface of its own, which keeps its address
// while instances come and go.
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

// createInterface gives an interface its address, given or chosen, and its groups,
// given or the VPC's default one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html *sourced*
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
	ip, err := interfaceAddress(t, in, subnet)
	if err != nil {
		return nil, err
	}
	return core.Object{
		"privateDnsName": privateDNS(t.Region(), ip),
		"privateIp":      ip,
		"privateIps":     core.List(ip),
		"securityGroups": core.List(groups...),
	}, nil
}

// interfaceAddress is the address of a new interface: the one given, or one that
// is free.
func interfaceAddress(t *core.Tx, in, subnet core.Object) (string, error) {
	if given := in.Strs("privateIps"); len(given) == 1 {
		return given[0], checkAddress(t, given[0], subnet)
	}
	return freeAddress(t, subnet)
}

// freeAddress is an address of a subnet that nothing has yet.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func freeAddress(t *core.Tx, subnet core.Object) (string, error) {
	block, err := netip.ParsePrefix(subnet.Str("cidrBlock"))
	if err != nil {
		return "", fmt.Errorf("reading the block of %s: %w", subnet.Str("id"), err)
	}
	for range 1 << (32 - block.Bits()) {
		if ip := privateIP(t, subnet); !isTaken(t, subnet, ip) {
			return ip, nil
		}
	}
	return "", core.Refuse("InsufficientFreeAddressesInSubnet",
		"The specified subnet does not have enough free addresses to satisfy the request: %s", subnet.Str("id"))
}

// isTaken tells whether something in a subnet has an address.
func isTaken(t *core.Tx, subnet core.Object, ip string) bool {
	return slices.ContainsFunc([]string{NetworkInterfaceToken, InstanceToken, NatGatewayToken}, func(token string) bool {
		return slices.ContainsFunc(t.Where(token, "subnetId", subnet.Str("id")), func(o core.Object) bool {
			return o.Str("privateIp") == ip
		})
	})
}

// checkGroups is that security groups are of a subnet's VPC, and not too many for
// one interface.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
func checkGroups(t *core.Tx, ids []string, subnet core.Object) error {
	if len(ids) > 5 {
		return core.Refuse("SecurityGroupsPerInterfaceLimitExceeded",
			"The maximum number of security groups per interface has been reached.")
	}
	for _, id := range ids {
		if group, _ := t.Get(SecurityGroupToken, id); group.Str("vpcId") != subnet.Str("vpcId") {
			return core.Refuse("InvalidParameter", "Security group %s and subnet %s belong to different networks.", id, subnet.Str("id"))
		}
	}
	return nil
}

// checkAddress is that an address is one of a subnet's, not kept back by AWS (the
// first four and the last), and free.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html *sourced*
func checkAddress(t *core.Tx, ip string, subnet core.Object) error {
	block, err := netip.ParsePrefix(subnet.Str("cidrBlock"))
	if err != nil {
		return fmt.Errorf("reading the block of %s: %w", subnet.Str("id"), err)
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil || !block.Contains(addr) {
		return core.Refuse("InvalidParameterValue", "Address %s does not fall within the subnet's address range", ip)
	}
	reserved := block.Addr()
	for range 4 {
		if addr == reserved {
			return core.Refuse("InvalidParameterValue", "Address %s is in subnet's reserved address range", ip)
		}
		reserved = reserved.Next()
	}
	if !block.Contains(addr.Next()) {
		return core.Refuse("InvalidParameterValue", "Address %s is in subnet's reserved address range", ip)
	}
	if isTaken(t, subnet, ip) {
		return core.Refuse("InvalidIPAddress.InUse", "Address %s is in use.", ip)
	}
	return nil
}

// updateInterface changes the groups of an interface, and with them those that
// its instance shows. The primary address stays for life.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html *sourced*
func updateInterface(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
	if given := in.Strs("privateIps"); len(given) == 1 && given[0] != old.Str("privateIp") {
		return nil, core.Refuse("InvalidParameterValue", "Primary private IP address %s cannot be unassigned", old.Str("privateIp"))
	}
	if !in.Has("securityGroups") {
		return nil, nil
	}
	subnet, _ := t.Get(SubnetToken, old.Str("subnetId"))
	if err := checkGroups(t, in.Strs("securityGroups"), subnet); err != nil {
		return nil, err
	}
	setGroups(t, id, in.Strs("securityGroups"))
	return nil, nil
}

// removeInterface refuses while an instance has the interface. An Elastic IP is
// taken off it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html *sourced*
func removeInterface(t *core.Tx, id string, state core.Object) error {
	if attachedTo(state) != "" {
		return core.Refuse("InvalidParameterValue", "Network interface '%s' is currently in use.", id)
	}
	disassociate(t, id)
	return nil
}

// primaryInterface is the interface that an instance starts with: the one given to
// it, or a new one.
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
	settings := core.Object{"sourceDestCheck": in["sourceDestCheck"], "subnetId": in["subnetId"]}.
		With(core.Object{"securityGroups": in["vpcSecurityGroupIds"]})
	if in.Has("privateIp") {
		settings["privateIps"] = core.List(in.Str("privateIp"))
	}
	id, _, err := t.Create(NetworkInterfaceToken, settings)
	if err != nil {
		return nil, err
	}
	return attach(t, id, instance), nil
}

// attach gives an interface, and with it any Elastic IP that it has, to an
// instance, or takes it away when instance is "".
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
