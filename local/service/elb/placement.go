package elb

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/region"
)

// loadBalancerPlacement checks the network of a load balancer and returns the outputs
// that derive from it.
func loadBalancerPlacement(t *core.Tx, in core.Object) (core.Object, error) {
	vpc, err := loadBalancerVPC(t, in)
	if err != nil {
		return nil, err
	}
	groups, err := loadBalancerGroups(t, in, vpc)
	var mappings []any
	for _, id := range slices.Sorted(slices.Values(in.Strs("subnets"))) {
		mappings = append(mappings, map[string]any{"subnetId": id})
	}
	out := core.Object{"vpcId": vpc, "securityGroups": core.List(groups...), "subnetMappings": mappings}
	return out, cmp.Or(checkInternetGateway(t, in, vpc), err)
}

// loadBalancerVPC is the VPC of the subnets of a load balancer, which must all be in it and in
// different zones.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *sourced*
func loadBalancerVPC(t *core.Tx, in core.Object) (vpc string, err error) {
	zones := map[string]bool{}
	for _, id := range in.Strs("subnets") {
		subnet, _ := t.Get(ec2.SubnetToken, id)
		if err := checkSubnet(t, in, subnet); err != nil {
			return "", err
		}
		if vpc = cmp.Or(vpc, subnet.Str("vpcId")); subnet.Str("vpcId") != vpc {
			return "", core.Refuse("InvalidConfigurationRequest", "The subnet '%s' is not in the VPC '%s' of the others", id, vpc)
		}
		zone := subnet.Str("availabilityZone")
		if zones[zone] {
			return "", core.Refuse("InvalidConfigurationRequest",
				"A load balancer cannot be attached to multiple subnets in the same Availability Zone (%s)", zone)
		}
		zones[zone] = true
	}
	return vpc, nil
}

// checkSubnet refuses a subnet that is smaller than a /27, in a zone that refuses load
// balancers, or without an IPv6 block when the load balancer is dual-stack.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-ip-address-type.html
// https://github.com/widdix/mastodon-on-aws/issues/13 (the words about zones)
// *sourced* (the words about IPv6 are inferred)
func checkSubnet(t *core.Tx, in, subnet core.Object) error {
	id, zone := subnet.Str("id"), subnet.Str("availabilityZone")
	if cidr, err := netip.ParsePrefix(subnet.Str("cidrBlock")); err != nil || cidr.Bits() > 27 {
		return core.Refuse("InvalidSubnet",
			"Not enough IP space available in %s (%s). ELB requires a /27 or larger with at least 8 free IP addresses in each subnet",
			id, subnet.Str("cidrBlock"))
	}
	if region.ZoneNamed(t, zone).Refuses() {
		return core.Refuse(invalid, "The following Availability Zones %s cannot be associated with a load balancer. "+
			"Please try a different Availability Zone.", zone)
	}
	if in.Str("ipAddressType") == "dualstack" && subnet.Str("ipv6CidrBlock") == "" {
		return core.Refuse(invalid, "You must specify subnets with an associated IPv6 CIDR block: %s has none", id)
	}
	return nil
}

// checkInternetGateway refuses an internet-facing load balancer in a VPC without an
// internet gateway. AWS does not check the subnets' routes: it creates a load balancer in
// a subnet without a route to the gateway, where clients cannot reach it.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
// *inferred* (the words are those of the API)
func checkInternetGateway(t *core.Tx, in core.Object, vpc string) error {
	if !in.Bool("internal") && len(t.Where(ec2.InternetGatewayToken, "vpcId", vpc)) == 0 {
		return core.Refuse("InvalidSubnet", "VPC %s has no internet gateway", vpc)
	}
	return nil
}

// loadBalancerGroups are the security groups of a load balancer, by default the VPC's default
// group. They must be in its VPC.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
// *sourced*
func loadBalancerGroups(t *core.Tx, in core.Object, vpc string) ([]string, error) {
	ids := in.Strs("securityGroups")
	if len(ids) == 0 {
		state, _ := t.Get(ec2.VpcToken, vpc)
		return []string{state.Str("defaultSecurityGroupId")}, nil
	}
	for _, id := range ids {
		if group, _ := t.Get(ec2.SecurityGroupToken, id); group.Str("vpcId") != vpc {
			return nil, core.Refuse("InvalidConfigurationRequest",
				"One or more security groups are invalid: '%s' is not in the VPC '%s'", id, vpc)
		}
	}
	return ids, nil
}
