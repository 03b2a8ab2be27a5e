package components

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of ResponseHeadersArgs.Security.
const (
	SecurityHeadersManaged = "managed"
	SecurityHeadersNone    = "none"
)

// ResponseHeadersArgs are the headers that a distribution adds to every response, and those
// that it takes off. With nothing but Security it has AWS's own policy, else one of its own,
// of which an account can have 20.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/modifying-response-headers.html
type ResponseHeadersArgs struct {
	// Security is "managed" or "none". "managed" adds the five headers of AWS's
	// SecurityHeadersPolicy: Strict-Transport-Security: max-age=31536000 (browsers use HTTPS
	// alone for a year), X-Content-Type-Options: nosniff, X-Frame-Options: SAMEORIGIN,
	// Referrer-Policy: strict-origin-when-cross-origin and X-XSS-Protection: 1; mode=block.
	// A header that the origin sends stays as it is, except X-Content-Type-Options. Fields
	// below change single headers. With "none" CloudFront adds no security header, and none of
	// those fields can be set. Default: "managed".
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
	Security string `pulumi:"security"`

	// Hsts is Strict-Transport-Security, in place of the origin's too. Default: that of
	// Security.
	Hsts *HstsArgs `pulumi:"hsts"`

	// ContentSecurityPolicy says where pages may load scripts, images and so on from, in place
	// of the origin's; one line of at most 1,783 characters, for example "default-src 'self'".
	// Pages that load from elsewhere break. Default: the origin's, if it sends one.
	// https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Content-Security-Policy
	ContentSecurityPolicy string `pulumi:"contentSecurityPolicy"`

	// FrameOptions is X-Frame-Options, in place of the origin's: "DENY" or "SAMEORIGIN".
	// Default: that of Security.
	FrameOptions string `pulumi:"frameOptions"`

	// ReferrerPolicy is Referrer-Policy, in place of the origin's, for example "no-referrer".
	// Default: that of Security.
	// https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Referrer-Policy
	ReferrerPolicy string `pulumi:"referrerPolicy"`

	// Custom are further headers, at most 10. Default: none.
	Custom []ResponseHeaderArgs `pulumi:"custom"`

	// Remove are the names of headers of the origin that viewers do not get, such as
	// "X-Powered-By", at most 10. Default: none.
	Remove []string `pulumi:"remove"`

	// Cors says which pages of other origins may read responses. Default: what the origin says.
	Cors *CorsArgs `pulumi:"cors"`
}

// HstsArgs is the header Strict-Transport-Security: browsers that have seen it use HTTPS
// alone for the name that they asked, until the time is over.
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Strict-Transport-Security
type HstsArgs struct {
	// MaxAgeSeconds is for how long, in seconds: 0-2147483647; 0 makes browsers forget it.
	// Default: 31536000, a year.
	MaxAgeSeconds *int `pulumi:"maxAgeSeconds"`

	// IncludeSubdomains makes it hold for every name below too. One that speaks plain HTTP can
	// no longer be used. Default: false.
	IncludeSubdomains bool `pulumi:"includeSubdomains"`

	// Preload says that the domain may be put on the list that browsers are shipped with, so
	// that they never ask any of its names over plain HTTP. Whoever then submits it at
	// hstspreload.org binds the whole domain: being taken off takes months to reach all
	// browsers, whatever is sent meanwhile. Refused unless MaxAgeSeconds is at least a year
	// and IncludeSubdomains is true. Default: false.
	// https://hstspreload.org/
	Preload bool `pulumi:"preload"`
}

// ResponseHeaderArgs is a header that CloudFront adds to every response.
type ResponseHeaderArgs struct {
	// Name of the header, such as "Permissions-Policy". Security headers have fields of their
	// own, and Access-Control- headers Cors. Required.
	Name string `pulumi:"name"`

	// Value of the header: one line of at most 1,783 characters; everyone can read it.
	// Required.
	Value string `pulumi:"value"`

	// KeepOrigins lets a header of that name that the origin sends stay. Default: false;
	// CloudFront's takes its place.
	KeepOrigins bool `pulumi:"keepOrigins"`
}

// CorsArgs says which pages of other origins may read responses (cross-origin resource
// sharing), in place of what the origin says. CloudFront adds headers and does not answer
// preflight requests itself: the service has to answer OPTIONS with 2xx. Behaviors that
// static content alone answers refuse them (403), as S3 would: pages read its files with GET
// and HEAD and no headers of their own, of which browsers ask nothing beforehand.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#understanding-response-headers-policies-cors
type CorsArgs struct {
	// AllowOrigins are the origins of those pages, such as "https://www.example.com" or
	// "https://*.example.com"; "*" alone allows all. Required.
	AllowOrigins []string `pulumi:"allowOrigins"`

	// AllowMethods are the methods that pages may use: GET, HEAD, OPTIONS, PUT, POST, PATCH
	// or DELETE. Default: GET and HEAD.
	AllowMethods []string `pulumi:"allowMethods"`

	// AllowHeaders are the headers that pages may send beside the few that are always allowed,
	// such as "Authorization"; "*" allows all, but never Authorization. Default: Content-Type.
	AllowHeaders []string `pulumi:"allowHeaders"`

	// ExposeHeaders are the headers that pages may read beside the few that they always can.
	// Default: none.
	ExposeHeaders []string `pulumi:"exposeHeaders"`

	// AllowCredentials lets pages send the viewer's cookies, and read what is meant for that
	// viewer alone. Refused with "*" among AllowOrigins, AllowHeaders or ExposeHeaders.
	// Default: false.
	AllowCredentials bool `pulumi:"allowCredentials"`

	// MaxAgeSeconds is how long browsers may keep the answer to a preflight request, in
	// seconds: 1-2147483647; they have limits of their own. Default: none is said, which is 5
	// seconds in browsers.
	MaxAgeSeconds int `pulumi:"maxAgeSeconds"`
}

func (a ResponseHeadersArgs) withDefaults() *ResponseHeadersArgs {
	a.Security = cmp.Or(a.Security, SecurityHeadersManaged)
	if a.Hsts != nil {
		hsts := *a.Hsts
		hsts.MaxAgeSeconds = cmp.Or(hsts.MaxAgeSeconds, pulumi.IntRef(secondsOfAYear))
		a.Hsts = &hsts
	}
	if a.Cors != nil {
		cors := *a.Cors
		if cors.AllowMethods == nil {
			cors.AllowMethods = awstable.ReadMethods
		}
		if cors.AllowHeaders == nil {
			cors.AllowHeaders = []string{"Content-Type"}
		}
		a.Cors = &cors
	}
	return &a
}

// changesSecurity says whether a single security header is set.
func (a *ResponseHeadersArgs) changesSecurity() bool {
	return a.Hsts != nil || a.ContentSecurityPolicy != "" || a.FrameOptions != "" || a.ReferrerPolicy != ""
}

// needsOwnPolicy says whether AWS's policy does not do.
func (a *ResponseHeadersArgs) needsOwnPolicy() bool {
	return a.changesSecurity() || a.Cors != nil || len(a.Custom)+len(a.Remove) > 0
}

func (a *ResponseHeadersArgs) validate(l *fault.List, path string) {
	at := func(field string) string { return path + "." + field }
	l.Check(at("security"), awsrule.OneOf(a.Security, SecurityHeadersManaged, SecurityHeadersNone))
	if a.Security == SecurityHeadersNone && a.changesSecurity() {
		l.Addf(at("security"), "must be \"managed\" with hsts, contentSecurityPolicy, frameOptions or referrerPolicy, got %q", a.Security)
	}
	if a.Hsts != nil {
		awsrule.HSTS(l, at("hsts"), *a.Hsts.MaxAgeSeconds, a.Hsts.IncludeSubdomains, a.Hsts.Preload)
	}
	l.Check(at("contentSecurityPolicy"), awsrule.HeaderValue(a.ContentSecurityPolicy))
	if a.FrameOptions != "" {
		l.Check(at("frameOptions"), awsrule.OneOf(a.FrameOptions, awstable.FrameOptions...))
	}
	if a.ReferrerPolicy != "" {
		l.Check(at("referrerPolicy"), awsrule.OneOf(a.ReferrerPolicy, awstable.ReferrerPolicies...))
	}
	a.validateNames(l, at)
	if c := a.Cors; c != nil {
		awsrule.CorsOrigins(l, at("cors.allowOrigins"), c.AllowOrigins, c.AllowCredentials)
		awsrule.CorsMethods(l, at("cors.allowMethods"), c.AllowMethods)
		awsrule.CorsHeaders(l, at("cors.allowHeaders"), c.AllowHeaders, c.AllowCredentials)
		awsrule.CorsHeaders(l, at("cors.exposeHeaders"), c.ExposeHeaders, c.AllowCredentials)
		if c.MaxAgeSeconds != 0 {
			l.Check(at("cors.maxAgeSeconds"), awsrule.CorsMaxAge(c.MaxAgeSeconds))
		}
	}
}

func (a *ResponseHeadersArgs) validateNames(l *fault.List, at func(string) string) {
	most := func(field string, n, most int) {
		if n > most {
			l.Addf(at(field), "must be at most %d headers, got %d", most, n)
		}
	}
	most("custom", len(a.Custom), awstable.MaxResponseHeaders)
	most("remove", len(a.Remove), awstable.MaxRemovedResponseHeaders)
	var names []string
	for i, h := range a.Custom {
		custom := fault.Index(at("custom"), i)
		l.Check(custom+".name", awsrule.ResponseHeader(h.Name))
		l.Check(custom+".value", awsrule.HeaderValue(h.Value))
		if h.Value == "" {
			l.Addf(custom+".value", "is required")
		}
		if slices.Contains(names, strings.ToLower(h.Name)) {
			l.Addf(custom+".name", "is a duplicate of %q: remove one of the two", h.Name)
		}
		names = append(names, strings.ToLower(h.Name))
	}
	for i, name := range a.Remove {
		l.Check(fault.Index(at("remove"), i), awsrule.RemovedHeader(name))
	}
}
