package requestpath

import "cmp"

// Server is a machine or container that answers requests: a distribution's origin, a
// load balancer's target, or both.
type Server struct {
	Name string `json:"name"`
	// Addresses are private and public ones. The first private one is what a
	// load balancer dials.
	Addresses      []string         `json:"addresses,omitempty"`
	SecurityGroups []string         `json:"securityGroups,omitempty"`
	Listeners      []ServerListener `json:"listeners,omitempty"`
	// Image is how a container gets its image. Default: the server needs none.
	Image *Image `json:"image,omitempty"`
}

// ServerListener is one port on which a server answers.
type ServerListener struct {
	Port int `json:"port"`
	// Protocol is ProtocolHTTP or ProtocolHTTPS. Default: ProtocolHTTP.
	Protocol string `json:"protocol,omitempty"`
	// Certificates are chosen by SNI; the first is shown when none fits.
	Certificates []Certificate `json:"certificates,omitempty"`
	// TLS are the versions spoken. Default: TLS12 and TLS13.
	TLS []string `json:"tls,omitempty"`
	// Versions are the HTTP versions spoken, GRPC among them when the
	// application answers gRPC calls. Default: HTTP11.
	Versions []string `json:"versions,omitempty"`
	// KeepaliveSeconds is how long the server keeps an idle connection.
	// Default: longer than whoever connects.
	KeepaliveSeconds int `json:"keepaliveSeconds,omitempty"`
	// RequiredHeader is what a request must have to get to the application; without
	// it, it gets 403. Default: none.
	RequiredHeader *RequiredHeader `json:"requiredHeader,omitempty"`
	Answer         Answer          `json:"answer,omitzero"`
}

// RequiredHeader is a header with one of several values. Its name has no case, its
// values have.
type RequiredHeader struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// What can be wrong with an answer beside its status.
const (
	FailureReset     = "reset"
	FailureMalformed = "malformed"
)

// Answer is what the application answers to every request.
type Answer struct {
	// Status is 200-599. Default: 200.
	Status int `json:"status,omitempty"`
	// Location goes with a redirect and may hold the keywords of Redirect: an application
	// that makes absolute URLs of the Host that it receives has https://#{host}/ here.
	Location string `json:"location,omitempty"`
	// RedirectPath is the one path that is redirected to Location. Every other one is
	// answered with 200. Default: all are redirected.
	RedirectPath string `json:"redirectPath,omitempty"`
	// CacheControl is the header of that name. Default: none.
	CacheControl string `json:"cacheControl,omitempty"`
	// DelaySeconds pass before the answer begins. Default: 0.
	DelaySeconds int `json:"delaySeconds,omitempty"`
	// Failure is FailureReset (the connection is cut) or FailureMalformed (what
	// comes is not HTTP). Default: none.
	Failure string `json:"failure,omitempty"`
}

// Default routes of a subnet.
const (
	RouteNAT             = "nat"
	RouteInternetGateway = "internet-gateway"
)

// Image is how a container gets its image before it can start.
type Image struct {
	// Private says that it lies in a private ECR repository, the only kind that
	// endpoints reach. Default: false.
	Private bool `json:"private,omitempty"`
	// DefaultRoute of the subnet is RouteNAT or RouteInternetGateway, the latter
	// of use only with PublicAddress. Default: none.
	DefaultRoute string `json:"defaultRoute,omitempty"`
	// PublicAddress says that the task has one. Default: false.
	PublicAddress bool `json:"publicAddress,omitempty"`
	// Endpoints are the short names of the VPC's endpoints: ecr.api, ecr.dkr,
	// s3, logs. Default: none.
	Endpoints []string `json:"endpoints,omitempty"`
	// EndpointGroups are the security groups of the interface endpoints.
	EndpointGroups []string `json:"endpointGroups,omitempty"`
	// S3PrefixList is the prefix list of the s3 endpoint, as the task's group
	// names it.
	S3PrefixList string `json:"s3PrefixList,omitempty"`
}

func (l *ServerListener) fill() {
	l.Protocol = cmp.Or(l.Protocol, ProtocolHTTP)
	l.Answer.Status = cmp.Or(l.Answer.Status, 200)
	if len(l.TLS) == 0 {
		l.TLS = []string{TLS12, TLS13}
	}
	if len(l.Versions) == 0 {
		l.Versions = []string{HTTP11}
	}
}
