package requestpath

import (
	"cmp"

	"github.com/portico-iac/portico/internal/awstable"
)

// Viewer protocol policies and origin protocol policies of a distribution.
const (
	AllowAll        = "allow-all"
	RedirectToHTTPS = "redirect-to-https"
	HTTPSOnly       = "https-only"
	HTTPOnly        = "http-only"
	MatchViewer     = "match-viewer"
)

// Distribution is one CloudFront distribution with the behaviour and the origin that
// apply to the request.
type Distribution struct {
	Name string `json:"name"`
	// DomainName is the assigned one, or AssignedDistributionName.
	DomainName string `json:"domainName"`
	// Aliases are the alternate domain names, wildcards among them.
	Aliases []string `json:"aliases,omitempty"`
	// Certificate is shown to viewers. Default: CloudFront's own, which needs
	// a distribution without aliases.
	Certificate *Certificate `json:"certificate,omitempty"`
	// ViewerProtocolPolicy is AllowAll, RedirectToHTTPS or HTTPSOnly.
	// Default: AllowAll.
	ViewerProtocolPolicy string `json:"viewerProtocolPolicy,omitempty"`
	// MinimumTLS is the name of a security policy such as TLSv1.2_2021. Without
	// a certificate it is TLSv1, whatever stands here. Default: TLSv1.
	MinimumTLS string `json:"minimumTls,omitempty"`
	// HTTPVersion is http1.1, http2, http3 or http2and3. Default: http2.
	HTTPVersion string `json:"httpVersion,omitempty"`
	// IPv6 gives the distribution's name IPv6 addresses too. Default: false.
	IPv6 bool `json:"ipv6,omitempty"`
	// AllowedMethods are passed on, others answered with 403.
	// Default: GET and HEAD.
	AllowedMethods []string `json:"allowedMethods,omitempty"`
	// GRPC says that the behaviour has gRPC enabled. Default: false.
	GRPC bool `json:"grpc,omitempty"`
	// DefaultRootObject is asked for in place of /. Default: none.
	DefaultRootObject string `json:"defaultRootObject,omitempty"`
	// WebACL is the name of the web ACL that is asked about every request. Default: none.
	WebACL string `json:"webACL,omitempty"`
	Origin Origin `json:"origin"`
}

// Origin is where a distribution sends what it does not answer itself. How often it
// tries to connect changes when a viewer gets an error, not which.
type Origin struct {
	DomainName string `json:"domainName"`
	// Path is put before every path. Default: none.
	Path string `json:"path,omitempty"`
	// ProtocolPolicy is HTTPOnly, HTTPSOnly or MatchViewer. Default: HTTPSOnly.
	ProtocolPolicy string `json:"protocolPolicy,omitempty"`
	// HTTPPort and HTTPSPort are 80, 443 or 1024-65535. Default: 80 and 443.
	HTTPPort  int `json:"httpPort,omitempty"`
	HTTPSPort int `json:"httpsPort,omitempty"`
	// SSLProtocols are the TLS versions offered to the origin. Default: TLS12.
	SSLProtocols []string `json:"sslProtocols,omitempty"`
	// ReadTimeoutSeconds is how long the distribution waits for an answer. Default: 30.
	ReadTimeoutSeconds int `json:"readTimeoutSeconds,omitempty"`
	// KeepaliveTimeoutSeconds is how long the distribution keeps an idle connection.
	// Default: 5.
	KeepaliveTimeoutSeconds int `json:"keepaliveTimeoutSeconds,omitempty"`
	// ForwardsHost passes the viewer's Host header on; otherwise the origin's
	// name is sent. Default: false.
	ForwardsHost bool `json:"forwardsHost,omitempty"`
	// ForwardsHeaders passes the viewer's other headers on. Default: false.
	ForwardsHeaders bool `json:"forwardsHeaders,omitempty"`
	// ForwardsQuery passes the query on. Default: false.
	ForwardsQuery bool `json:"forwardsQuery,omitempty"`
	// Headers are added to every request and replace a viewer's of that name.
	Headers []Header `json:"headers,omitempty"`
}

func (e *Distribution) fill() {
	e.ViewerProtocolPolicy = cmp.Or(e.ViewerProtocolPolicy, AllowAll)
	e.HTTPVersion = cmp.Or(e.HTTPVersion, "http2")
	if e.MinimumTLS == "" || e.Certificate == nil {
		e.MinimumTLS = TLS10
	}
	if len(e.AllowedMethods) == 0 {
		e.AllowedMethods = []string{"GET", "HEAD"}
	}
	o := &e.Origin
	o.ProtocolPolicy = cmp.Or(o.ProtocolPolicy, HTTPSOnly)
	o.HTTPPort = cmp.Or(o.HTTPPort, awstable.HTTPPort)
	o.HTTPSPort = cmp.Or(o.HTTPSPort, awstable.HTTPSPort)
	o.ReadTimeoutSeconds = cmp.Or(o.ReadTimeoutSeconds, awstable.OriginReadTimeoutSeconds)
	o.KeepaliveTimeoutSeconds = cmp.Or(o.KeepaliveTimeoutSeconds, awstable.OriginKeepaliveTimeoutSeconds)
	if len(o.SSLProtocols) == 0 {
		o.SSLProtocols = []string{TLS12}
	}
}
