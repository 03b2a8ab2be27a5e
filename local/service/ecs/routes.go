package ecs

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// everywhere is the CIDR of all IPv4 addresses.
const everywhere = "0.0.0.0/0"

// route finds out what tasks in one subnet reach on the HTTPS port, on which every AWS
// service and every registry listens.
type route struct {
	t           *core.Tx
	subnet      core.Object
	groups      []string
	hasPublicIP bool
}

// routeFrom is the route of a service's tasks in one subnet.
func routeFrom(t *core.Tx, service core.Object, subnetID string) route {
	subnet, _ := t.Get(ec2.SubnetToken, subnetID)
	network := service.Block("networkConfiguration")
	groups := network.Strs("securityGroups")
	if len(groups) == 0 { // as for every interface that is given none
		vpc, _ := t.Get(ec2.VpcToken, subnet.Str("vpcId"))
		groups = []string{vpc.Str("defaultSecurityGroupId")}
	}
	return route{t: t, subnet: subnet, groups: groups, hasPublicIP: network.Bool("assignPublicIp")}
}

// toInternet tells whether tasks reach the internet: through a NAT gateway that
// reaches it, or through an internet gateway when they have a public address.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
// *sourced*
func (w route) toInternet() bool {
	if !permits(w.t, ec2.EgressRuleToken, w.groups, everywhere) {
		return false
	}
	out := defaultRoute(w.t, w.subnet)
	if gateway := out.Str("gatewayId"); gateway != "" {
		_, exists := w.t.Get(ec2.InternetGatewayToken, gateway)
		return exists && w.hasPublicIP
	}
	nat, ok := w.t.Get(ec2.NatGatewayToken, out.Str("natGatewayId"))
	if !ok || nat.Str("connectivityType") != "public" {
		return false
	}
	beyond, _ := w.t.Get(ec2.SubnetToken, nat.Str("subnetId"))
	_, exists := w.t.Get(ec2.InternetGatewayToken, defaultRoute(w.t, beyond).Str("gatewayId"))
	return exists
}

// defaultRoute is the route of a subnet to 0.0.0.0/0.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
// *sourced*
func defaultRoute(t *core.Tx, subnet core.Object) core.Object {
	for _, r := range t.Where(ec2.RouteToken, "routeTableId", tableOf(t, subnet)) {
		if r.Str("destinationCidrBlock") == everywhere {
			return r
		}
	}
	return nil
}

// tableOf is the route table of a subnet: its own, or the VPC's main one.
func tableOf(t *core.Tx, subnet core.Object) string {
	for _, a := range t.Where(ec2.RouteTableAssociationToken, "subnetId", subnet.Str("id")) {
		return a.Str("routeTableId")
	}
	vpc, _ := t.Get(ec2.VpcToken, subnet.Str("vpcId"))
	return vpc.Str("mainRouteTableId")
}

// toService tells whether tasks reach a service of AWS in their Region. Where the
// VPC has an interface endpoint with private DNS, or the subnet a gateway endpoint,
// their requests go there and nowhere else; otherwise they go over the internet.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
// *sourced*
func (w route) toService(service string) bool {
	name := "com.amazonaws." + w.t.Region() + "." + service
	for _, e := range w.t.Where(ec2.VpcEndpointToken, "vpcId", w.subnet.Str("vpcId")) {
		switch {
		case e.Str("serviceName") != name:
		case e.Str("vpcEndpointType") == "Interface" && e.Bool("privateDnsEnabled"):
			return w.toInterface(e)
		case e.Str("vpcEndpointType") == "Gateway" && slices.Contains(e.Strs("routeTableIds"), tableOf(w.t, w.subnet)):
			return permits(w.t, ec2.EgressRuleToken, w.groups, everywhere, e.Str("prefixListId"))
		}
	}
	return w.toInternet()
}

// toInterface tells whether the security groups on both sides let tasks connect to an
// interface endpoint.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
// *sourced*
func (w route) toInterface(endpoint core.Object) bool {
	groups := endpoint.Strs("securityGroupIds")
	for _, id := range endpoint.Strs("subnetIds") {
		there, _ := w.t.Get(ec2.SubnetToken, id)
		if permits(w.t, ec2.EgressRuleToken, w.groups, there.Str("cidrBlock"), groups...) &&
			permits(w.t, ec2.IngressRuleToken, groups, w.subnet.Str("cidrBlock"), w.groups...) {
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
