package cloud

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

// vpcQuota is how many VPCs a Region of an account may hold unless it asked for more.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
const vpcQuota = 5

// vpcKind is a VPC.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
// *sourced*
func vpcKind() kind {
	return kind{
		token:  vpcToken,
		inputs: ec2.VpcArgs{}.ElementType(),
		state:  reflect.TypeFor[ec2.Vpc](),
		changes: map[string]change{
			"assignGeneratedIpv6CidrBlock": updates,
			"cidrBlock":                    replaces,
			"enableDnsHostnames":           updates,
			"enableDnsSupport":             updates,
			"instanceTenancy":              updates,
			"tags":                         updates,
		},
		keeps:    []string{"enableDnsHostnames"},
		defaults: object{"enableDnsSupport": true, "instanceTenancy": "default"},
		rules: []rule{
			blockRule("InvalidVpc.Range", "cidrBlock"),
			oneOf("InvalidParameterValue", "instanceTenancy", "default", "dedicated"),
		},
		create: createVpc,
		update: updateVpc,
		remove: removeVpc,
	}
}

// createVpc makes what AWS makes along with every VPC: its main route table and
// its default security group, which lets its members talk to each other and to
// the world.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html *sourced*
func createVpc(t *tx, in object) (string, object, error) {
	if len(t.all(vpcToken)) >= vpcQuota {
		return "", nil, refuse("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
	}
	id := t.newID("vpc")
	group, table := t.newID("sg"), t.newID("rtb")
	t.set(routeTableToken, table, object{
		"arn": t.arn("ec2", "route-table/"+table), "ownerId": t.accountID, "vpcId": id,
	})
	t.set(securityGroupToken, group, object{
		"arn": t.arn("ec2", "security-group/"+group), "ownerId": t.accountID, "vpcId": id,
		"name": "default", "description": "default VPC security group",
	})
	t.addRule(ingressRuleToken, object{"securityGroupId": group, "ipProtocol": "-1", "referencedSecurityGroupId": group})
	t.addRule(egressRuleToken, object{"securityGroupId": group, "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"})
	out := object{
		"arn":                              t.arn("ec2", "vpc/"+id),
		"ownerId":                          t.accountID,
		"defaultNetworkAclId":              t.newID("acl"),
		"defaultRouteTableId":              table,
		"mainRouteTableId":                 table,
		"defaultSecurityGroupId":           group,
		"dhcpOptionsId":                    "dopt-" + t.hex(17),
		"enableNetworkAddressUsageMetrics": false,
		"ipv6AssociationId":                "",
		"ipv6CidrBlock":                    "",
		"ipv6CidrBlockNetworkBorderGroup":  "",
	}
	if !in.has("enableDnsHostnames") {
		out["enableDnsHostnames"] = false
	}
	if in.boolean("assignGeneratedIpv6CidrBlock") {
		out = out.with(generatedBlock(t))
	}
	return id, out, nil
}

// generatedBlock is a /56 that AWS gives to a VPC, of those set aside for
// documentation.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html *sourced*
func generatedBlock(t *tx) object {
	return object{
		"ipv6AssociationId":               "vpc-cidr-assoc-" + t.hex(17),
		"ipv6CidrBlock":                   "2001:db8:" + t.hex(4) + ":" + t.hex(2) + "00::/56",
		"ipv6CidrBlockNetworkBorderGroup": t.region,
	}
}

// updateVpc gives a VPC an IPv6 block, or takes it away while no subnet has a part
// of it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html
// *sourced* (the words are inferred)
func updateVpc(t *tx, id string, old, in object) (object, error) {
	has, wants := old.str("ipv6CidrBlock") != "", in.boolean("assignGeneratedIpv6CidrBlock")
	if wants && !has {
		return generatedBlock(t), nil
	}
	if wants || !has {
		return nil, nil
	}
	for _, s := range t.where(subnetToken, "vpcId", id) {
		if s.str("ipv6CidrBlock") != "" {
			return nil, refuse("DependencyViolation", "The IPv6 block of '%s' has dependencies: the subnet '%s' has a part of it",
				id, s.str("id"))
		}
	}
	return object{"ipv6AssociationId": "", "ipv6CidrBlock": "", "ipv6CidrBlockNetworkBorderGroup": ""}, nil
}

// removeVpc refuses while anything but what came with the VPC is in it.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html *sourced*
func removeVpc(t *tx, id string, state object) error {
	table, group := state.str("mainRouteTableId"), state.str("defaultSecurityGroupId")
	for _, token := range []string{
		subnetToken, internetGatewayToken, natGatewayToken, vpcEndpointToken, routeTableToken, securityGroupToken,
	} {
		for _, o := range t.where(token, "vpcId", id) {
			if other := o.str("id"); other != table && other != group {
				return refuse("DependencyViolation",
					"The vpc '%s' has dependencies and cannot be deleted: the %s '%s' is in it", id, noun(token), other)
			}
		}
	}
	t.dropRules(group)
	t.drop(securityGroupToken, group)
	t.drop(routeTableToken, table)
	return nil
}
