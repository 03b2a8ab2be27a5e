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
	// FromPort and ToPort bound the ports, both included; ignored when Protocol
	// is "-1".
	FromPort, ToPort int
	// CIDR are the addresses of the other side.
	CIDR netip.Prefix
	// List is the id of a prefix list that its address is in.
	List string
	// Group is the id of one of its security groups.
	Group string
}

// Group is a security group. What no rule allows is dropped.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
type Group struct{ Ingress, Egress []Rule }

// Place is where a part is on the network.
type Place struct {
	// Name is that of the part, for messages. Kind tells parts of one name apart
	// where a network follows another one, see Next. Default: no kind.
	Name, Kind string
	// Addresses are all that lead there, private and public ones.
	Addresses []netip.Addr
	// VPC is the id of the VPC of its private addresses. Default: any.
	VPC string
	// Groups are the ids of its security groups. Without any it admits nothing,
	// unless it is Open.
	Groups []string
	// Open says that no security group stands before it, as with CloudFront, and
	// that ports on which nothing listens drop. Default: false.
	Open bool
}

// transports are the numbers that may stand for the name of a protocol.
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
	if from.Kind != KindBalancer {
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
