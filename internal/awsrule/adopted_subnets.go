package awsrule

import (
	"fmt"
	"net/netip"
	"slices"
)

// AdoptedSubnet is a subnet that exists already, as AWS describes it.
type AdoptedSubnet struct {
	ID        string
	VPC       string
	Zone      string
	ZoneID    string
	CIDRBlock string
	// RouteTable is the one that the subnet uses, and InternetGateway what its default
	// route leads to: "" when that is none.
	RouteTable, InternetGateway string
	// DefaultRoute says that RouteTable has a default route at all.
	DefaultRoute bool
}

// AdoptedSubnets says whether subnets that exist already lie in the VPC and are
// named once each.
func AdoptedSubnets(vpc string, subnets []AdoptedSubnet) error {
	var seen []string
	for _, s := range subnets {
		if slices.Contains(seen, s.ID) {
			return fmt.Errorf("%q is named twice; name each subnet once", s.ID)
		}
		if s.VPC != vpc {
			return fmt.Errorf("%q must lie in VPC %q, it lies in %q; give subnets of one VPC", s.ID, vpc, s.VPC)
		}
		seen = append(seen, s.ID)
	}
	return nil
}

// LoadBalancerSubnets is AdoptedSubnets for subnets that a load balancer is to use:
// one in each of at least two zones, each wide enough.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
func LoadBalancerSubnets(vpc string, subnets []AdoptedSubnet) error {
	if err := AdoptedSubnets(vpc, subnets); err != nil {
		return err
	}
	byZone := map[string]string{}
	for _, s := range subnets {
		if other, taken := byZone[s.Zone]; taken {
			return fmt.Errorf("must be one subnet per zone, got %q and %q in %s; leave one of them out", other, s.ID, s.Zone)
		}
		byZone[s.Zone] = s.ID
		if p, err := netip.ParsePrefix(s.CIDRBlock); err == nil && p.Bits() > subnetMin {
			return fmt.Errorf("must be /%d or wider for a load balancer, got %q with %q", subnetMin, s.ID, s.CIDRBlock)
		}
	}
	if len(byZone) < MinZones {
		return fmt.Errorf("must be subnets in at least %d zones, got %d; a load balancer needs two", MinZones, len(byZone))
	}
	return nil
}
