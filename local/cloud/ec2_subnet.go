package cloud

import (
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
)

// subnetKind is a subnet of a VPC.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
// *sourced*
func subnetKind() kind {
	return kind{
		token:  subnetToken,
		inputs: ec2.SubnetArgs{}.ElementType(),
		state:  reflect.TypeFor[ec2.Subnet](),
		changes: map[string]change{
			"availabilityZone":    replaces,
			"cidrBlock":           replaces,
			"ipv6CidrBlock":       updates,
			"mapPublicIpOnLaunch": updates,
			"tags":                updates,
			"vpcId":               replaces,
		},
		keeps: []string{"availabilityZone"},
		defaults: object{
			"assignIpv6AddressOnCreation": false, "enableDns64": false, "mapPublicIpOnLaunch": false,
		},
		rules:  []rule{blockRule("InvalidSubnet.Range", "cidrBlock"), cidrRule("ipv6CidrBlock", true)},
		create: createSubnet,
		update: func(t *tx, _ string, old, in object) (object, error) {
			if in.str("ipv6CidrBlock") == old.str("ipv6CidrBlock") {
				return nil, nil
			}
			vpc, _ := t.get(vpcToken, old.str("vpcId"))
			return ipv6Association(t, in), fitsVpc6(t, vpc, in.str("ipv6CidrBlock"))
		},
		remove: removeSubnet,
	}
}

func createSubnet(t *tx, in object) (string, object, error) {
	vpc, err := t.mustExist(vpcToken, in.str("vpcId"), "InvalidVpcID.NotFound")
	if err != nil {
		return "", nil, err
	}
	if err := errors.Join(fitsVpc(t, vpc, in.str("cidrBlock")), fitsVpc6(t, vpc, in.str("ipv6CidrBlock"))); err != nil {
		return "", nil, err
	}
	z, err := zoneNamed(t.region, in.str("availabilityZone"))
	if err != nil {
		return "", nil, err
	}
	id := t.newID("subnet")
	return id, ipv6Association(t, in).with(object{
		"arn":                            t.arn("ec2", "subnet/"+id),
		"ownerId":                        t.accountID,
		"availabilityZone":               z.name,
		"availabilityZoneId":             z.id,
		"privateDnsHostnameTypeOnLaunch": "ip-name",
	}), nil
}

// ipv6Association names the IPv6 block of a subnet, where it has one.
func ipv6Association(t *tx, in object) object {
	if in.str("ipv6CidrBlock") == "" {
		return object{"ipv6CidrBlockAssociationId": ""}
	}
	return object{"ipv6CidrBlockAssociationId": "subnet-cidr-assoc-" + t.hex(17)}
}

// fitsVpc is the rule that a subnet lies inside its VPC and overlaps no other.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html *sourced*
func fitsVpc(t *tx, vpc object, cidr string) error {
	block := netip.MustParsePrefix(cidr) // blockRule has parsed it
	whole, err := netip.ParsePrefix(vpc.str("cidrBlock"))
	if err != nil || block.Bits() < whole.Bits() || !whole.Contains(block.Addr()) {
		return refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid: it is not within the VPC's block %s", cidr, whole)
	}
	for _, other := range t.where(subnetToken, "vpcId", vpc.str("id")) {
		taken, err := netip.ParsePrefix(other.str("cidrBlock"))
		if err == nil && taken.Overlaps(block) {
			return refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet: %s of %s",
				cidr, taken, other.str("id"))
		}
	}
	return nil
}

// fitsVpc6 is the rule that a subnet's IPv6 block is a /64 of its VPC's, and no
// other's.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
// *sourced* (AWS has other lengths too; a /64 is what the local AWS's limit is)
func fitsVpc6(t *tx, vpc object, cidr string) error {
	if cidr == "" {
		return nil
	}
	block := netip.MustParsePrefix(cidr) // cidrRule has parsed it
	whole, err := netip.ParsePrefix(vpc.str("ipv6CidrBlock"))
	if err != nil || block.Bits() != 64 || !whole.Contains(block.Addr()) {
		return refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid: it is not a /64 of the VPC's block %s", cidr, vpc.str("ipv6CidrBlock"))
	}
	for _, other := range t.where(subnetToken, "vpcId", vpc.str("id")) {
		if other.str("ipv6CidrBlock") == cidr {
			return refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet: %s", cidr, other.str("id"))
		}
	}
	return nil
}

// zoneNamed is the zone a subnet is put into; without a name EC2 chooses one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html *sourced*
func zoneNamed(region, name string) (zone, error) {
	zones := zonesOf(region, false)
	var names []string
	for _, z := range zones {
		if z.name == name || name == "" && z.kind == "availability-zone" {
			return z, nil
		}
		names = append(names, z.name)
	}
	slices.Sort(names)
	return zone{}, refuse("InvalidParameterValue",
		"Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: %s",
		name, strings.Join(names, ", "))
}

// inSubnets are the types that put network interfaces into subnets.
var inSubnets = []string{
	loadBalancerToken, ecsServiceToken, instanceToken, networkInterfaceToken, natGatewayToken, vpcEndpointToken,
}

// removeSubnet refuses while a network interface is in the subnet. Associations
// with route tables go with it.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html *sourced*
func removeSubnet(t *tx, id string, _ object) error {
	if by, ok := t.holder(id, inSubnets...); ok {
		return refuse("DependencyViolation", "The subnet '%s' has dependencies and cannot be deleted: %s is in it", id, by)
	}
	for _, association := range t.where(routeTableAssociationToken, "subnetId", id) {
		t.drop(routeTableAssociationToken, association.str("id"))
	}
	return nil
}
