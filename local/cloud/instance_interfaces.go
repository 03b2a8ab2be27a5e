package cloud

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

// networkInterfaceKind is a network interface of its own, which keeps its address
// while instances come and go. The provider facts do not cover it: what changes
// do is inferred.
func networkInterfaceKind() kind {
	return kind{
		token:  networkInterfaceToken,
		inputs: ec2.NetworkInterfaceArgs{}.ElementType(),
		state:  reflect.TypeOf(ec2.NetworkInterface{}),
		changes: map[string]change{
			"description":     updates,        // inferred
			"privateIps":      updatesSetOnly, // inferred
			"securityGroups":  updatesSetOnly, // inferred
			"sourceDestCheck": updates,        // inferred
			"subnetId":        replaces,       // inferred
			"tags":            updates,        // inferred
		},
		defaults: object{"sourceDestCheck": true},
		keeps:    []string{"privateIps", "securityGroups"},
		rules:    []rule{oneAddressRule},
		create: func(t *tx, in object) (string, object, error) {
			id := t.newID("eni")
			out, err := newInterface(t, id, in)
			return id, out, err
		},
		update: updateInterface,
		remove: removeInterface,
	}
}

// oneAddressRule is the local AWS's limit: an interface has one address.
func oneAddressRule(in object) *refusal {
	if n := len(in.list("privateIps")); n > 1 {
		return invalidf(unsupported, "privateIps", "must name one address, got %d", n)
	}
	return nil
}

// newInterface makes the outputs of an interface in a subnet: its address, given
// or chosen, and its groups, given or the VPC's default one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
// *sourced*
func newInterface(t *tx, id string, in object) (object, error) {
	subnet, err := t.mustExist(subnetToken, in.str("subnetId"), "InvalidSubnetID.NotFound")
	if err != nil {
		return nil, err
	}
	groups := in.strs("securityGroups")
	if len(groups) == 0 {
		vpc, _ := t.get(vpcToken, subnet.str("vpcId"))
		groups = []string{vpc.str("defaultSecurityGroupId")}
	}
	if err := checkGroups(t, groups, subnet); err != nil {
		return nil, err
	}
	ip, err := interfaceAddress(t, in, subnet)
	if err != nil {
		return nil, err
	}
	return object{
		"arn":             t.arn("ec2", "network-interface/"+id),
		"attachments":     []any{},
		"interfaceType":   "interface",
		"ipv6Addresses":   []any{},
		"macAddress":      macAddress(t),
		"outpostArn":      "",
		"ownerId":         t.accountID,
		"privateDnsName":  privateDNS(t.region, ip),
		"privateIp":       ip,
		"privateIps":      list(ip),
		"privateIpsCount": 0.0,
		"securityGroups":  list(groups...),
	}, nil
}

// interfaceAddress is the address of a new interface: the one given, or one that
// is free.
func interfaceAddress(t *tx, in, subnet object) (string, error) {
	if given := in.strs("privateIps"); len(given) == 1 {
		return given[0], checkAddress(t, given[0], subnet)
	}
	return freeAddress(t, subnet)
}

// freeAddress is an address of a subnet that nothing has yet.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// *sourced*
func freeAddress(t *tx, subnet object) (string, error) {
	block, err := netip.ParsePrefix(subnet.str("cidrBlock"))
	if err != nil {
		return "", fmt.Errorf("reading the block of %s: %w", subnet.str("id"), err)
	}
	for range 1 << (32 - block.Bits()) {
		if ip := t.privateIP(subnet); !isTaken(t, subnet, ip) {
			return ip, nil
		}
	}
	return "", refuse("InsufficientFreeAddressesInSubnet",
		"The specified subnet does not have enough free addresses to satisfy the request: %s", subnet.str("id"))
}

// isTaken tells whether something in a subnet has an address.
func isTaken(t *tx, subnet object, ip string) bool {
	return slices.ContainsFunc([]string{networkInterfaceToken, instanceToken, natGatewayToken}, func(token string) bool {
		return slices.ContainsFunc(t.where(token, "subnetId", subnet.str("id")), func(o object) bool {
			return o.str("privateIp") == ip
		})
	})
}

// macAddress is a new hardware address.
func macAddress(t *tx) string {
	h := t.hex(10)
	return fmt.Sprintf("06:%s:%s:%s:%s:%s", h[0:2], h[2:4], h[4:6], h[6:8], h[8:10])
}

// checkGroups is that security groups exist in a subnet's VPC, and are not too
// many for one interface.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
// *sourced*
func checkGroups(t *tx, ids []string, subnet object) error {
	if len(ids) > 5 {
		return refuse("SecurityGroupsPerInterfaceLimitExceeded",
			"The maximum number of security groups per interface has been reached.")
	}
	for _, id := range ids {
		group, ok := t.get(securityGroupToken, id)
		if !ok {
			return refuse("InvalidGroup.NotFound", "The security group '%s' does not exist", id)
		}
		if group.str("vpcId") != subnet.str("vpcId") {
			return refuse("InvalidParameter", "Security group %s and subnet %s belong to different networks.", id, subnet.str("id"))
		}
	}
	return nil
}

// checkAddress is that an address is one of a subnet's, not kept back by AWS (the
// first four and the last), and free.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
// *sourced*
func checkAddress(t *tx, ip string, subnet object) error {
	block, err := netip.ParsePrefix(subnet.str("cidrBlock"))
	if err != nil {
		return fmt.Errorf("reading the block of %s: %w", subnet.str("id"), err)
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil || !block.Contains(addr) {
		return refuse("InvalidParameterValue", "Address %s does not fall within the subnet's address range", ip)
	}
	reserved := block.Addr()
	for range 4 {
		if addr == reserved {
			return refuse("InvalidParameterValue", "Address %s is in subnet's reserved address range", ip)
		}
		reserved = reserved.Next()
	}
	if !block.Contains(addr.Next()) {
		return refuse("InvalidParameterValue", "Address %s is in subnet's reserved address range", ip)
	}
	if isTaken(t, subnet, ip) {
		return refuse("InvalidIPAddress.InUse", "Address %s is in use.", ip)
	}
	return nil
}

// updateInterface changes the groups of an interface, and with them those that
// its instance shows. The primary address stays for life.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
// *sourced*
func updateInterface(t *tx, id string, old, in object) (object, error) {
	if given := in.strs("privateIps"); len(given) == 1 && given[0] != old.str("privateIp") {
		return nil, refuse("InvalidParameterValue", "Primary private IP address %s cannot be unassigned", old.str("privateIp"))
	}
	if !in.has("securityGroups") {
		return nil, nil
	}
	subnet, _ := t.get(subnetToken, old.str("subnetId"))
	if err := checkGroups(t, in.strs("securityGroups"), subnet); err != nil {
		return nil, err
	}
	wearGroups(t, id, in.strs("securityGroups"))
	return nil, nil
}

// removeInterface refuses while an instance has the interface. An Elastic IP is
// taken off it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html
// *sourced*
func removeInterface(t *tx, id string, state object) error {
	if len(state.objects("attachments")) > 0 {
		return refuse("InvalidParameterValue", "Network interface '%s' is currently in use.", id)
	}
	disassociate(t, id)
	return nil
}

// primaryInterface is the interface an instance starts with: the one given to
// it, or a new one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
// *sourced*
func primaryInterface(t *tx, instance string, in object) (object, error) {
	attached := object{"attachments": []any{map[string]any{
		"attachmentId": t.newID("eni-attach"), "deviceIndex": 0.0, "instance": instance,
	}}}
	if given := in.objects("networkInterfaces"); len(given) > 0 {
		id := given[0].str("networkInterfaceId")
		eni, ok := t.get(networkInterfaceToken, id)
		switch {
		case !ok:
			return nil, refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", id)
		case len(eni.objects("attachments")) > 0:
			return nil, refuse("InvalidNetworkInterface.InUse", "Interface: [%s] in use.", id)
		}
		t.set(networkInterfaceToken, id, eni.with(attached))
		for _, eip := range t.where(eipToken, "networkInterface", id) {
			t.set(eipToken, eip.str("id"), eip.with(object{"instance": instance}))
		}
		return eni, nil
	}
	if !in.has("subnetId") {
		return nil, refuse("VPCIdNotSpecified", "No default VPC for this user")
	}
	id := t.newID("eni")
	settings := object{"subnetId": in["subnetId"], "securityGroups": in["vpcSecurityGroupIds"]}
	if in.has("privateIp") {
		settings["privateIps"] = list(in.str("privateIp"))
	}
	eni, err := newInterface(t, id, settings)
	if err != nil {
		return nil, err
	}
	eni = settings.with(eni, attached, object{"id": id, "sourceDestCheck": in.boolean("sourceDestCheck")})
	t.set(networkInterfaceToken, id, eni)
	return eni, nil
}

// wearGroups puts security groups on an interface and shows them on the instance
// that has it.
func wearGroups(t *tx, interfaceID string, groups []string) {
	if eni, ok := t.get(networkInterfaceToken, interfaceID); ok {
		t.set(networkInterfaceToken, interfaceID, eni.with(object{"securityGroups": list(groups...)}))
	}
	for _, instance := range t.where(instanceToken, "primaryNetworkInterfaceId", interfaceID) {
		t.set(instanceToken, instance.str("id"), instance.with(object{"vpcSecurityGroupIds": list(groups...)}))
	}
}

// groupAttachmentKind adds one security group to an interface that exists. The
// provider facts do not cover it: both inputs replace, as it has no update.
func groupAttachmentKind() kind {
	return kind{
		token:  groupAttachmentToken,
		inputs: ec2.NetworkInterfaceSecurityGroupAttachmentArgs{}.ElementType(),
		state:  reflect.TypeOf(ec2.NetworkInterfaceSecurityGroupAttachment{}),
		changes: map[string]change{
			"networkInterfaceId": replaces, // inferred
			"securityGroupId":    replaces, // inferred
		},
		create: attachGroup,
		remove: func(t *tx, _ string, state object) error {
			eni, ok := t.get(networkInterfaceToken, state.str("networkInterfaceId"))
			if !ok {
				return nil
			}
			group := state.str("securityGroupId")
			left := slices.DeleteFunc(eni.strs("securityGroups"), func(g string) bool { return g == group })
			wearGroups(t, eni.str("id"), left)
			return nil
		},
	}
}

// attachGroup adds a group to an interface's groups.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
// *sourced*
func attachGroup(t *tx, in object) (string, object, error) {
	id, group := in.str("networkInterfaceId"), in.str("securityGroupId")
	eni, ok := t.get(networkInterfaceToken, id)
	if !ok {
		return "", nil, refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", id)
	}
	if slices.Contains(eni.strs("securityGroups"), group) {
		return "", nil, fmt.Errorf("security group %s already attached to interface %s", group, id)
	}
	subnet, _ := t.get(subnetToken, eni.str("subnetId"))
	groups := append(eni.strs("securityGroups"), group)
	if err := checkGroups(t, groups, subnet); err != nil {
		return "", nil, err
	}
	wearGroups(t, id, groups)
	return group + "_" + id, object{}, nil
}
