package traffic

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Pulumi types of what the world is read from.
const (
	subnetToken       = "aws:ec2/subnet:Subnet"
	vpcToken          = "aws:ec2/vpc:Vpc"
	routeToken        = "aws:ec2/route:Route"
	routeTableToken   = "aws:ec2/routeTable:RouteTable"
	associationToken  = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	groupToken        = "aws:ec2/securityGroup:SecurityGroup"
	ingressToken      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressToken       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	interfaceToken    = "aws:ec2/networkInterface:NetworkInterface"
	natToken          = "aws:ec2/natGateway:NatGateway"
	instanceToken     = "aws:ec2/instance:Instance"
	serviceToken      = "aws:ecs/service:Service"
	taskToken         = "aws:ecs/task:Task"
	targetGroupToken  = "aws:lb/targetGroup:TargetGroup"
	attachmentToken   = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	balancerToken     = "aws:lb/loadBalancer:LoadBalancer"
	distributionToken = "aws:cloudfront/distribution:Distribution"
	certificateToken  = "aws:acm/certificate:Certificate"
	zoneToken         = "aws:route53/zone:Zone"
	recordToken       = "aws:route53/record:Record"
)

// ruleState is what counts of a rule of a security group.
type ruleState struct {
	SecurityGroupID, IPProtocol             string
	FromPort, ToPort                        int
	CidrIPv4, CidrIPv6                      string
	PrefixListID, ReferencedSecurityGroupID string
}

func (r ruleState) rule() (wire.Rule, error) {
	out := wire.Rule{
		Protocol: r.IPProtocol, FromPort: r.FromPort, ToPort: r.ToPort,
		List: r.PrefixListID, Group: r.ReferencedSecurityGroupID,
	}
	for _, cidr := range []string{r.CidrIPv4, r.CidrIPv6} {
		if cidr == "" {
			continue
		}
		var err error
		if out.CIDR, err = netip.ParsePrefix(cidr); err != nil {
			return out, fmt.Errorf("a rule of %s: %w", r.SecurityGroupID, err)
		}
	}
	return out, nil
}

// groupsOf are the account's security groups with their rules.
func groupsOf(account *cloud.Account) (map[string]wire.Group, error) {
	out := map[string]wire.Group{}
	for _, token := range []string{ingressToken, egressToken} {
		rules, err := cloud.States[ruleState](account, token)
		if err != nil {
			return nil, err
		}
		for _, r := range rules {
			rule, err := r.rule()
			if err != nil {
				return nil, err
			}
			g := out[r.SecurityGroupID]
			if token == ingressToken {
				g.Ingress = append(g.Ingress, rule)
			} else {
				g.Egress = append(g.Egress, rule)
			}
			out[r.SecurityGroupID] = g
		}
	}
	return out, nil
}

// regionsOf are the Regions in which the account has anything.
func regionsOf(account *cloud.Account) []string {
	found := map[string]bool{}
	for _, regions := range account.Resources {
		for region := range regions {
			found[region] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// originFacing are the ids of the lists of addresses from which CloudFront connects
// to origins, one for each Region of the account.
func originFacing(account *cloud.Account, list string) []string {
	var out []string
	for _, region := range regionsOf(account) {
		for _, l := range cloud.PrefixLists(region) {
			if l.Name == list {
				out = append(out, l.ID)
			}
		}
	}
	return out
}

// network is what the account says about subnets and their routes.
type network struct {
	subnets map[string]subnetState
	public  map[string]bool // subnets with a default route to an internet gateway
	taken   map[string]map[netip.Addr]bool
}

type subnetState struct{ ID, VPCID, CidrBlock, IPv6CidrBlock string }

// networkOf reads the subnets, where their routes lead, and which addresses are
// taken.
func networkOf(account *cloud.Account) (network, error) {
	n := network{subnets: map[string]subnetState{}, public: map[string]bool{}, taken: map[string]map[netip.Addr]bool{}}
	subnets, err := cloud.States[subnetState](account, subnetToken)
	if err != nil {
		return n, err
	}
	open, err := tablesToInternet(account)
	if err != nil {
		return n, err
	}
	tables, err := tablesOf(account)
	if err != nil {
		return n, err
	}
	for _, s := range subnets {
		n.subnets[s.ID] = s
		table, ok := tables[s.ID]
		if !ok {
			table = tables[s.VPCID]
		}
		n.public[s.ID] = open[table]
	}
	for _, token := range []string{interfaceToken, instanceToken, natToken} {
		if err := n.take(account, token); err != nil {
			return n, err
		}
	}
	return n, nil
}

// tablesToInternet are the route tables with a default route to an internet
// gateway. Without one an address is public in name alone: nothing comes back.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
func tablesToInternet(account *cloud.Account) (map[string]bool, error) {
	routes, err := cloud.States[struct{ RouteTableID, DestinationCidrBlock, GatewayID string }](account, routeToken)
	out := map[string]bool{}
	for _, r := range routes {
		if r.DestinationCidrBlock == "0.0.0.0/0" && strings.HasPrefix(r.GatewayID, "igw-") {
			out[r.RouteTableID] = true
		}
	}
	return out, err
}

// tablesOf are the route tables by subnet, and the main ones by VPC.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
func tablesOf(account *cloud.Account) (map[string]string, error) {
	out := map[string]string{}
	vpcs, err := cloud.States[struct{ ID, MainRouteTableID string }](account, vpcToken)
	if err != nil {
		return nil, err
	}
	for _, v := range vpcs {
		out[v.ID] = v.MainRouteTableID
	}
	associations, err := cloud.States[struct{ SubnetID, RouteTableID string }](account, associationToken)
	for _, a := range associations {
		out[a.SubnetID] = a.RouteTableID
	}
	return out, err
}

// take marks the addresses of a type as taken.
func (n network) take(account *cloud.Account, token string) error {
	states, err := cloud.States[struct{ SubnetID, PrivateIP string }](account, token)
	for _, s := range states {
		if a, e := netip.ParseAddr(s.PrivateIP); e == nil {
			n.mark(s.SubnetID, a)
		}
	}
	return err
}

func (n network) mark(subnet string, a netip.Addr) {
	if n.taken[subnet] == nil {
		n.taken[subnet] = map[netip.Addr]bool{}
	}
	n.taken[subnet][a] = true
}

// free is an address of a subnet that nothing has, from its end on; it is taken
// from then on. The first four and the last are AWS's.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
func (n network) free(subnet string) (netip.Addr, error) {
	block, err := netip.ParsePrefix(n.subnets[subnet].CidrBlock)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("subnet %q: %w", subnet, err)
	}
	reserved := block.Masked().Addr().Next().Next().Next()
	for a := lastOf(block).Prev(); reserved.Less(a); a = a.Prev() {
		if !n.taken[subnet][a] {
			n.mark(subnet, a)
			return a, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("subnet %s has no address left", subnet)
}

// lastOf is the last address of a block.
func lastOf(block netip.Prefix) netip.Addr {
	raw := block.Masked().Addr().AsSlice()
	for bit := block.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}
