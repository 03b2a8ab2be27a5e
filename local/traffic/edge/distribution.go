package edge

import (
	"cmp"
	"net/netip"
)

// Viewer protocol policies of a [Behavior].
const (
	AllowAll        = "allow-all"
	RedirectToHTTPS = "redirect-to-https"
	HTTPSOnly       = "https-only"
)

// Origin protocol policies of an [Origin]; HTTPSOnly is the third.
const (
	HTTPOnly    = "http-only"
	MatchViewer = "match-viewer"
)

// HTTP versions of a [Distribution].
const (
	HTTP1     = "http1.1"
	HTTP2     = "http2"
	HTTP3     = "http3"
	HTTP2and3 = "http2and3"
)

// Distribution is one CloudFront distribution.
type Distribution struct {
	// ID names it in events and in its Via header.
	ID string
	// DomainName is the name that CloudFront assigned, under cloudfront.net.
	DomainName string
	// Aliases are its alternate domain names, wildcards among them.
	Aliases []string
	// Addresses are the simulated ones of its name.
	Addresses []netip.Addr
	// IPv6 says that its name has IPv6 addresses too. Default: false.
	IPv6 bool
	// Disabled says that CloudFront does not serve it. Default: false.
	Disabled bool
	// CertificateARN is the certificate shown to viewers. Default: CloudFront's
	// own, for *.cloudfront.net.
	CertificateARN string
	// MinimumTLS is the security policy, such as "TLSv1.2_2021". Default, and
	// always with CloudFront's own certificate: "TLSv1".
	MinimumTLS string
	// HTTPVersion is HTTP1, HTTP2, HTTP3 or HTTP2and3. Default: HTTP2.
	HTTPVersion string
	// DefaultRootObject is asked for in place of /. Default: none.
	DefaultRootObject string
	// Default is the behavior of paths that no other one takes.
	Default Behavior
	// Ordered are the other behaviors; a path has the first whose pattern matches.
	Ordered []Behavior
	Origins []Origin
}

// Behavior is what happens to the requests for some paths.
type Behavior struct {
	// PathPattern may hold * for any characters and ? for one. Not used in
	// the default behavior.
	PathPattern string
	// OriginID is the id of one of the distribution's origins.
	OriginID string
	// ViewerProtocolPolicy is AllowAll, RedirectToHTTPS or HTTPSOnly.
	// Default: AllowAll.
	ViewerProtocolPolicy string
	// AllowedMethods are passed on. Default: GET and HEAD.
	AllowedMethods []string
	// GRPC carries gRPC calls as such. Default: false.
	GRPC bool
	// Forward is what the origin is told of the viewer's request.
	Forward Forward
	// SecurityHeaders adds the headers of the managed policy
	// SecurityHeadersPolicy to answers. Default: false.
	SecurityHeaders bool
}

// Forward is what is passed on to an origin, beside the headers that describe
// the body, a range or a condition. Default: nothing.
type Forward struct {
	// Host passes the viewer's Host header on; otherwise it is the origin's name.
	Host bool
	// Headers passes on all others of the viewer's headers.
	Headers bool
	// Names are further headers that are passed on.
	Names []string
	// Cookies and Query pass on all cookies and the whole query.
	Cookies, Query bool
	// Compression passes Accept-Encoding on, reduced to gzip and br.
	Compression bool
}

// Origin is a custom origin.
type Origin struct {
	ID         string
	DomainName string
	// Path is put before every path. Default: none.
	Path string
	// ProtocolPolicy is HTTPOnly, HTTPSOnly or MatchViewer. Default: HTTPSOnly.
	ProtocolPolicy string
	// HTTPPort and HTTPSPort are where it listens. Default: 80 and 443.
	HTTPPort, HTTPSPort int
	// SSLProtocols are the versions offered, from the oldest to the newest of
	// them: SSLv3 (which is not spoken), TLSv1, TLSv1.1, TLSv1.2.
	// Default: TLSv1.2.
	SSLProtocols []string
	// ConnectAttempts times ConnectTimeout seconds are what connecting may take.
	// Default: 3 times 10.
	ConnectAttempts, ConnectTimeout int
	// ReadTimeout is how many seconds an answer, and each next part of it, may
	// take. Default: 30.
	ReadTimeout int
	// KeepaliveTimeout is how many seconds an idle connection is kept. Default: 5.
	KeepaliveTimeout int
	// Headers are sent with every request, in place of a viewer's of that name.
	Headers []Header
}

// Header is one header that an origin is sent.
type Header struct{ Name, Value string }

func (d Distribution) withDefaults() Distribution {
	d.MinimumTLS = cmp.Or(d.MinimumTLS, "TLSv1")
	if d.CertificateARN == "" {
		d.MinimumTLS = "TLSv1"
	}
	d.HTTPVersion = cmp.Or(d.HTTPVersion, HTTP2)
	return d
}

func (b Behavior) withDefaults() Behavior {
	b.ViewerProtocolPolicy = cmp.Or(b.ViewerProtocolPolicy, AllowAll)
	if len(b.AllowedMethods) == 0 {
		b.AllowedMethods = []string{"GET", "HEAD"}
	}
	return b
}

func (o Origin) withDefaults() Origin {
	o.ProtocolPolicy = cmp.Or(o.ProtocolPolicy, HTTPSOnly)
	o.HTTPPort = cmp.Or(o.HTTPPort, 80)
	o.HTTPSPort = cmp.Or(o.HTTPSPort, 443)
	o.ConnectAttempts = cmp.Or(o.ConnectAttempts, 3)
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, 10)
	o.ReadTimeout = cmp.Or(o.ReadTimeout, 30)
	o.KeepaliveTimeout = cmp.Or(o.KeepaliveTimeout, 5)
	if len(o.SSLProtocols) == 0 {
		o.SSLProtocols = []string{"TLSv1.2"}
	}
	return o
}
