package ec2

import (
	"github.com/portico-iac/portico/local/core"
)

// vpcType is a VPC.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html *sourced*
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html *sourced* (on deletion)
func vpcType() core.Type {
	return core.Type{
		Token: VpcToken,
		Inputs: []string{
			"assignGeneratedIpv6CidrBlock", "cidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy",
			"tags",
		},
		Keeps:    []string{"enableDnsHostnames"},
		Defaults: core.Object{"enableDnsSupport": true, "instanceTenancy": "default"},
		ID:       "vpc-{hex17}",
		ARN:      "ec2:vpc/{id}",
		Fills: noIPv6Block.With(core.Object{
			"ownerId":                          "{account}",
			"defaultNetworkAclId":              "acl-{hex17}",
			"dhcpOptionsId":                    "dopt-{hex17}",
			"enableDnsHostnames":               false,
			"enableNetworkAddressUsageMetrics": false,
		}),
		InUse: "DependencyViolation",
		// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
		Quotas:     []core.Quota{{Most: 5, Code: "VpcLimitExceeded", Message: "The maximum number of VPCs has been reached."}},
		Recomputes: map[string][]string{"assignGeneratedIpv6CidrBlock": noIPv6Block.Keys()},
		Rules: []core.Rule{
			blockRule("InvalidVpc.Range"),
			core.OneOf("InvalidParameterValue", "instanceTenancy", "default", "dedicated"),
		},
		Create: createVpc,
		Update: updateVpc,
		Delete: removeVpc,
	}
}

var noIPv6Block = core.Object{"ipv6AssociationId": "", "ipv6CidrBlock": "", "ipv6CidrBlockNetworkBorderGroup": ""}

// createVpc makes a VPC's main route table and its default security group, which admits
// its members and lets everything out.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html *sourced*
func createVpc(t *core.Tx, id string, in core.Object) (core.Object, error) {
	group, table := t.NewID("sg"), t.NewID("rtb")
	t.Set(RouteTableToken, table, core.Object{
		"arn": t.ARN("ec2", "route-table/"+table), "ownerId": t.AccountID(), "vpcId": id,
	})
	t.Set(SecurityGroupToken, group, core.Object{
		"arn": t.ARN("ec2", "security-group/"+group), "ownerId": t.AccountID(), "vpcId": id,
		"name": "default", "description": defaultGroupDescription,
	})
	ofGroup := core.Object{"securityGroupId": group, "ipProtocol": "-1"}
	_, _, err := t.Create(IngressRuleToken, ofGroup.With(core.Object{"referencedSecurityGroupId": group}))
	if err != nil {
		return nil, err
	}
	if _, _, err := t.Create(EgressRuleToken, ofGroup.With(core.Object{"cidrIpv4": "0.0.0.0/0"})); err != nil {
		return nil, err
	}
	out := core.Object{"defaultRouteTableId": table, "mainRouteTableId": table, "defaultSecurityGroupId": group}
	if in.Bool("assignGeneratedIpv6CidrBlock") {
		out = out.With(generatedBlock(t))
	}
	return out, nil
}

// generatedBlock is a new IPv6 block of a VPC, from the range for documentation.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html *sourced*
func generatedBlock(t *core.Tx) core.Object {
	return core.Object{
		"ipv6AssociationId":               "vpc-cidr-assoc-" + t.Hex(17),
		"ipv6CidrBlock":                   "2001:db8:" + t.Hex(4) + ":" + t.Hex(2) + "00::/56",
		"ipv6CidrBlockNetworkBorderGroup": t.Region(),
	}
}

// updateVpc adds an IPv6 block, or removes it unless a subnet has a part of it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html *sourced* (the words are inferred)
func updateVpc(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
	has, wants := old.Str("ipv6CidrBlock") != "", in.Bool("assignGeneratedIpv6CidrBlock")
	if wants && !has {
		return generatedBlock(t), nil
	}
	if wants || !has {
		return nil, nil
	}
	for _, s := range t.Where(SubnetToken, "vpcId", id) {
		if s.Str("ipv6CidrBlock") != "" {
			return nil, core.Refuse("DependencyViolation", "The IPv6 block of '%s' has dependencies: the subnet '%s' has a part of it",
				id, s.Str("id"))
		}
	}
	return noIPv6Block, nil
}

// removeVpc removes what createVpc made.
func removeVpc(t *core.Tx, _ string, state core.Object) error {
	group := state.Str("defaultSecurityGroupId")
	dropRules(t, group)
	t.Drop(SecurityGroupToken, group)
	t.Drop(RouteTableToken, state.Str("mainRouteTableId"))
	return nil
}
