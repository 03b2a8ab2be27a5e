package wire

import (
	"net/netip"
	"slices"
)

// Rule is one permission of a security group. The other side is named by
// exactly one of CIDR, List and Group.
type Rule struct {
	// Protocol is "tcp", "udp", their numbers 6 and 17, or "-1" for all. Other
	// protocols allow no connection.
	Protocol string
	// FromPort and ToPort are the first and the last port. They are ignored when
	// Protocol is "-1".
	FromPort, ToPort int
	// CIDR is a block with the other side's address, List the id of a prefix list with
	// it, Group the id of one of the other side's security groups.
	CIDR        netip.Prefix
	List, Group string
}

// Group is a security group. What no rule allows is dropped.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
type Group struct{ Ingress, Egress []Rule }

// Place is where a part is on the network.
type Place struct {
	// Name and Kind are those of the part. The next network recognises it by both, see
	// Next. Default: no kind.
	Name, Kind string
	// Addresses are its private and public addresses.
	Addresses []netip.Addr
	// VPC is the id of the VPC of its private addresses. Default: any.
	VPC string
	// Groups are the ids of its security groups. Without any it admits nothing,
	// unless it is Open.
	Groups []string
	// Open says that it has no security groups and admits everything, as CloudFront
	// does, and that ports on which nothing listens drop. Default: false.
	Open bool
}

// transports are the numbers of protocols.
// Sourced: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
var transports = map[string]string{"tcp": "6", "udp": "17"}

func (r Rule) covers(transport string, port int) bool {
	if r.Protocol == "-1" {
		return true
	}
	same := r.Protocol == transport || r.Protocol == transports[transport]
	return same && r.FromPort <= port && port <= r.ToPort
}

func (r Rule) names(other Source) bool {
	switch {
	case r.Group != "":
		return slices.Contains(other.Groups, r.Group)
	case r.List != "":
		return slices.Contains(other.Lists, r.List)
	}
	return r.CIDR.IsValid() && r.CIDR.Contains(other.Address)
}

func allows(rules []Rule, transport string, port int, other Source) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.covers(transport, port) && r.names(other) })
}

// admits says whether the security groups of a place admit a source.
func (n *Network) admits(p *Place, from Source, transport string, port int) bool {
	if p.Open {
		return true
	}
	return slices.ContainsFunc(p.Groups, func(id string) bool {
		return allows(n.groups[id].Ingress, transport, port, from)
	})
}

// permits says whether the security groups of a source let it connect to an
// address of a place.
func (n *Network) permits(from Source, p *Place, transport string, to netip.AddrPort) bool {
	if from.Kind != KindLoadBalancer {
		return true
	}
	receiver := Source{Address: to.Addr(), Groups: p.Groups}
	return slices.ContainsFunc(from.Groups, func(id string) bool {
		return allows(n.groups[id].Egress, transport, int(to.Port()), receiver)
	})
}

// onlyInVPC says whether an address is one that the internet has no route to.
func onlyInVPC(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified()
}
