package requestpath

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
)

// Stand-ins for names that AWS assigns, for a plan that is drawn up before they
// are known. Any other name of the same form does as well.
const (
	AssignedDistributionName = "assigned.cloudfront.net"
	AssignedLoadBalancerName = "assigned-1.us-east-1.elb.amazonaws.com"
)

// Plan describes everything that a request can meet. Its parts refer to each
// other by name, as the resources do: a record to the DNS name of a load balancer, a
// listener to a target group, a target to a server. What a plan leaves out does
// not exist.
type Plan struct {
	Records        []Record        `json:"records,omitempty"`
	Distributions  []Distribution  `json:"distributions,omitempty"`
	LoadBalancers  []LoadBalancer  `json:"loadBalancers,omitempty"`
	TargetGroups   []TargetGroup   `json:"targetGroups,omitempty"`
	Servers        []Server        `json:"servers,omitempty"`
	Buckets        []Bucket        `json:"buckets,omitempty"`
	SecurityGroups []SecurityGroup `json:"securityGroups,omitempty"`
	WebACLs        []WebACL        `json:"webACLs,omitempty"`
}

// Types of a record.
const (
	RecordA     = "A"
	RecordAAAA  = "AAAA"
	RecordCNAME = "CNAME"
)

// Record is one record set of a hosted zone.
type Record struct {
	// Name may begin with "*." and then stands for every name below that has no
	// record of its own.
	Name string `json:"name"`
	// Type is RecordA, RecordAAAA or RecordCNAME. Default: RecordA.
	Type string `json:"type,omitempty"`
	// Alias is the name that an alias record, or a CNAME, points to: that of a
	// distribution, of a load balancer (also with "dualstack." before it) or of a record.
	Alias string `json:"alias,omitempty"`
	// Addresses are the values of a record that is not an alias.
	Addresses []string `json:"addresses,omitempty"`
	// Zone is the name of the hosted zone that the record is in. A name is looked
	// up in the most specific zone that it is in, and in no other.
	// Default: DefaultZone of Name.
	Zone string `json:"zone,omitempty"`
	// PrivateZone hides the record from everybody outside the VPC. Inside, nobody asks the
	// public zone of that name. Default: false.
	PrivateZone bool `json:"privateZone,omitempty"`
}

// SecurityGroup drops in silence what none of its rules admits.
type SecurityGroup struct {
	Name    string   `json:"name"`
	Ingress []Access `json:"ingress,omitempty"`
	Egress  []Access `json:"egress,omitempty"`
}

// Access is one rule of a security group. The other side is named by exactly
// one of CIDR, PrefixList and SecurityGroup.
type Access struct {
	// Protocol is "tcp", "-1" for all, or one that no request uses.
	// Default: tcp.
	Protocol string `json:"protocol,omitempty"`
	// FromPort and ToPort bound the ports, both included. Default: every port.
	FromPort int `json:"fromPort,omitempty"`
	ToPort   int `json:"toPort,omitempty"`

	CIDR          string `json:"cidr,omitempty"`
	PrefixList    string `json:"prefixList,omitempty"`
	SecurityGroup string `json:"securityGroup,omitempty"`
}

// Why a certificate is not trusted. The empty string is a chain, sent whole, to
// a certification authority that everybody trusts.
const (
	SelfSigned      = "self-signed"
	UnknownIssuer   = "unknown-issuer"
	IncompleteChain = "incomplete-chain"
)

// Certificate is one certificate with the chain that is sent with it.
type Certificate struct {
	// Names are host names and wildcards of one level.
	Names []string `json:"names,omitempty"`
	// Expired says that it is not valid now. Default: false.
	Expired bool `json:"expired,omitempty"`
	// Trust is "", SelfSigned, UnknownIssuer or IncompleteChain.
	Trust string `json:"trust,omitempty"`
}

// withDefaults is the plan with every default filled in.
func (p Plan) withDefaults() *Plan {
	p.Records = filled(p.Records, (*Record).fill)
	p.Distributions = filled(p.Distributions, (*Distribution).fill)
	p.LoadBalancers = filled(p.LoadBalancers, (*LoadBalancer).fill)
	p.TargetGroups = filled(p.TargetGroups, (*TargetGroup).fill)
	p.Buckets = filled(p.Buckets, (*Bucket).fill)
	p.WebACLs = filled(p.WebACLs, (*WebACL).fill)
	p.Servers = filled(p.Servers, func(s *Server) { s.Listeners = filled(s.Listeners, (*ServerListener).fill) })
	return &p
}

// filled are copies of the elements, with their defaults.
func filled[T any](all []T, fill func(*T)) []T {
	all = slices.Clone(all)
	for i := range all {
		fill(&all[i])
	}
	return all
}

func (r *Record) fill() {
	r.Type = cmp.Or(r.Type, RecordA)
	r.Zone = cmp.Or(dnsname.Normalise(r.Zone), DefaultZone(r.Name))
}

// DefaultZone is the zone of a record that names none: the last two labels of its name.
func DefaultZone(name string) string {
	labels := strings.Split(dnsname.Normalise(name), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

func find[T any](all []T, match func(*T) bool) *T {
	for i := range all {
		if match(&all[i]) {
			return &all[i]
		}
	}
	return nil
}

func (p *Plan) server(name string) *Server {
	return find(p.Servers, func(s *Server) bool { return s.Name == name })
}

func (p *Plan) targetGroup(name string) *TargetGroup {
	return find(p.TargetGroups, func(g *TargetGroup) bool { return g.Name == name })
}

func (p *Plan) group(name string) *SecurityGroup {
	return find(p.SecurityGroups, func(g *SecurityGroup) bool { return g.Name == name })
}
