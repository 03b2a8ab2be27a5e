package ec2

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// everywhere is the CIDR of all IPv4 addresses.
const everywhere = "0.0.0.0/0"

// Reach finds out what tasks or an instance in one subnet reach on the HTTPS port, on which
// every AWS service and every registry listens.
type Reach struct {
	T           *core.Tx
	Subnet      core.Object
	Groups      []string
	HasPublicIP bool
}

// ToInternet tells whether the internet is reached: through a NAT gateway that
// reaches it, or through an internet gateway from a public address.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
// *sourced*
func (r Reach) ToInternet() bool {
	if !permits(r.T, EgressRuleToken, r.Groups, everywhere) {
		return false
	}
	out := defaultRoute(r.T, r.Subnet)
	if gateway := out.Str("gatewayId"); gateway != "" {
		_, exists := r.T.Get(InternetGatewayToken, gateway)
		return exists && r.HasPublicIP
	}
	nat, ok := r.T.Get(NatGatewayToken, out.Str("natGatewayId"))
	if !ok || nat.Str("connectivityType") != "public" {
		return false
	}
	beyond, _ := r.T.Get(SubnetToken, nat.Str("subnetId"))
	_, exists := r.T.Get(InternetGatewayToken, defaultRoute(r.T, beyond).Str("gatewayId"))
	return exists
}

// defaultRoute is the route of a subnet to 0.0.0.0/0.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
// *sourced*
func defaultRoute(t *core.Tx, subnet core.Object) core.Object {
	for _, route := range t.Where(RouteToken, "routeTableId", tableOf(t, subnet)) {
		if route.Str("destinationCidrBlock") == everywhere {
			return route
		}
	}
	return nil
}

// tableOf is the route table of a subnet: its own, or the VPC's main one.
func tableOf(t *core.Tx, subnet core.Object) string {
	for _, a := range t.Where(RouteTableAssociationToken, "subnetId", subnet.Str("id")) {
		return a.Str("routeTableId")
	}
	vpc, _ := t.Get(VpcToken, subnet.Str("vpcId"))
	return vpc.Str("mainRouteTableId")
}

// ToService tells whether a service of AWS in the Region is reached. Where the
// VPC has an interface endpoint with private DNS, or the subnet a gateway endpoint,
// requests go there and nowhere else; otherwise they go over the internet.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
// *sourced*
func (r Reach) ToService(service string) bool {
	name := "com.amazonaws." + r.T.Region() + "." + service
	for _, e := range r.T.Where(VpcEndpointToken, "vpcId", r.Subnet.Str("vpcId")) {
		switch {
		case e.Str("serviceName") != name:
		case e.Str("vpcEndpointType") == "Interface" && e.Bool("privateDnsEnabled"):
			return r.toInterface(e)
		case e.Str("vpcEndpointType") == "Gateway" && slices.Contains(e.Strs("routeTableIds"), tableOf(r.T, r.Subnet)):
			return permits(r.T, EgressRuleToken, r.Groups, everywhere, e.Str("prefixListId"))
		}
	}
	return r.ToInternet()
}

// toInterface tells whether the security groups on both sides allow connections to an
// interface endpoint.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
// *sourced*
func (r Reach) toInterface(endpoint core.Object) bool {
	groups := endpoint.Strs("securityGroupIds")
	for _, id := range endpoint.Strs("subnetIds") {
		there, _ := r.T.Get(SubnetToken, id)
		if permits(r.T, EgressRuleToken, r.Groups, there.Str("cidrBlock"), groups...) &&
			permits(r.T, IngressRuleToken, groups, r.Subnet.Str("cidrBlock"), r.Groups...) {
			return true
		}
	}
	return false
}

// permits tells whether the rules of some security groups allow HTTPS to, or from, a
// CIDR, or one of some groups and prefix lists.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
// *sourced*
func permits(t *core.Tx, ruleToken string, groups []string, cidr string, peers ...string) bool {
	for _, id := range groups {
		for _, r := range t.Where(ruleToken, "securityGroupId", id) {
			if forHTTPS(r) && (within4(r.Str("cidrIpv4"), cidr) ||
				slices.Contains(peers, cmp.Or(r.Str("referencedSecurityGroupId"), r.Str("prefixListId")))) {
				return true
			}
		}
	}
	return false
}

// forHTTPS tells whether a rule of a security group includes TCP port 443.
func forHTTPS(r core.Object) bool {
	switch r.Str("ipProtocol") {
	case "-1":
		return true
	case "tcp", "6":
		return r.Int("fromPort") <= 443 && 443 <= r.Int("toPort")
	}
	return false
}

// within4 tells whether a CIDR contains another one.
func within4(outer, inner string) bool {
	o, errOuter := netip.ParsePrefix(outer)
	i, errInner := netip.ParsePrefix(inner)
	return errOuter == nil && errInner == nil && o.Bits() <= i.Bits() && o.Contains(i.Addr())
}
