package requestpath

import (
	"cmp"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/glob"
)

// Viewer protocol policies and origin protocol policies of a distribution.
const (
	AllowAll        = "allow-all"
	RedirectToHTTPS = "redirect-to-https"
	HTTPSOnly       = "https-only"
	HTTPOnly        = "http-only"
	MatchViewer     = "match-viewer"
)

// Distribution is one CloudFront distribution with its behaviours and origins.
type Distribution struct {
	Name string `json:"name"`
	// DomainName is the assigned one, or AssignedDistributionName.
	DomainName string `json:"domainName"`
	// Aliases are the alternate domain names, wildcards among them.
	Aliases []string `json:"aliases,omitempty"`
	// Certificate is shown to viewers. Default: CloudFront's own, which needs
	// a distribution without aliases.
	Certificate *Certificate `json:"certificate,omitempty"`
	// MinimumTLS is the name of a security policy such as TLSv1.2_2021. Without
	// a certificate it is TLSv1, whatever stands here. Default: TLSv1.
	MinimumTLS string `json:"minimumTls,omitempty"`
	// HTTPVersion is http1.1, http2, http3 or http2and3. Default: http2.
	HTTPVersion string `json:"httpVersion,omitempty"`
	// IPv6 gives the distribution's name IPv6 addresses too. Default: false.
	IPv6 bool `json:"ipv6,omitempty"`
	// DefaultRootObject is asked for in place of /. Default: none.
	DefaultRootObject string `json:"defaultRootObject,omitempty"`
	// WebACL is the name of the web ACL that is asked about every request. Default: none.
	WebACL string `json:"webACL,omitempty"`
	// GeoRestriction is from which countries requests are answered. Default: all.
	GeoRestriction GeoRestriction `json:"geoRestriction,omitzero"`
	// Origins are what behaviours ask, by ID.
	Origins []Origin `json:"origins,omitempty"`
	// OriginGroups are pairs of origins that behaviours ask in place of one. Default: none.
	OriginGroups []OriginGroup `json:"originGroups,omitempty"`
	// Behaviors are those with a path pattern: the first one whose pattern matches a
	// request's path applies. Default: none.
	Behaviors []Behavior `json:"behaviors,omitempty"`
	// Default applies when no pattern matches.
	Default Behavior `json:"default"`
	// ErrorResponses say how errors of an origin are cached and shown. Default: none.
	ErrorResponses []ErrorResponse `json:"errorResponses,omitempty"`
}

// Behavior is what a distribution does with the requests for some paths.
type Behavior struct {
	// PathPattern has * for any characters and ? for exactly one; the slash that every path
	// begins with may be missing. Empty in Distribution.Default.
	PathPattern string `json:"pathPattern,omitempty"`
	// Origin is the ID of an origin or of an origin group. Default: the first origin.
	Origin string `json:"origin,omitempty"`
	// ViewerProtocolPolicy is AllowAll, RedirectToHTTPS or HTTPSOnly.
	// Default: AllowAll.
	ViewerProtocolPolicy string `json:"viewerProtocolPolicy,omitempty"`
	// AllowedMethods are passed on, others answered with 403.
	// Default: GET and HEAD.
	AllowedMethods []string `json:"allowedMethods,omitempty"`
	// CachedMethods are those whose answers may be cached: GET and HEAD, or those with
	// OPTIONS. Default: GET and HEAD.
	CachedMethods []string `json:"cachedMethods,omitempty"`
	// GRPC says that the behaviour has gRPC enabled. Default: false.
	GRPC bool `json:"grpc,omitempty"`
	// LambdaEvents are the events at which Lambda@Edge functions run, for example
	// "origin-request". What the functions do is not described. Default: none.
	LambdaEvents []string `json:"lambdaEvents,omitempty"`
	// ForwardsHost passes the viewer's Host header on; otherwise the origin's
	// name is sent. Default: false.
	ForwardsHost bool `json:"forwardsHost,omitempty"`
	// ForwardsHeaders passes the viewer's other headers on. Default: false.
	ForwardsHeaders bool `json:"forwardsHeaders,omitempty"`
	// ForwardsQuery passes the query on. Default: false.
	ForwardsQuery bool `json:"forwardsQuery,omitempty"`
	// ForwardsCookies passes cookies on. Default: false.
	ForwardsCookies bool `json:"forwardsCookies,omitempty"`
	// ResponseHeaders are what is done with the headers of responses. Default: nothing.
	ResponseHeaders ResponseHeaders `json:"responseHeaders,omitzero"`
	// Function runs on viewers' requests before the cache is asked. Default: none.
	Function *Function `json:"function,omitempty"`
	// Cache says what is answered from the cache. Default: caching is disabled.
	Cache CachePolicy `json:"cache,omitzero"`
}

// CachePolicy is how long answers are kept, and for which requests. What is in the key is
// forwarded to the origin too.
type CachePolicy struct {
	// MinTTLSeconds is how long an answer is kept at least, whatever the origin says;
	// MaxTTLSeconds how long at most, 0 disables caching; DefaultTTLSeconds how long one is
	// kept of which the origin says nothing.
	MinTTLSeconds     int `json:"minTtlSeconds,omitempty"`
	DefaultTTLSeconds int `json:"defaultTtlSeconds,omitempty"`
	MaxTTLSeconds     int `json:"maxTtlSeconds,omitempty"`
	// Key is what requests have to have in common, beside distribution and path, to get the
	// same answer.
	Key CacheKey `json:"key,omitzero"`
}

// CacheKey are the parts of a request in the cache key.
type CacheKey struct {
	// Host says that the Host header is in the key. Default: false.
	Host bool `json:"host,omitempty"`
	// Query and Cookies are names of parameters and cookies, "*" for all of them.
	Query   []string `json:"query,omitempty"`
	Cookies []string `json:"cookies,omitempty"`
	// Headers are names of further headers.
	Headers []string `json:"headers,omitempty"`
}

// OriginGroup is a primary origin and one that is asked when that fails.
type OriginGroup struct {
	ID        string `json:"id"`
	Primary   string `json:"primary"`
	Secondary string `json:"secondary"`
	// Statuses are the answers of the primary origin that count as failures.
	Statuses []int `json:"statuses,omitempty"`
}

// ErrorResponse is how a distribution caches and shows an origin's errors of one status.
type ErrorResponse struct {
	// Status is the origin's.
	Status int `json:"status"`
	// MinTTLSeconds is how long the error is cached at least. Default: 0; 10 is the default
	// of statuses without an error response.
	MinTTLSeconds int `json:"minTtlSeconds"`
	// PagePath is the path of the page in place of the origin's, by which a behaviour is
	// chosen as for a viewer's request, and PageStatus the status that it is shown with.
	// Default: the origin's own answer.
	PagePath   string `json:"pagePath,omitempty"`
	PageStatus int    `json:"pageStatus,omitempty"`
}

// Origin is where a distribution sends what it does not answer itself. How often it
// tries to connect changes when a viewer gets an error, not which.
type Origin struct {
	// ID is what behaviours and groups call it. Default: "origin".
	ID         string `json:"id,omitempty"`
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
	// Headers are added to every request and replace a viewer's of that name.
	Headers []Header `json:"headers,omitempty"`
	// VPCOrigin is the name of the load balancer or server that a VPC origin leads to. The
	// domain name is then not looked up: it is only what is asked for. Connections come from
	// inside the VPC, with the security group VPCOriginGroup. Default: a custom origin.
	VPCOrigin string `json:"vpcOrigin,omitempty"`
	// S3 says that it is a bucket's REST endpoint. Default: a custom origin.
	S3 bool `json:"s3,omitempty"`
	// AccessControl is when requests to a bucket are signed, as its origin access control
	// says: "always", "never" or "no-override". Default: there is none.
	AccessControl string `json:"accessControl,omitempty"`
}

func (e *Distribution) fill() {
	e.HTTPVersion = cmp.Or(e.HTTPVersion, "http2")
	if e.MinimumTLS == "" || e.Certificate == nil {
		e.MinimumTLS = TLS10
	}
	e.Origins = filled(e.Origins, (*Origin).fill)
	fill := func(b *Behavior) {
		b.fill()
		if len(e.Origins) > 0 {
			b.Origin = cmp.Or(b.Origin, e.Origins[0].ID)
		}
	}
	e.Behaviors = filled(e.Behaviors, fill)
	fill(&e.Default)
}

func (b *Behavior) fill() {
	b.ViewerProtocolPolicy = cmp.Or(b.ViewerProtocolPolicy, AllowAll)
	b.ForwardsHost = b.ForwardsHost || b.Cache.Key.Host
	for _, methods := range []*[]string{&b.AllowedMethods, &b.CachedMethods} {
		if len(*methods) == 0 {
			*methods = slices.Clone(awstable.ReadMethods)
		}
	}
}

func (o *Origin) fill() {
	o.ID = cmp.Or(o.ID, "origin")
	o.ProtocolPolicy = cmp.Or(o.ProtocolPolicy, HTTPSOnly)
	o.HTTPPort = cmp.Or(o.HTTPPort, awstable.HTTPPort)
	o.HTTPSPort = cmp.Or(o.HTTPSPort, awstable.HTTPSPort)
	o.ReadTimeoutSeconds = cmp.Or(o.ReadTimeoutSeconds, awstable.OriginReadTimeoutSeconds)
	o.KeepaliveTimeoutSeconds = cmp.Or(o.KeepaliveTimeoutSeconds, awstable.OriginKeepaliveTimeoutSeconds)
	if len(o.SSLProtocols) == 0 {
		o.SSLProtocols = []string{TLS12}
	}
}

// Behavior is the one that applies to a path: the first with a pattern that matches.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func (e *Distribution) Behavior(path string) *Behavior {
	if b := find(e.Behaviors, func(b *Behavior) bool { return b.matches(path) }); b != nil {
		return b
	}
	return &e.Default
}

func (b *Behavior) matches(path string) bool {
	return glob.Match(b.PathPattern, path) || glob.Match("/"+b.PathPattern, path)
}

// behaviors are all of them, the default one first.
func (e *Distribution) behaviors() []*Behavior {
	all := []*Behavior{&e.Default}
	for i := range e.Behaviors {
		all = append(all, &e.Behaviors[i])
	}
	return all
}

func (e *Distribution) origin(id string) *Origin {
	return find(e.Origins, func(o *Origin) bool { return o.ID == id })
}

// fetch is a distribution that asks an origin because of a behaviour.
type fetch struct {
	distribution *Distribution
	behavior     *Behavior
	origin       *Origin
}

// fetch is the behaviour's, from the primary origin of a group; false when the origin is
// not in the plan.
func (e *Distribution) fetch(b *Behavior) (fetch, bool) {
	id := b.Origin
	if g := e.group(id); g != nil {
		id = g.Primary
	}
	f := fetch{e, b, e.origin(id)}
	return f, f.origin != nil
}

// fetches are one for each origin that a behaviour asks.
func (e *Distribution) fetches() []fetch {
	var all []fetch
	add := func(b *Behavior, o *Origin) {
		if o != nil && !slices.ContainsFunc(all, func(f fetch) bool { return f.origin == o }) {
			all = append(all, fetch{e, b, o})
		}
	}
	for _, b := range e.behaviors() {
		f, _ := e.fetch(b)
		add(b, f.origin)
		if g := e.group(b.Origin); g != nil {
			add(b, e.origin(g.Secondary))
		}
	}
	return all
}

// field is the path of the behaviour in the plan.
func (b *Behavior) field(e *Distribution) string {
	if b.PathPattern == "" {
		return part("distributions", e.Name) + ".default"
	}
	return fieldOf(part("distributions", e.Name), part("behaviors", b.PathPattern))
}

func (f fetch) originField(name string) string {
	return fieldOf(part("distributions", f.distribution.Name), part("origins", f.origin.ID), name)
}

func (f fetch) behaviorField(name string) string {
	return fieldOf(f.behavior.field(f.distribution), name)
}
