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
		update: associate,
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

func createEip(t *tx, in object) (string, object, error) {
	if len(t.all(eipToken)) >= eipQuota {
		return "", nil, refuse("AddressLimitExceeded", "The maximum number of addresses has been reached.")
	}
	id, ip := t.newID("eipalloc"), t.publicIP()
	out := object{
		"allocationId":       id,
		"arn":                t.arn("ec2", "elastic-ip/"+id),
		"domain":             "vpc",
		"networkBorderGroup": t.region,
		"publicDns":          publicDNS(t.region, ip),
		"publicIp":           ip,
		"publicIpv4Pool":     "amazon",
		"vpc":                true,
	}
	associated, err := associate(t, id, nil, in)
	return id, out.with(associated), err
}

// associate gives an address to the instance or interface that the inputs name.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
func associate(t *tx, id string, old, in object) (object, error) {
	token, property, code := instanceTarget, "instance", "InvalidInstanceID.NotFound"
	if in.has("networkInterface") {
		token, property, code = interfaceTarget, "networkInterface", "InvalidNetworkInterfaceID.NotFound"
	}
	if in.str(property) == "" || in.str(property) == old.str(property) {
		return nil, nil
	}
	target, err := t.mustExist(token, in.str(property), code)
	if err != nil {
		return nil, err
	}
	for _, other := range t.where(eipToken, property, in.str(property)) {
		if other.str("id") != id {
			return nil, refuse("Resource.AlreadyAssociated", "resource %s is already associated with address %s",
				in.str(property), other.str("id"))
		}
	}
	vpc := t.vpcOf(target.str("subnetId"))
	if _, ok := t.gatewayOf(vpc); !ok {
		return nil, refuse("Gateway.NotAttached", "Network %s is not attached to any internet gateway", vpc)
	}
	return object{
		"associationId": t.newID("eipassoc"),
		"privateIp":     target.str("privateIp"),
		"privateDns":    privateDNS(t.region, target.str("privateIp")),
	}, nil
}

// What an Elastic IP can be given to.
const (
	instanceTarget  = "aws:ec2/instance:Instance"
	interfaceTarget = "aws:ec2/networkInterface:NetworkInterface"
)

// vpcOfAddress is the VPC in which an Elastic IP is associated; "" when it is not.
func (t *tx) vpcOfAddress(eip object) string {
	target, ok := t.get(interfaceTarget, eip.str("networkInterface"))
	if !ok {
		target, _ = t.get(instanceTarget, eip.str("instance"))
	}
	return t.vpcOf(target.str("subnetId"))
}

// unassociated is the rule that an address is given away once.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func unassociated(t *tx, eip object) error {
	id := eip.str("id")
	if eip.has("associationId") || len(t.where(natGatewayToken, "allocationId", id)) > 0 {
		return refuse("Resource.AlreadyAssociated", "Elastic IP address [%s] is already associated", id)
	}
	return nil
}

// removeEip refuses while a NAT gateway has the address; the provider takes it
// away from an instance or interface by itself.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html *sourced*
func removeEip(t *tx, id string, _ object) error {
	if nats := t.where(natGatewayToken, "allocationId", id); len(nats) > 0 {
		return refuse("InvalidIPAddress.InUse", "The address '%s' is in use by the nat gateway '%s'", id, nats[0].str("id"))
	}
	return nil
}

// publicIP is an address that no Elastic IP has, of a block set aside for
// documentation: nothing on the internet answers to it.
// Source: https://www.rfc-editor.org/rfc/rfc5737 *sourced*
func (t *tx) publicIP() string {
	for i := 100; ; i++ {
		ip := fmt.Sprintf("203.0.113.%d", i)
		if len(t.where(eipToken, "publicIp", ip)) == 0 && len(t.where(instanceTarget, "publicIp", ip)) == 0 {
			return ip
		}
	}
}

// dashed is an address the way it stands in a DNS name.
func dashed(ip string) string { return strings.ReplaceAll(ip, ".", "-") }
