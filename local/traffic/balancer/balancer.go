package balancer

import (
	"net/netip"
	"slices"
)

// Balancer is a load balancer with everything that decides about a request.
type Balancer struct {
	// Name is its name on AWS, ARN and DNSName what AWS calls it.
	Name, ARN, DNSName string
	// VPC is the id of its VPC.
	VPC string
	// Internal says that it has no public addresses. Default: internet-facing.
	Internal bool
	// DualStack says that it has IPv6 addresses beside those of IPv4.
	DualStack bool
	// Subnets are those that it is in.
	Subnets []Subnet
	// Public and Private are its addresses. They are not registered anywhere:
	// the caller gives them to it. It connects to its targets from the
	// first private one, which is required.
	Public, Private []netip.Addr
	// Groups are the ids of its security groups.
	Groups []string
	// IdleSeconds is how long a connection may carry nothing; ClientSeconds how
	// long a client may keep one.
	IdleSeconds, ClientSeconds float64
	// HTTP2 says that HTTPS listeners offer it.
	HTTP2 bool
	// PreserveHost sends the Host header on as it came.
	PreserveHost bool
	// ForwardedFor is what happens to X-Forwarded-For: "append", "preserve" or
	// "remove". ClientPort appends the client's port along with its address.
	ForwardedFor string
	ClientPort   bool
	// DropInvalid leaves out headers whose name has other characters than letters,
	// digits and hyphens. TLSHeaders tells targets about the client's TLS.
	DropInvalid, TLSHeaders bool
	// Listeners are its listeners, by port.
	Listeners []Listener
	// TargetGroups are those that its listeners forward to, by ARN.
	TargetGroups map[string]TargetGroup
}

// Subnet is a subnet with its Availability Zone.
type Subnet struct{ ID, Zone string }

// Listener is a port of a load balancer.
type Listener struct {
	Port int
	// Secure says that the protocol is HTTPS, with Policy and Certificates: ARNs,
	// the default one first.
	Secure       bool
	Policy       string
	Certificates []string
	// Rules are evaluated in their order, by priority; Default comes after them.
	Rules   []Rule
	Default Action
}

// Rule is an action for the requests that meet all of its conditions.
type Rule struct {
	Priority   int
	Conditions []Condition
	Action     Action
}

// Fields that a [Condition] may look at, as AWS calls them.
const (
	FieldHost     = "host-header"
	FieldPath     = "path-pattern"
	FieldHeader   = "http-header"
	FieldMethod   = "http-request-method"
	FieldQuery    = "query-string"
	FieldSourceIP = "source-ip"
)

// Condition is true when one of its values matches.
type Condition struct {
	// Field is one of the constants above.
	Field string
	// Header is the name of the header that FieldHeader looks at.
	Header string
	// Values are patterns for a host, a path or a header, or methods.
	Values []string
	// Query are patterns for FieldQuery.
	Query []Pair
	// Sources are the address blocks of FieldSourceIP.
	Sources []netip.Prefix
}

// Pair is a pattern for a key and one for its value in a query string. Without a
// Key, any key will do.
type Pair struct{ Key, Value string }

// Action is what is done with a request: exactly one of its fields is set.
type Action struct {
	Forward  []Share
	Redirect *Redirect
	Fixed    *Fixed
}

// Share is a target group, by its ARN, and its weight among the others.
type Share struct {
	TargetGroup string
	Weight      int
}

// Redirect is where a request is sent: the parts of a URL, in which #{protocol},
// #{host}, #{port}, #{path} and #{query} stand for those of the request. Empty
// parts stay as they are. Status is 301 or 302.
type Redirect struct {
	Protocol, Host, Port, Path, Query string
	Status                            int
}

// Fixed is an answer that is the same for every request.
type Fixed struct {
	Status            int
	ContentType, Body string
}

// Versions that a target group may expect.
const (
	VersionHTTP1 = "HTTP1"
	VersionHTTP2 = "HTTP2"
	VersionGRPC  = "GRPC"
)

// TargetGroup is a set of targets, with how they are spoken to and checked.
type TargetGroup struct {
	Name, ARN string
	// Secure says that the protocol is HTTPS. Version is one of the constants above.
	Secure  bool
	Version string
	Check   Check
	// Targets are those that are registered, in the order of their registration.
	Targets []Target
}

// Check is the health check of a target group. Times are in seconds.
type Check struct {
	// Secure says that it is made over HTTPS, whatever the group's protocol.
	Secure bool
	// Port is where it goes, 0 for the port that takes the traffic.
	Port int
	// Path is what is asked for; Matcher the codes that count as healthy, for
	// example "200,301-399", of gRPC for a group of version GRPC.
	Path, Matcher string
	// Interval and Timeout are seconds. Healthy and Unhealthy are how many checks
	// in a row change a target's state.
	Interval, Timeout  float64
	Healthy, Unhealthy int
}

// Target is one target on one port.
type Target struct {
	// ID is the id of an instance or an address, as it is registered.
	ID      string
	Address netip.Addr
	Port    int
	// Unused says why it gets no traffic, whatever its health; "" when it may.
	Unused string
}

// actions are all actions of a listener.
func (l Listener) actions() []Action {
	out := []Action{l.Default}
	for _, r := range l.Rules {
		out = append(out, r.Action)
	}
	return out
}

// forwardsTo says whether a listener forwards any request to a target group.
func (l Listener) forwardsTo(group string) bool {
	return slices.ContainsFunc(l.actions(), func(a Action) bool {
		return slices.ContainsFunc(a.Forward, func(s Share) bool { return s.TargetGroup == group })
	})
}
