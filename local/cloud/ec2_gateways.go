package cloud

import (
	"fmt"
	"net/netip"
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

func internetGatewayKind() kind {
	return kind{
		token:   internetGatewayToken,
		inputs:  ec2.InternetGatewayArgs{}.ElementType(),
		state:   reflect.TypeFor[ec2.InternetGateway](),
		changes: map[string]change{"tags": updates, "vpcId": updates},
		keeps:   []string{"vpcId"},
		create: func(t *tx, in object) (string, object, error) {
			id := t.newID("igw")
			return id, object{
				"arn":     t.arn("ec2", "internet-gateway/"+id),
				"ownerId": t.accountID,
			}, attachable(t, id, in.str("vpcId"))
		},
		update: func(t *tx, id string, old, in object) (object, error) {
			if from := old.str("vpcId"); from != "" && from != in.str("vpcId") {
				if err := detachable(t, from); err != nil {
					return nil, err
				}
			}
			return nil, attachable(t, id, in.str("vpcId"))
		},
		remove: func(t *tx, _ string, state object) error {
			return detachable(t, state.str("vpcId"))
		},
	}
}

// attachable is the rule that a VPC has one internet gateway.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
func attachable(t *tx, id, vpcID string) error {
	if vpcID == "" {
		return nil
	}
	if _, err := t.mustExist(vpcToken, vpcID, "InvalidVpcID.NotFound"); err != nil {
		return err
	}
	if other, taken := t.gatewayOf(vpcID); taken && other.str("id") != id {
		return refuse("InvalidParameterValue", "Network %s already has an internet gateway attached", vpcID)
	}
	return nil
}

// detachable is the rule that a gateway stays while public addresses of its VPC
// depend on it.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html *sourced*
func detachable(t *tx, vpcID string) error {
	used := func(by string) error {
		return refuse("DependencyViolation",
			"Network %s has some mapped public address(es): %s. Please unmap those public address(es) before detaching the gateway.",
			vpcID, by)
	}
	for _, nat := range t.all(natGatewayToken) {
		if t.vpcOf(nat.str("subnetId")) == vpcID {
			return used("the nat gateway '" + nat.str("id") + "'")
		}
	}
	for _, lb := range t.where(loadBalancerToken, "vpcId", vpcID) {
		if !lb.boolean("internal") {
			return used("the load balancer '" + lb.str("name") + "'")
		}
	}
	for _, i := range t.all(instanceToken) {
		if i.str("publicIp") != "" && t.vpcOf(i.str("subnetId")) == vpcID {
			return used("the instance '" + i.str("id") + "'")
		}
	}
	for _, eip := range t.all(eipToken) {
		if t.vpcOfAddress(eip) == vpcID && vpcID != "" {
			return used("the elastic IP '" + eip.str("id") + "'")
		}
	}
	return nil
}

func natGatewayKind() kind {
	return kind{
		token:  natGatewayToken,
		inputs: ec2.NatGatewayArgs{}.ElementType(),
		state:  reflect.TypeFor[ec2.NatGateway](),
		changes: map[string]change{
			"allocationId":     replaces,
			"connectivityType": replaces,
			"subnetId":         replaces,
			"tags":             updates,
		},
		defaults: object{"connectivityType": "public"},
		rules:    []rule{natConnectivityRule},
		create:   createNatGateway,
		remove:   removeNatGateway,
	}
}

// natConnectivityRule is the rule that a public NAT gateway has an Elastic IP and
// a private one has none.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html *sourced*
func natConnectivityRule(in object) *refusal {
	switch in.str("connectivityType") {
	case "public":
		if !in.has("allocationId") {
			return invalidf("MissingParameter", "allocationId", "is required for a public NAT gateway")
		}
	case "private":
		if in.has("allocationId") {
			return invalidf("InvalidParameter", "allocationId", "is not supported for a private NAT gateway")
		}
	default:
		return invalidf("InvalidParameterValue", "connectivityType", "must be public or private, got %q",
			in.str("connectivityType"))
	}
	return nil
}

// createNatGateway makes a NAT gateway with an address of its subnet, and the Elastic IP given.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html
// *sourced*
func createNatGateway(t *tx, in object) (string, object, error) {
	subnet, err := t.mustExist(subnetToken, in.str("subnetId"), "InvalidSubnetID.NotFound")
	if err != nil {
		return "", nil, err
	}
	id := t.newID("nat")
	out := object{
		"networkInterfaceId":             t.newID("eni"),
		"secondaryPrivateIpAddressCount": 0.0,
		"secondaryPrivateIpAddresses":    []any{},
	}
	if out["privateIp"], err = freeAddress(t, subnet); err != nil {
		return "", nil, err
	}
	if !in.has("allocationId") {
		out["associationId"], out["publicIp"] = "", ""
		return id, out, nil
	}
	address, err := t.mustExist(eipToken, in.str("allocationId"), "InvalidAllocationID.NotFound")
	if err != nil {
		return "", nil, err
	}
	if err := unassociated(address); err != nil {
		return "", nil, err
	}
	if _, ok := t.gatewayOf(subnet.str("vpcId")); !ok {
		return "", nil, refuse("Gateway.NotAttached", "Network %s has no Internet gateway attached", subnet.str("vpcId"))
	}
	out["associationId"] = t.newID("eipassoc")
	out["publicIp"] = address.str("publicIp")
	t.set(eipToken, address.str("id"), address.with(object{
		"associationId":    out["associationId"],
		"networkInterface": out["networkInterfaceId"],
		"privateDns":       privateDNS(t.region, out.str("privateIp")),
		"privateIp":        out["privateIp"],
	}))
	return id, out, nil
}

// removeNatGateway gives the gateway's address back, which stays allocated.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html *sourced*
func removeNatGateway(t *tx, _ string, state object) error {
	disassociate(t, state.str("networkInterfaceId"))
	return nil
}

// privateIP is a fresh address of a subnet: neither among the first four, which
// AWS keeps, nor predictable.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html *sourced*
func (t *tx) privateIP(subnet object) string {
	block, err := netip.ParsePrefix(subnet.str("cidrBlock"))
	if err != nil {
		return ""
	}
	t.account.Serial++
	size := 1<<(32-block.Bits()) - 5 // the last address is AWS's too
	address := block.Addr()
	for range 4 + t.account.Serial%size {
		address = address.Next()
	}
	return address.String()
}

// privateDNS is the name EC2 gives to a private address.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html *sourced*
func privateDNS(region, ip string) string {
	suffix := region + ".compute.internal"
	if region == "us-east-1" {
		suffix = "ec2.internal"
	}
	return fmt.Sprintf("ip-%s.%s", dashed(ip), suffix)
}

// publicDNS is the name EC2 gives to a public address.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html *sourced*
func publicDNS(region, ip string) string {
	suffix := region + ".compute.amazonaws.com"
	if region == "us-east-1" {
		suffix = "compute-1.amazonaws.com"
	}
	return fmt.Sprintf("ec2-%s.%s", dashed(ip), suffix)
}
