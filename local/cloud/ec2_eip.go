package cloud

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

// eipQuota is how many Elastic IPs a Region of an account may hold unless it
// asked for more.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html *sourced*
const eipQuota = 5

// eipKind is an Elastic IP.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html
// *sourced*
func eipKind() kind {
	return kind{
		token:  eipToken,
		inputs: ec2.EipArgs{}.ElementType(),
		state:  reflect.TypeFor[ec2.Eip](),
		changes: map[string]change{
			"domain":           replaces,
			"instance":         updates,
			"networkInterface": updates,
			"tags":             updates,
		},
		keeps:  []string{"domain", "instance", "networkInterface"},
		rules:  []rule{oneOf("InvalidParameterValue", "domain", "vpc"), oneAssociationRule},
		create: createEip,
		update: assignEip,
		remove: removeEip,
	}
}

// oneAssociationRule is the rule that an address goes to an instance or to a
// network interface.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
func oneAssociationRule(in object) *refusal {
	if in.has("instance") && in.has("networkInterface") {
		return invalidf("InvalidParameterCombination", "instance", "may not be given along with networkInterface")
	}
	return nil
}

// unassigned is what an Elastic IP shows that is given to nothing.
var unassigned = object{"associationId": "", "instance": "", "networkInterface": "", "privateDns": "", "privateIp": ""}

// createEip allocates an address, within the quota, and gives it to what the
// inputs name.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html *sourced*
func createEip(t *tx, in object) (string, object, error) {
	if len(t.all(eipToken)) >= eipQuota {
		return "", nil, refuse("AddressLimitExceeded", "The maximum number of addresses has been reached.")
	}
	id, ip := t.newID("eipalloc"), t.publicIP()
	out := unassigned.with(object{
		"allocationId":       id,
		"arn":                t.arn("ec2", "elastic-ip/"+id),
		"carrierIp":          "",
		"customerOwnedIp":    "",
		"domain":             "vpc",
		"networkBorderGroup": t.region,
		"publicDns":          publicDNS(t.region, ip),
		"publicIp":           ip,
		"publicIpv4Pool":     "amazon",
		"vpc":                true,
	})
	assigned, err := assignEip(t, id, out, in)
	return id, out.with(assigned), err
}

// assignEip gives an address to the instance or interface that the inputs name,
// and takes it from where it was. Another address that was there goes, and stays
// allocated.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
func assignEip(t *tx, _ string, old, in object) (object, error) {
	if in.str("instance") == old.str("instance") && in.str("networkInterface") == old.str("networkInterface") ||
		in.str("instance") == "" && in.str("networkInterface") == "" {
		return nil, nil
	}
	eni, err := interfaceFor(t, in.str("instance"), in.str("networkInterface"))
	if err != nil {
		return nil, err
	}
	if eni.str("id") == old.str("networkInterface") {
		return nil, nil
	}
	if err := reachable(t, eni); err != nil {
		return nil, err
	}
	disassociate(t, old.str("networkInterface"))
	disassociate(t, eni.str("id"))
	return assignment(t, eni, old.str("publicIp")), nil
}

// vpcOfAddress is the VPC in which an Elastic IP is associated; "" when it is not.
func (t *tx) vpcOfAddress(eip object) string {
	eni, _ := t.get(networkInterfaceToken, eip.str("networkInterface"))
	return t.vpcOf(eni.str("subnetId"))
}

// unassociated is the rule that an address is given away once.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func unassociated(eip object) error {
	if eip.str("associationId") != "" {
		return refuse("Resource.AlreadyAssociated", "Elastic IP address [%s] is already associated", eip.str("id"))
	}
	return nil
}

// removeEip refuses while a NAT gateway has the address; the provider takes it
// away from an instance or interface by itself.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html *sourced*
func removeEip(t *tx, id string, state object) error {
	if nats := t.where(natGatewayToken, "allocationId", id); len(nats) > 0 {
		return refuse("InvalidIPAddress.InUse", "The address '%s' is in use by the nat gateway '%s'", id, nats[0].str("id"))
	}
	disassociate(t, state.str("networkInterface"))
	return nil
}

// publicIP is an address that no Elastic IP has, of a block set aside for
// documentation: nothing on the internet answers to it.
// Source: https://www.rfc-editor.org/rfc/rfc5737 *sourced*
func (t *tx) publicIP() string {
	for i := 100; ; i++ {
		ip := fmt.Sprintf("203.0.113.%d", i)
		if len(t.where(eipToken, "publicIp", ip)) == 0 && len(t.where(instanceToken, "publicIp", ip)) == 0 {
			return ip
		}
	}
}

// dashed is an address the way it stands in a DNS name.
func dashed(ip string) string { return strings.ReplaceAll(ip, ".", "-") }
