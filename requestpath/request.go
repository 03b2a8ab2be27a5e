package requestpath

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// HTTP versions. A viewer that names one may fall back to an older one, except
// that gRPC needs HTTP/2. HTTP2 in a server's list stands for the transport,
// GRPC for an application that also answers gRPC calls.
const (
	HTTP11 = "HTTP/1.1"
	HTTP2  = "HTTP/2"
	HTTP3  = "HTTP/3"
	GRPC   = "gRPC"
)

// Schemes of a request.
const (
	SchemeHTTP  = "http"
	SchemeHTTPS = "https"
)

// TLS versions, under the names that CloudFront uses for them.
const (
	SSL3  = awstable.SSL3
	TLS10 = awstable.TLS10
	TLS11 = awstable.TLS11
	TLS12 = awstable.TLS12
	TLS13 = awstable.TLS13
)

// Where a request comes from.
const (
	FromInternet   = "internet"
	FromCloudFront = "cloudfront"
	FromVPC        = "vpc"
)

// Stand-ins for addresses that a plan need not know.
const (
	// InternetAddress is a viewer's, unless the request names another one.
	InternetAddress = "203.0.113.10"
	// CloudFrontAddress is one of those in OriginFacing.
	CloudFrontAddress = "130.176.0.1"
	// VPCAddress is a machine's inside the VPC.
	VPCAddress = "10.0.0.10"
)

// UserAgent is what a sender calls itself that does not say otherwise.
const UserAgent = "portico"

// OriginFacing is the prefix list of CloudFront's addresses towards origins.
const OriginFacing = awstable.CloudFrontPrefixList

// Header is one header of a request. Values are compared and never repeated in
// a Trace, so an opaque id may stand for a secret.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Source is who sends a request, which is what security groups look at.
type Source struct {
	// Kind is FromInternet, FromCloudFront (anybody's distribution, not only
	// those of the plan) or FromVPC. Default: FromInternet.
	Kind string `json:"kind,omitempty"`
	// Address decides over CIDR rules, and whether names are looked up as A or
	// as AAAA. Default: InternetAddress, CloudFrontAddress or VPCAddress.
	Address string `json:"address,omitempty"`
	// SecurityGroups are those of a machine inside the VPC. Default: none.
	SecurityGroups []string `json:"securityGroups,omitempty"`
	// Country is the two-letter code of the country that AWS finds for the address.
	// Default: not known, and neither is then what is decided by it.
	Country string `json:"country,omitempty"`
}

// Request is one request as its sender means it.
type Request struct {
	// Scheme is SchemeHTTP or SchemeHTTPS. Default: SchemeHTTPS.
	Scheme string `json:"scheme,omitempty"`
	// Name is the host of the URL, a name or an address. It is looked up, it is
	// the SNI, and the server's certificate has to cover it.
	Name string `json:"name"`
	// ConnectTo is curl's --connect-to: looked up for Name. Default: Name.
	ConnectTo string `json:"connectTo,omitempty"`
	// Port is dialled. Default: 443, or 80 with SchemeHTTP.
	Port int `json:"port,omitempty"`
	// Host is the Host header. Default: Name.
	Host string `json:"host,omitempty"`
	// Method is case-sensitive. Default: GET.
	Method string `json:"method,omitempty"`
	// Path begins with a slash, is escaped as in a URL, and has no query.
	// Default: /.
	Path string `json:"path,omitempty"`
	// Query is what follows the question mark. Default: none.
	Query string `json:"query,omitempty"`
	// Version is the newest that the sender offers: HTTP11, HTTP2, HTTP3 or
	// GRPC. Default: HTTP2.
	Version string `json:"version,omitempty"`
	// TLS is the newest version that the sender speaks; it also speaks all older
	// ones from TLS10 on. Default: TLS13.
	TLS string `json:"tls,omitempty"`
	// From is who sends it. Default: the internet.
	From Source `json:"from,omitzero"`
	// Headers are sent beside those of HTTP itself. Without a User-Agent among them,
	// UserAgent is sent, and with an empty one none.
	Headers []Header `json:"headers,omitempty"`
	// BodyBytes is the size of the body. Default: none.
	BodyBytes int `json:"bodyBytes,omitempty"`
	// IgnoreCertificate is curl's --insecure. Default: false.
	IgnoreCertificate bool `json:"ignoreCertificate,omitempty"`
}

// URL is where the request goes, without a port that the scheme implies.
func (r Request) URL() string {
	r = r.withDefaults()
	host := r.Name
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if r.Port != portOf(r.Scheme) {
		host += ":" + strconv.Itoa(r.Port)
	}
	if r.Query != "" {
		return r.Scheme + "://" + host + r.Path + "?" + r.Query
	}
	return r.Scheme + "://" + host + r.Path
}

func portOf(scheme string) int {
	if scheme == SchemeHTTP {
		return awstable.HTTPPort
	}
	return awstable.HTTPSPort
}

func (r Request) withDefaults() Request {
	r.Scheme = cmp.Or(r.Scheme, SchemeHTTPS)
	r.ConnectTo = cmp.Or(r.ConnectTo, r.Name)
	r.Port = cmp.Or(r.Port, portOf(r.Scheme))
	r.Host = cmp.Or(r.Host, r.Name)
	r.Method = cmp.Or(r.Method, "GET")
	r.Path = cmp.Or(r.Path, "/")
	r.Version = cmp.Or(r.Version, HTTP2)
	r.TLS = cmp.Or(r.TLS, TLS13)
	r.From = r.From.withDefaults()
	return r
}

func (s Source) withDefaults() Source {
	s.Kind = cmp.Or(s.Kind, FromInternet)
	stand := map[string]string{FromCloudFront: CloudFrontAddress, FromVPC: VPCAddress}[s.Kind]
	s.Address = cmp.Or(s.Address, stand, InternetAddress)
	return s
}

func (s Source) peer() peer {
	p := peer{groups: s.SecurityGroups, inside: s.Kind == FromVPC, country: s.Country}
	p.address, _ = netip.ParseAddr(s.Address)
	if s.Kind == FromCloudFront {
		p.lists = []string{OriginFacing}
	}
	return p
}

// call is the request as the viewer puts it on the wire.
func (r Request) call() call {
	c := call{
		from: r.From.peer(), scheme: r.Scheme, dialled: r.ConnectTo, port: r.Port, host: r.Host,
		method: r.Method, path: r.Path, query: r.Query, headers: r.sentHeaders(), body: r.BodyBytes,
		offers: offeredBy(r.Version), version: r.Version, tls: tlsUpTo(r.TLS),
		checks: []string{r.Name},
	}
	if !isAddress(r.Name) {
		c.sni = r.Name
	}
	if r.IgnoreCertificate {
		c.checks = nil
	}
	return c
}

// sentHeaders are the headers with a User-Agent, unless the sender has none.
func (r Request) sentHeaders() []Header {
	isAgent := func(h Header) bool { return strings.EqualFold(h.Name, "user-agent") }
	if !slices.ContainsFunc(r.Headers, isAgent) {
		return append(slices.Clone(r.Headers), Header{Name: "User-Agent", Value: UserAgent})
	}
	return slices.DeleteFunc(slices.Clone(r.Headers), func(h Header) bool { return isAgent(h) && h.Value == "" })
}

func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}
