package agreement

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

const (
	anywhere           = "0.0.0.0/0"
	prefixListFunction = "aws:ec2/getManagedPrefixList:getManagedPrefixList"
)

// block is the VPC's. The addresses of plans are in it.
var block = netip.MustParsePrefix("10.0.0.0/16")

// network registers a VPC with an internet gateway and the load balancers' subnets in two
// zones, with IPv6 if a load balancer needs it, and without a route to the gateway if
// one has none.
func (r *registration) network() (err error) {
	dual := slices.ContainsFunc(r.plan.LoadBalancers, func(b requestpath.LoadBalancer) bool { return b.DualStack })
	var state props
	if r.vpc, state, err = r.create("aws:ec2/vpc:Vpc", "plan", props{
		"cidrBlock": block.String(), "enableDnsHostnames": true, "assignGeneratedIpv6CidrBlock": dual,
	}); err != nil {
		return err
	}
	if r.gateway, _, err = r.create("aws:ec2/internetGateway:InternetGateway", "plan", props{"vpcId": r.vpc}); err != nil {
		return err
	}
	if r.publicTable, err = r.table(props{"gatewayId": r.gateway}); err != nil {
		return err
	}
	front := r.publicTable
	if slices.ContainsFunc(r.plan.LoadBalancers, func(b requestpath.LoadBalancer) bool { return b.Unrouted }) {
		if front, err = r.table(nil); err != nil {
			return err
		}
	}
	for i, zone := range []string{"a", "c"} {
		block6 := ""
		if text, ok := state["ipv6CidrBlock"].(string); ok && dual {
			block6 = strings.Replace(text, "00::/56", fmt.Sprintf("0%d::/64", i), 1)
		}
		id, err := r.subnet(fmt.Sprintf("10.0.%d.0/24", i), block6, zone, front)
		if err != nil {
			return err
		}
		r.front = append(r.front, id)
	}
	return nil
}

// table registers a route table, with or without a default route.
func (r *registration) table(to props) (string, error) {
	id, _, err := r.create("aws:ec2/routeTable:RouteTable", "plan", props{"vpcId": r.vpc})
	if err != nil || to == nil {
		return id, err
	}
	route := props{"routeTableId": id, "destinationCidrBlock": anywhere}
	for key, v := range to {
		route[key] = v
	}
	_, _, err = r.create("aws:ec2/route:Route", "default", route)
	return id, err
}

// subnet returns a subnet, which is registered if there is none.
func (r *registration) subnet(cidr, cidr6, zone, table string) (string, error) {
	if id, ok := r.subnets[cidr]; ok {
		return id, nil
	}
	in := props{"vpcId": r.vpc, "cidrBlock": cidr, "availabilityZone": Region + zone}
	if cidr6 != "" {
		in["ipv6CidrBlock"] = cidr6
	}
	id, _, err := r.create("aws:ec2/subnet:Subnet", cidr, in)
	if err != nil {
		return "", err
	}
	r.subnets[cidr] = id
	_, _, err = r.create("aws:ec2/routeTableAssociation:RouteTableAssociation", cidr, props{"subnetId": id, "routeTableId": table})
	return id, err
}

// natGateway is one in the first of the load balancers' subnets.
func (r *registration) natGateway() (id string, err error) {
	if r.nat != "" {
		return r.nat, nil
	}
	address, _, err := r.create("aws:ec2/eip:Eip", "nat", props{"domain": "vpc"})
	if err != nil {
		return "", err
	}
	r.nat, _, err = r.create("aws:ec2/natGateway:NatGateway", "nat", props{"subnetId": r.front[0], "allocationId": address})
	return r.nat, err
}

// securityGroups registers the groups, and then their rules, which refer to groups.
func (r *registration) securityGroups() error {
	for _, g := range r.plan.SecurityGroups {
		id, _, err := r.create("aws:ec2/securityGroup:SecurityGroup", g.Name, props{"vpcId": r.vpc, "name": g.Name})
		if err != nil {
			return err
		}
		r.groups[g.Name], r.renames.groupIDs[g.Name] = id, id
	}
	for _, g := range r.plan.SecurityGroups {
		for direction, rules := range map[string][]requestpath.Access{"Ingress": g.Ingress, "Egress": g.Egress} {
			token := fmt.Sprintf("aws:vpc/securityGroup%[1]sRule:SecurityGroup%[1]sRule", direction)
			for _, a := range rules {
				in, err := r.permission(a)
				if err != nil {
					return err
				}
				in["securityGroupId"] = r.groups[g.Name]
				if a.SecurityGroup == requestpath.VPCOriginGroup {
					r.serviceRules = append(r.serviceRules, serviceRule{token, g.Name, in})
					continue
				}
				if _, _, err := r.create(token, g.Name, in); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// permission are the inputs of a rule.
func (r *registration) permission(a requestpath.Access) (props, error) {
	in := props{"ipProtocol": a.Protocol}
	if a.Protocol != "-1" {
		in["fromPort"], in["toPort"] = a.FromPort, a.ToPort
	}
	switch {
	case a.SecurityGroup != "":
		in["referencedSecurityGroupId"] = r.groups[a.SecurityGroup]
	case a.PrefixList != "":
		id, err := r.prefixList(a.PrefixList)
		if err != nil {
			return nil, err
		}
		in["prefixListId"] = id
	case strings.Contains(a.CIDR, ":"):
		in["cidrIpv6"] = a.CIDR
	default:
		in["cidrIpv4"] = a.CIDR
	}
	return in, nil
}

// s3List is the name of S3's prefix list in plans.
const s3List = "s3"

// prefixList is the id of an AWS-managed prefix list.
func (r *registration) prefixList(name string) (string, error) {
	if name == s3List {
		name = "com.amazonaws." + Region + ".s3"
	}
	found, err := r.driver.Invoke(prefixListFunction, props{"name": name})
	if err != nil {
		return "", inexpressible("there is no prefix list %s", name)
	}
	return fmt.Sprint(found["id"]), nil
}
