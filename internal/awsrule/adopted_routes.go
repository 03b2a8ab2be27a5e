package awsrule

import (
	"fmt"
	"slices"
	"strings"
)

// InternetGatewayPrefix begins the id of every internet gateway.
// https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
const InternetGatewayPrefix = "igw-"

// Route is a route of a route table: its IPv4 block and the id of the gateway that it
// leads to, "" when it leads to something else.
type Route struct{ CIDRBlock, Gateway string }

func (r Route) isDefault() bool { return r.CIDRBlock == "0.0.0.0/0" }

// ToInternetGateway is the internet gateway that the default route leads to, "" when
// there is none.
// https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
func ToInternetGateway(routes []Route) string {
	for _, r := range routes {
		if r.isDefault() && strings.HasPrefix(r.Gateway, InternetGatewayPrefix) {
			return r.Gateway
		}
	}
	return ""
}

// HasDefaultRoute says whether there is a default route.
func HasDefaultRoute(routes []Route) bool {
	return slices.ContainsFunc(routes, Route.isDefault)
}

// PublicRoutes refuses subnets for load balancers that no internet gateway leads to.
func PublicRoutes(subnets []AdoptedSubnet) error {
	for _, s := range subnets {
		if s.InternetGateway == "" {
			return fmt.Errorf("must be public subnets, %q has no default route to an internet gateway in its route table (%s); "+
				"viewers could not reach a load balancer there: give a subnet that has one", s.ID, s.RouteTable)
		}
	}
	return nil
}

// PrivateRoutes refuses subnets for tasks, which have no public address, whose way to
// the internet needs one.
// https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
func PrivateRoutes(subnets []AdoptedSubnet) error {
	for _, s := range subnets {
		if s.InternetGateway != "" {
			return fmt.Errorf("must be private subnets, the default route of %q leads to %s (%s); tasks have no public address "+
				"and would reach nothing through an internet gateway, not even their image: give a subnet that is routed to a NAT gateway",
				s.ID, s.InternetGateway, s.RouteTable)
		}
	}
	return nil
}

// PrivateZones refuses subnets for tasks in zones that have no subnet for the load
// balancer: it sends nothing to targets there.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func PrivateZones(public, private []AdoptedSubnet) error {
	for _, s := range private {
		if !slices.ContainsFunc(public, func(p AdoptedSubnet) bool { return p.Zone == s.Zone }) {
			return fmt.Errorf("must be in zones of publicSubnetIds, %q is in %s; the load balancer would not use targets there "+
				"(Target.NotInUse) and viewers could get 503: add a public subnet of that zone, or leave %q out", s.ID, s.Zone, s.ID)
		}
	}
	return nil
}
