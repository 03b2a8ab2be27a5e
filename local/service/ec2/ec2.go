// Package ec2 is Amazon EC2: VPCs with what is in them, instances and network interfaces.
package ec2

import (
	"net/netip"

	"github.com/portico-iac/portico/local/core"
)

// The types of the VPC side of EC2.
const (
	VpcToken                   = "aws:ec2/vpc:Vpc"
	SubnetToken                = "aws:ec2/subnet:Subnet"
	InternetGatewayToken       = "aws:ec2/internetGateway:InternetGateway"
	NatGatewayToken            = "aws:ec2/natGateway:NatGateway"
	EipToken                   = "aws:ec2/eip:Eip"
	RouteTableToken            = "aws:ec2/routeTable:RouteTable"
	RouteToken                 = "aws:ec2/route:Route"
	RouteTableAssociationToken = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	VpcEndpointToken           = "aws:ec2/vpcEndpoint:VpcEndpoint"
	DefaultSecurityGroupToken  = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	SecurityGroupToken         = "aws:ec2/securityGroup:SecurityGroup"
	IngressRuleToken           = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	FlowLogToken               = "aws:ec2/flowLog:FlowLog"
	EgressRuleToken            = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

	loadBalancerToken = "aws:lb/loadBalancer:LoadBalancer" // of ../elb, which imports this package
)

// Service is EC2.
func Service() core.Service {
	return core.Service{
		Types: []core.Type{
			vpcType(),
			subnetType(),
			internetGatewayType(),
			natGatewayType(),
			eipType(),
			routeTableType(),
			routeType(),
			routeTableAssociationType(),
			vpcEndpointType(),
			securityGroupType(),
			defaultSecurityGroupType(),
			securityGroupRuleType(IngressRuleToken),
			securityGroupRuleType(EgressRuleToken),
			flowLogType(),
			instanceType(),
			networkInterfaceType(),
			groupAttachmentType(),
			eipAssociationType(),
		},
		Functions: append(networkInvokes(), instanceInvokes()...),
	}
}

// cidrRule requires a CIDR block without host bits: the provider refuses 10.0.0.1/16.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html *sourced*
func cidrRule(property, family string) core.Rule {
	const code = "InvalidParameterValue"
	return func(in core.Object) *core.Refusal {
		if !in.Known(property) {
			return nil
		}
		prefix, err := netip.ParsePrefix(in.Str(property))
		if err != nil || prefix.Addr().Is6() != (family == "IPv6") {
			return core.Invalid(code, property, "%q is not a valid %s CIDR block", in.Str(property), family)
		}
		if masked := prefix.Masked(); masked != prefix {
			return core.Invalid(code, property, "%q is not a valid CIDR block; did you mean %q?", prefix, masked)
		}
		return nil
	}
}

// blockRule requires the cidrBlock of a VPC or subnet to be a /16 to /28.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html *sourced*
func blockRule(code string) core.Rule {
	return func(in core.Object) *core.Refusal {
		if !in.Has("cidrBlock") {
			return &core.Refusal{Code: "MissingParameter", Property: "cidrBlock",
				Message: "Either 'cidrBlock' or an IPAM pool must be provided"}
		}
		if fault := cidrRule("cidrBlock", "IPv4")(in); fault != nil || in.Pending("cidrBlock") {
			return fault
		}
		if block := netip.MustParsePrefix(in.Str("cidrBlock")); block.Bits() < 16 || block.Bits() > 28 {
			return core.Invalid(code, "cidrBlock",
				"The CIDR '%s' is invalid: the block size must be between a /28 netmask and /16 netmask", block)
		}
		return nil
	}
}

// inVpc refers to the VPC that something is in, which keeps the VPC from being deleted.
func inVpc() core.Reference {
	return core.Reference{Input: "vpcId", To: []string{VpcToken}, Code: "InvalidVpcID.NotFound"}
}

// vpcOf is the VPC of a subnet; "" when there is no such subnet.
func vpcOf(t *core.Tx, subnetID string) string {
	state, _ := t.Get(SubnetToken, subnetID)
	return state.Str("vpcId")
}

// differentNetworks refuses to join things of two VPCs (inferred).
func differentNetworks(a, b string) error {
	return core.Refuse("InvalidParameterValue", "%s and %s belong to different networks", a, b)
}
