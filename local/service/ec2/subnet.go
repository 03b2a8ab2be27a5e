package ec2

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// subnetType is a subnet of a VPC. It is deleted with its association with a route table.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html *sourced*
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html *sourced* (on deletion)
func subnetType() core.Type {
	return core.Type{
		Token: SubnetToken,
		Inputs: []string{
			"availabilityZone", "cidrBlock", "ipv6CidrBlock", "mapPublicIpOnLaunch", "tags", "vpcId",
		},
		Keeps: []string{"availabilityZone"},
		Defaults: core.Object{
			"assignIpv6AddressOnCreation": false, "enableDns64": false, "mapPublicIpOnLaunch": false,
		},
		ID:         "subnet-{hex17}",
		ARN:        "ec2:subnet/{id}",
		Fills:      core.Object{"ownerId": "{account}", "privateDnsHostnameTypeOnLaunch": "ip-name"},
		References: []core.Reference{inVpc(), inZone()},
		InUse:      "DependencyViolation",
		Recomputes: map[string][]string{"ipv6CidrBlock": {"ipv6CidrBlockAssociationId"}},
		Rules:      []core.Rule{blockRule("InvalidSubnet.Range"), cidrRule("ipv6CidrBlock", "IPv6"), ipv6SizeRule},
		Create:     createSubnet,
		Update:     updateSubnet,
	}
}

func inZone() core.Reference {
	return core.Reference{
		Input: "availabilityZone", Code: "InvalidParameterValue",
		Exists: func(t *core.Tx, name string) bool { return zoneFor(t, name).Name == name },
		Message: func(t *core.Tx, name string) string {
			var names []string
			for _, z := range region.ZonesOf(t, false) {
				names = append(names, z.Name)
			}
			return fmt.Sprintf("Value (%s) for parameter availabilityZone is invalid. "+
				"Subnets can currently only be created in the following availability zones: %s", name, strings.Join(names, ", "))
		},
	}
}

// zoneFor is the zone with a name; EC2 chooses one for "", here one that refuses nothing.
func zoneFor(t *core.Tx, name string) region.Zone {
	for _, z := range region.ZonesOf(t, false) {
		if z.Name == name || name == "" && !z.Refuses() {
			return z
		}
	}
	return region.Zone{}
}

func createSubnet(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	if err := errors.Join(checkBlock(t, "cidrBlock", in), checkBlock(t, "ipv6CidrBlock", in)); err != nil {
		return nil, err
	}
	zone := zoneFor(t, in.Str("availabilityZone"))
	return ipv6Association(t, in).With(core.Object{"availabilityZone": zone.Name, "availabilityZoneId": zone.ID}), nil
}

func updateSubnet(t *core.Tx, _ string, old, in core.Object) (core.Object, error) {
	if in.Str("ipv6CidrBlock") == old.Str("ipv6CidrBlock") {
		return nil, nil
	}
	return ipv6Association(t, in), checkBlock(t, "ipv6CidrBlock", in)
}

func ipv6Association(t *core.Tx, in core.Object) core.Object {
	if in.Str("ipv6CidrBlock") == "" {
		return core.Object{"ipv6CidrBlockAssociationId": ""}
	}
	return core.Object{"ipv6CidrBlockAssociationId": "subnet-cidr-assoc-" + t.Hex(17)}
}

// checkBlock requires a subnet's block of either family to lie inside its VPC's and to
// overlap no other.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html *sourced*
func checkBlock(t *core.Tx, property string, in core.Object) error {
	if in.Str(property) == "" {
		return nil
	}
	block := netip.MustParsePrefix(in.Str(property)) // cidrRule has parsed it
	vpc, _ := t.Get(VpcToken, in.Str("vpcId"))
	whole, err := netip.ParsePrefix(vpc.Str(property))
	if err != nil || block.Bits() < whole.Bits() || !whole.Contains(block.Addr()) {
		return core.Refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid: it is not within the VPC's block %s",
			block, vpc.Str(property))
	}
	for _, other := range t.Where(SubnetToken, "vpcId", in.Str("vpcId")) {
		taken, err := netip.ParsePrefix(other.Str(property))
		if err == nil && taken.Overlaps(block) {
			return core.Refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet: %s of %s",
				block, taken, other.Str("id"))
		}
	}
	return nil
}

// ipv6SizeRule requires the IPv6 block of a subnet to be a /64.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html *sourced* (AWS has other lengths too: a limit of the local AWS)
func ipv6SizeRule(in core.Object) *core.Refusal {
	block, err := netip.ParsePrefix(in.Str("ipv6CidrBlock"))
	if err == nil && block.Bits() != 64 {
		return core.Invalid("InvalidSubnet.Range", "ipv6CidrBlock", "The CIDR '%s' is invalid: it is not a /64", block)
	}
	return nil
}
