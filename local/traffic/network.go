package traffic

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// securityGroups returns the account's security groups with their rules, by id.
func securityGroups(r *account.Resources) map[string]wire.Group {
	out := map[string]wire.Group{}
	for _, rule := range r.IngressRules {
		g := out[rule.SecurityGroupID]
		g.Ingress = append(g.Ingress, ruleOf(rule))
		out[rule.SecurityGroupID] = g
	}
	for _, rule := range r.EgressRules {
		g := out[rule.SecurityGroupID]
		g.Egress = append(g.Egress, ruleOf(rule))
		out[rule.SecurityGroupID] = g
	}
	return out
}

// ruleOf reads a rule, which names the other side in exactly one way. Without a CIDR
// block, the block is invalid and contains no address.
func ruleOf(r account.SecurityGroupRule) wire.Rule {
	block, _ := netip.ParsePrefix(r.CIDRv4 + r.CIDRv6)
	return wire.Rule{
		Protocol: r.IPProtocol, FromPort: r.FromPort, ToPort: r.ToPort,
		CIDR: block, List: r.PrefixListID, Group: r.ReferencedSecurityGroupID,
	}
}

// subnets are the account's subnets by id, with the addresses in use there.
type subnets map[string]subnet

type subnet struct {
	account.Subnet
	// public says that its default route is an internet gateway. Without one, a public
	// address is of no use: nothing comes back.
	// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
	public bool
	inUse  map[netip.Addr]bool
}

func subnetsOf(r *account.Resources) subnets {
	public, tables := publicTables(r), routeTables(r)
	out := subnets{}
	for _, s := range r.Subnets {
		table := cmp.Or(tables[s.ID], tables[s.VPCID])
		out[s.ID] = subnet{Subnet: s, public: public[table], inUse: map[netip.Addr]bool{}}
	}
	for _, i := range slices.Concat(r.Interfaces, r.NATGateways) {
		out.use(i.SubnetID, i.PrivateIP)
	}
	for _, i := range r.Instances {
		out.use(i.SubnetID, i.PrivateIP)
	}
	return out
}

// publicTables returns the route tables whose default route is an internet gateway.
func publicTables(r *account.Resources) map[string]bool {
	out := map[string]bool{}
	for _, route := range r.Routes {
		if route.DestinationCIDRBlock == "0.0.0.0/0" && strings.HasPrefix(route.GatewayID, "igw-") {
			out[route.RouteTableID] = true
		}
	}
	return out
}

// routeTables returns the route tables by subnet, and the main ones by VPC.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
func routeTables(r *account.Resources) map[string]string {
	out := map[string]string{}
	for _, v := range r.VPCs {
		out[v.ID] = v.MainRouteTableID
	}
	for _, a := range r.TableAssociations {
		out[a.SubnetID] = a.RouteTableID
	}
	return out
}

func (all subnets) isPublic(id string) bool { return all[id].public }

func (all subnets) use(id, address string) {
	if s, ok := all[id]; ok {
		for _, a := range parsed(address) {
			s.inUse[a] = true
		}
	}
}

// allocate takes an unused address of a subnet, the highest first. AWS reserves the
// first four and the last.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
func (all subnets) allocate(id string) (netip.Addr, error) {
	s, ok := all[id]
	if !ok {
		return netip.Addr{}, fmt.Errorf("there is no subnet %q", id)
	}
	block, err := netip.ParsePrefix(s.CIDRBlock)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("subnet %q: %w", id, err)
	}
	reserved := block.Masked().Addr().Next().Next().Next()
	for a := lastOf(block).Prev(); reserved.Less(a); a = a.Prev() {
		if !s.inUse[a] {
			s.inUse[a] = true
			return a, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("subnet %s has no address left", id)
}

// lastOf returns the last address of a block.
func lastOf(block netip.Prefix) netip.Addr {
	raw := block.Masked().Addr().AsSlice()
	for bit := block.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}
