package cloud

import (
	"fmt"
	"net/netip"
	"strings"
)

// The types of the VPC side of EC2.
const (
	vpcToken                   = "aws:ec2/vpc:Vpc"
	subnetToken                = "aws:ec2/subnet:Subnet"
	internetGatewayToken       = "aws:ec2/internetGateway:InternetGateway"
	natGatewayToken            = "aws:ec2/natGateway:NatGateway"
	eipToken                   = "aws:ec2/eip:Eip"
	routeTableToken            = "aws:ec2/routeTable:RouteTable"
	routeToken                 = "aws:ec2/route:Route"
	routeTableAssociationToken = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	vpcEndpointToken           = "aws:ec2/vpcEndpoint:VpcEndpoint"
	defaultSecurityGroupToken  = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	securityGroupToken         = "aws:ec2/securityGroup:SecurityGroup"
	ingressRuleToken           = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressRuleToken            = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

// ec2Area is networks: VPCs and what is in them.
func ec2Area() area {
	return area{
		kinds: []kind{
			vpcKind(), subnetKind(), internetGatewayKind(), natGatewayKind(), eipKind(),
			routeTableKind(), routeKind(), routeTableAssociationKind(), vpcEndpointKind(),
			securityGroupKind(), defaultSecurityGroupKind(),
			securityGroupRuleKind(ingressRuleToken), securityGroupRuleKind(egressRuleToken),
		},
		invokes: ec2Invokes(),
	}
}

// parseCidr reads a CIDR of IPv4 or IPv6 as AWS wants it: written with the
// address of the network itself. The provider refuses 10.0.0.1/16 before AWS sees it.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html *sourced*
func parseCidr(property, s string, v6 bool) (netip.Prefix, *refusal) {
	prefix, err := netip.ParsePrefix(s)
	if err != nil || prefix.Addr().Is6() != v6 {
		family := "IPv4"
		if v6 {
			family = "IPv6"
		}
		return netip.Prefix{}, invalidf("InvalidParameterValue", property, "%q is not a valid %s CIDR block", s, family)
	}
	if masked := prefix.Masked(); masked != prefix {
		return netip.Prefix{}, invalidf("InvalidParameterValue", property,
			"%q is not a valid CIDR block; did you mean %q?", s, masked)
	}
	return prefix, nil
}

// blockRule is the rule that a property is an IPv4 block of the sizes that VPCs
// and subnets may have, /16 to /28.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html *sourced*
func blockRule(code, property string) rule {
	return func(in object) *refusal {
		if !in.has(property) {
			return &refusal{code: "MissingParameter", property: property,
				message: "Either '" + property + "' or an IPAM pool must be provided"}
		}
		if !in.known(property) {
			return nil
		}
		prefix, fault := parseCidr(property, in.str(property), false)
		if fault == nil && (prefix.Bits() < 16 || prefix.Bits() > 28) {
			fault = invalidf(code, property, "The CIDR '%s' is invalid: the block size must be between a /28 netmask and /16 netmask", prefix)
		}
		return fault
	}
}

// exactlyOneOf is the provider's rule that just one of some inputs is given.
func exactlyOneOf(properties ...string) rule {
	return func(in object) *refusal {
		var given []string
		for _, p := range properties {
			if in.has(p) {
				given = append(given, p)
			}
		}
		if len(given) == 1 {
			return nil
		}
		return &refusal{code: "InvalidParameterCombination", property: properties[0],
			message: fmt.Sprintf("Exactly one of [%s] must be configured, got [%s]",
				strings.Join(properties, ", "), strings.Join(given, ", "))}
	}
}

// vpcOf is the VPC of a subnet; "" when there is no such subnet.
func (t *tx) vpcOf(subnetID string) string {
	state, _ := t.get(subnetToken, subnetID)
	return state.str("vpcId")
}

// gatewayOf is the internet gateway attached to a VPC.
func (t *tx) gatewayOf(vpcID string) (object, bool) {
	attached := t.where(internetGatewayToken, "vpcId", vpcID)
	if len(attached) == 0 {
		return nil, false
	}
	return attached[0], true
}

// differentNetworks is how EC2 refuses to join things of two VPCs.
func differentNetworks(a, b string) error {
	return refuse("InvalidParameterValue", "%s and %s belong to different networks", a, b)
}
