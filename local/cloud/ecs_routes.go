package cloud

import (
	"net/netip"
	"slices"
)

// everywhere is every IPv4 address.
const everywhere = "0.0.0.0/0"

// A route is where tasks in one subnet get, on the HTTPS port: every AWS service
// and every registry is asked there.
type route struct {
	t           *tx
	subnet      object
	groups      []string
	hasPublicIP bool
}

// peer is the other end of a connection, as security groups see it.
type peer struct {
	addresses  string // the CIDR it is in; "" for none that is known
	groups     []string
	prefixList string
}

// toInternet tells whether tasks reach the internet: through a NAT gateway that
// does itself, or by an internet gateway when they have a public address.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
// *sourced*
func (w route) toInternet() bool {
	if !permits(w.t, egressRuleToken, w.groups, peer{addresses: everywhere}) {
		return false
	}
	way := defaultRoute(w.t, w.subnet)
	if gateway := way.str("gatewayId"); gateway != "" {
		_, exists := w.t.get(internetGatewayToken, gateway)
		return exists && w.hasPublicIP
	}
	nat, ok := w.t.get(natGatewayToken, way.str("natGatewayId"))
	if !ok || nat.str("connectivityType") != "public" {
		return false
	}
	beyond, _ := w.t.get(subnetToken, nat.str("subnetId"))
	_, exists := w.t.get(internetGatewayToken, defaultRoute(w.t, beyond).str("gatewayId"))
	return exists
}

// defaultRoute is the route that a subnet's traffic to anywhere takes.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
// *sourced*
func defaultRoute(t *tx, subnet object) object {
	for _, r := range t.where(routeToken, "routeTableId", tableOf(t, subnet)) {
		if r.str("destinationCidrBlock") == everywhere {
			return r
		}
	}
	return nil
}

// tableOf is the route table of a subnet: its own, or the VPC's main one.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
// *sourced*
func tableOf(t *tx, subnet object) string {
	for _, a := range t.where(routeTableAssociationToken, "subnetId", subnet.str("id")) {
		return a.str("routeTableId")
	}
	vpc, _ := t.get(vpcToken, subnet.str("vpcId"))
	return vpc.str("mainRouteTableId")
}

// toService tells whether tasks reach a service of AWS in their Region. Where
// the VPC has an interface endpoint with private DNS, or the subnet a gateway
// endpoint, the way leads there and nowhere else; without one it leads over the
// internet.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
// *sourced*
func (w route) toService(service string) bool {
	name := "com.amazonaws." + w.t.region + "." + service
	for _, e := range w.t.where(vpcEndpointToken, "vpcId", w.subnet.str("vpcId")) {
		switch {
		case e.str("serviceName") != name:
		case e.str("vpcEndpointType") == "Interface" && e.boolean("privateDnsEnabled"):
			return w.toInterface(e)
		case e.str("vpcEndpointType") == "Gateway" && slices.Contains(e.strs("routeTableIds"), tableOf(w.t, w.subnet)):
			return permits(w.t, egressRuleToken, w.groups, peer{addresses: everywhere, prefixList: e.str("prefixListId")})
		}
	}
	return w.toInternet()
}

// toInterface tells whether the security groups on both sides let tasks talk to
// an interface endpoint.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
// *sourced*
func (w route) toInterface(endpoint object) bool {
	groups := endpoint.strs("securityGroupIds")
	for _, id := range endpoint.strs("subnetIds") {
		there, _ := w.t.get(subnetToken, id)
		if permits(w.t, egressRuleToken, w.groups, peer{addresses: there.str("cidrBlock"), groups: groups}) &&
			permits(w.t, ingressRuleToken, groups, peer{addresses: w.subnet.str("cidrBlock"), groups: w.groups}) {
			return true
		}
	}
	return false
}

// permits tells whether one of the rules of some security groups lets HTTPS pass
// to, or from, a peer.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
// *sourced*
func permits(t *tx, ruleToken string, groups []string, other peer) bool {
	for _, id := range groups {
		for _, r := range t.where(ruleToken, "securityGroupId", id) {
			if forHTTPS(r) && (slices.Contains(other.groups, r.str("referencedSecurityGroupId")) ||
				other.prefixList != "" && r.str("prefixListId") == other.prefixList ||
				within4(r.str("cidrIpv4"), other.addresses)) {
				return true
			}
		}
	}
	return false
}

// forHTTPS tells whether a rule of a security group is about TCP 443.
func forHTTPS(r object) bool {
	switch r.str("ipProtocol") {
	case "-1":
		return true
	case "tcp", "6":
		return r.integer("fromPort") <= 443 && 443 <= r.integer("toPort")
	}
	return false
}

// within4 tells whether a CIDR holds the whole of another one.
func within4(outer, inner string) bool {
	o, errOuter := netip.ParsePrefix(outer)
	i, errInner := netip.ParsePrefix(inner)
	return errOuter == nil && errInner == nil && o.Bits() <= i.Bits() && o.Contains(i.Addr())
}
