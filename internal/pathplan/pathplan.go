// Package pathplan draws up the plan of a request's path from the few facts that
// components and stacks know before anything is registered, and says which
// ordinary requests of it would fail. What AWS is still to choose (names, ids,
// addresses) has stand-ins.
//
// Everything that a component registers and a request can meet is said here
// once: a plan made of the registered resources is the same but for those names.
package pathplan

import "github.com/portico-iac/portico/requestpath"

// Stand-ins for addresses that AWS is still to choose.
const (
	// PublicAddress is that of a server on the internet.
	PublicAddress = "198.51.100.20"
	// PrivateAddress is that of a server within the VPC.
	PrivateAddress = "10.0.0.20"
)

// tcp is access to one TCP port; the other side is to be filled in.
func tcp(port int) requestpath.Access {
	return requestpath.Access{Protocol: "tcp", FromPort: port, ToPort: port}
}

func fromCIDR(port int, cidr string) requestpath.Access {
	a := tcp(port)
	a.CIDR = cidr
	return a
}

func fromList(port int, list string) requestpath.Access {
	a := tcp(port)
	a.PrefixList = list
	return a
}

func fromGroup(port int, group string) requestpath.Access {
	a := tcp(port)
	a.SecurityGroup = group
	return a
}

const (
	httpPort  = 80
	httpsPort = 443
	anywhere  = "0.0.0.0/0"
)

// Part is something that adds itself to a plan.
type Part interface {
	AddTo(p *requestpath.Plan)
}

// Of is the plan of all parts together.
func Of(parts ...Part) requestpath.Plan {
	var p requestpath.Plan
	for _, part := range parts {
		part.AddTo(&p)
	}
	return p
}

// Secret is the header by which an origin tells its own distribution from
// others. Opaque ids stand for its values.
type Secret struct {
	// Header is its name; "" is no secret at all.
	Header string
	// Accepted are the values that the origin accepts, the one that is sent first.
	Accepted []string
}

func (s Secret) sent() []requestpath.Header {
	if s.Header == "" {
		return nil
	}
	return []requestpath.Header{{Name: s.Header, Value: s.Accepted[0]}}
}

// addRecords makes names lead to what AWS names target.
func addRecords(p *requestpath.Plan, names []string, target string, ipv6 bool) {
	for _, n := range names {
		p.Records = append(p.Records, requestpath.Record{Name: n, Type: requestpath.RecordA, Alias: target})
		if ipv6 {
			p.Records = append(p.Records, requestpath.Record{Name: n, Type: requestpath.RecordAAAA, Alias: target})
		}
	}
}

// addGroup adds a security group, or its rules to the one of that name.
func addGroup(p *requestpath.Plan, g requestpath.SecurityGroup) {
	for i := range p.SecurityGroups {
		if own := &p.SecurityGroups[i]; own.Name == g.Name {
			own.Ingress = append(own.Ingress, g.Ingress...)
			own.Egress = append(own.Egress, g.Egress...)
			return
		}
	}
	p.SecurityGroups = append(p.SecurityGroups, g)
}
