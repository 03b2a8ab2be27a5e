package cloud

import (
	"errors"
	"net/netip"
	"slices"
)

// balancerPlacement checks the network of a load balancer and returns the outputs
// that derive from it: vpcId, subnetMappings, and what AWS chooses.
func balancerPlacement(t *tx, in object, internal bool) (object, error) {
	subnets, err := balancerSubnets(t, in.strs("subnets"))
	if err != nil {
		return nil, err
	}
	vpc := subnets[0].str("vpcId")
	if !internal {
		if err := checkInternetGateway(t, vpc); err != nil {
			return nil, err
		}
	}
	if in.str("ipAddressType") == "dualstack" {
		if err := checkIPv6(subnets); err != nil {
			return nil, err
		}
	}
	groups, err := balancerGroups(t, in, vpc)
	if err != nil {
		return nil, err
	}
	out := object{"vpcId": vpc, "securityGroups": list(groups...), "subnetMappings": subnetMappings(in)}
	if !in.has("ipAddressType") {
		out["ipAddressType"] = "ipv4"
	}
	return out, nil
}

// balancerSubnets are the subnets of a load balancer: they exist, are of one VPC
// and of different zones, and each has room for eight addresses.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *sourced*
func balancerSubnets(t *tx, ids []string) ([]object, error) {
	var subnets []object
	zones := map[string]bool{}
	for _, id := range ids {
		subnet, ok := t.get(subnetToken, id)
		if !ok {
			return nil, refuse("SubnetNotFound", "The subnet ID '%s' does not exist", id)
		}
		zone := subnet.str("availabilityZone")
		if err := errors.Join(checkSubnetSize(subnet), checkPlainZone(t, zone)); err != nil {
			return nil, err
		}
		subnets = append(subnets, subnet)
		if vpc := subnets[0].str("vpcId"); subnet.str("vpcId") != vpc {
			return nil, refuse("InvalidConfigurationRequest", "The subnet '%s' is not in the VPC '%s' of the others", id, vpc)
		}
		if zones[zone] {
			return nil, refuse("InvalidConfigurationRequest",
				"A load balancer cannot be attached to multiple subnets in the same Availability Zone (%s)", zone)
		}
		zones[zone] = true
	}
	if len(zones) < 2 {
		return nil, refuse("ValidationError", "subnets %s", atLeastTwoZones)
	}
	return subnets, nil
}

// checkSubnetSize is that each subnet of a load balancer is at least a /27.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *sourced*
func checkSubnetSize(subnet object) error {
	cidr, err := netip.ParsePrefix(subnet.str("cidrBlock"))
	if err == nil && cidr.Bits() <= 27 {
		return nil
	}
	return refuse("InvalidSubnet",
		"Not enough IP space available in %s (%s). ELB requires a /27 or larger with at least 8 free IP addresses in each subnet",
		subnet.str("id"), subnet.str("cidrBlock"))
}

// checkPlainZone is that the zone of a subnet is an Availability Zone, and not a
// Local Zone.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *inferred*: some Local Zones have load balancers, those of the local AWS have none
func checkPlainZone(t *tx, name string) error {
	for _, z := range zonesOf(t.region, true) {
		if z.name == name && z.kind != "availability-zone" {
			return refuse("InvalidConfigurationRequest", "Load balancers are not supported in the Local Zone %s", name)
		}
	}
	return nil
}

// checkInternetGateway is that an internet-facing load balancer is in a VPC that
// has an internet gateway. AWS looks at the VPC, not at the subnets' routes: a
// load balancer in a subnet without one is made, and cannot be reached.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
// *inferred* (the words are those of the API)
func checkInternetGateway(t *tx, vpc string) error {
	if len(t.where(internetGatewayToken, "vpcId", vpc)) == 0 {
		return refuse("InvalidSubnet", "VPC %s has no internet gateway", vpc)
	}
	return nil
}

// checkIPv6 is that the subnets of a dual-stack load balancer have IPv6 blocks.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-ip-address-type.html
// *sourced* (the words are inferred)
func checkIPv6(subnets []object) error {
	for _, s := range subnets {
		if s.str("ipv6CidrBlock") == "" {
			return refuse("ValidationError", "You must specify subnets with an associated IPv6 CIDR block: %s has none", s.str("id"))
		}
	}
	return nil
}

// balancerGroups are the security groups of a load balancer, which exist and are
// of its VPC; without any it gets the VPC's default group.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
// *sourced*
func balancerGroups(t *tx, in object, vpc string) ([]string, error) {
	ids := in.strs("securityGroups")
	if len(ids) == 0 {
		state, err := t.mustExist(vpcToken, vpc, "InvalidConfigurationRequest")
		if err != nil {
			return nil, err
		}
		return []string{state.str("defaultSecurityGroupId")}, nil
	}
	for _, id := range ids {
		group, ok := t.get(securityGroupToken, id)
		if !ok {
			return nil, refuse("InvalidSecurityGroup", "The security group '%s' does not exist", id)
		}
		if group.str("vpcId") != vpc {
			return nil, refuse("InvalidConfigurationRequest",
				"One or more security groups are invalid: '%s' is not in the VPC '%s'", id, vpc)
		}
	}
	return ids, nil
}

// subnetMappings are the subnets once more, as blocks, in one order.
func subnetMappings(in object) []any {
	var out []any
	for _, id := range slices.Sorted(slices.Values(in.strs("subnets"))) {
		out = append(out, map[string]any{"subnetId": id})
	}
	return out
}
