package requestpath

import (
	"cmp"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
)

// Protocols of listeners and target groups, and protocol versions of the latter.
const (
	ProtocolHTTP  = "HTTP"
	ProtocolHTTPS = "HTTPS"

	VersionHTTP1 = "HTTP1"
	VersionHTTP2 = "HTTP2"
	VersionGRPC  = "GRPC"
)

// LoadBalancer is one Application Load Balancer.
type LoadBalancer struct {
	Name string `json:"name"`
	// DNSName is the assigned one, or AssignedLoadBalancerName.
	DNSName string `json:"dnsName"`
	// Internal gives it private addresses only. Default: false.
	Internal bool `json:"internal,omitempty"`
	// Unrouted says that none of its subnets has a route to an internet gateway, so that
	// the public addresses of one that is not internal lead nowhere. Default: false.
	Unrouted bool `json:"unrouted,omitempty"`
	// DualStack gives it IPv6 addresses too. Default: false.
	DualStack bool `json:"dualStack,omitempty"`
	// PrivateAddress is one of its nodes', which a target's CIDR rules see.
	// Default: VPCAddress.
	PrivateAddress string   `json:"privateAddress,omitempty"`
	SecurityGroups []string `json:"securityGroups,omitempty"`
	// IdleTimeoutSeconds is how long it waits for a target. Default: 60.
	IdleTimeoutSeconds int `json:"idleTimeoutSeconds,omitempty"`
	// WebACL is the name of the web ACL that is asked about every request. Default: none.
	WebACL    string     `json:"webACL,omitempty"`
	Listeners []Listener `json:"listeners,omitempty"`
}

// Listener is one listener of a load balancer.
type Listener struct {
	Port int `json:"port"`
	// Protocol is ProtocolHTTP or ProtocolHTTPS. Default: ProtocolHTTP.
	Protocol string `json:"protocol,omitempty"`
	// Certificates are chosen by SNI; the first is shown when none fits.
	Certificates []Certificate `json:"certificates,omitempty"`
	// SecurityPolicy decides over TLS versions.
	// Default: ELBSecurityPolicy-2016-08.
	SecurityPolicy string         `json:"securityPolicy,omitempty"`
	DefaultAction  Action         `json:"defaultAction"`
	Rules          []ListenerRule `json:"rules,omitempty"`
}

// ListenerRule acts on requests that meet all conditions, by priority.
type ListenerRule struct {
	Priority   int         `json:"priority"`
	Conditions []Condition `json:"conditions,omitempty"`
	Action     Action      `json:"action"`
}

// Fields of a condition.
const (
	FieldHost     = "host-header"
	FieldPath     = "path-pattern"
	FieldHeader   = "http-header"
	FieldMethod   = "http-request-method"
	FieldQuery    = "query-string"
	FieldSourceIP = "source-ip"
)

// Condition is met when one of its values fits.
type Condition struct {
	// Field is one of the constants above.
	Field string `json:"field"`
	// Header is the header's name with FieldHeader.
	Header string `json:"header,omitempty"`
	// Values are patterns with * and ? (host, path, header), methods, CIDRs, or
	// for a query "key=value" or a value alone that any key may have.
	Values []string `json:"values"`
}

// Types of an action.
const (
	ActionForward       = "forward"
	ActionRedirect      = "redirect"
	ActionFixedResponse = "fixed-response"
)

// Action is what a listener does with a request.
type Action struct {
	// Type is ActionForward, ActionRedirect or ActionFixedResponse.
	Type string `json:"type"`
	// TargetGroup is where ActionForward goes. Of several weighted groups, name
	// the one whose requests are to be walked.
	TargetGroup string    `json:"targetGroup,omitempty"`
	Redirect    *Redirect `json:"redirect,omitempty"`
	// Status is that of ActionFixedResponse, 2xx, 4xx or 5xx.
	Status int `json:"status,omitempty"`
}

// Redirect is the target of ActionRedirect. Each part may hold the keywords
// #{protocol}, #{host}, #{port}, #{path} and #{query} and keeps the request's
// own by default.
type Redirect struct {
	Protocol string `json:"protocol,omitempty"`
	Host     string `json:"host,omitempty"`
	Port     string `json:"port,omitempty"`
	Path     string `json:"path,omitempty"`
	Query    string `json:"query,omitempty"`
	// Status is 301 or 302. Default: 301.
	Status int `json:"status,omitempty"`
}

// TargetGroup is one target group.
type TargetGroup struct {
	Name string `json:"name"`
	// Protocol is ProtocolHTTP or ProtocolHTTPS. Default: ProtocolHTTP.
	Protocol string `json:"protocol,omitempty"`
	// ProtocolVersion is VersionHTTP1, VersionHTTP2 or VersionGRPC.
	// Default: VersionHTTP1.
	ProtocolVersion string `json:"protocolVersion,omitempty"`
	// Port is that of targets without one of their own.
	Port    int      `json:"port,omitempty"`
	Targets []Target `json:"targets,omitempty"`
}

// Health of a target, as the load balancer's checks see it.
const (
	Healthy   = "healthy"
	Unhealthy = "unhealthy"
	Draining  = "draining"
	Unused    = "unused"
)

// Target is one registration of a server with a target group.
type Target struct {
	Server string `json:"server"`
	// Port is dialled. Default: the group's.
	Port int `json:"port,omitempty"`
	// Health is Healthy, Unhealthy, Draining (being deregistered) or Unused (no
	// listener, or a zone that the load balancer does not have). Default: healthy
	// exactly when the load balancer gets an answer out of it.
	Health string `json:"health,omitempty"`
}

func (b *LoadBalancer) fill() {
	b.PrivateAddress = cmp.Or(b.PrivateAddress, VPCAddress)
	b.IdleTimeoutSeconds = cmp.Or(b.IdleTimeoutSeconds, awstable.IdleTimeoutSeconds)
	b.Listeners = filled(b.Listeners, (*Listener).fill)
}

func (l *Listener) fill() {
	l.Protocol = cmp.Or(l.Protocol, ProtocolHTTP)
	l.SecurityPolicy = cmp.Or(l.SecurityPolicy, awstable.DefaultLoadBalancerPolicy)
	byPriority := func(a, b ListenerRule) int { return cmp.Compare(a.Priority, b.Priority) }
	l.Rules = slices.SortedStableFunc(slices.Values(l.Rules), byPriority)
}

func (g *TargetGroup) fill() {
	g.Protocol = cmp.Or(g.Protocol, ProtocolHTTP)
	g.ProtocolVersion = cmp.Or(g.ProtocolVersion, VersionHTTP1)
}
