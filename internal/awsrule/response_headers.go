package awsrule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// longestMaxAge is the longest time in seconds that browsers are told.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyStrictTransportSecurity.html
const longestMaxAge = 2147483647

// preloadMaxAge is the least max-age in seconds with which browsers' lists take a domain.
// https://hstspreload.org/#submission-requirements
const preloadMaxAge = 31536000

// HSTS records what is wrong with the settings of Strict-Transport-Security.
func HSTS(l *fault.List, path string, maxAgeSeconds int, includeSubdomains, preload bool) {
	l.Check(path+".maxAgeSeconds", Between(maxAgeSeconds, 0, longestMaxAge, "s"))
	if !preload {
		return
	}
	if maxAgeSeconds < preloadMaxAge {
		l.Addf(path+".maxAgeSeconds", "must be at least %d s, a year, with preload, got %d: browsers' lists take no domain with less", preloadMaxAge, maxAgeSeconds)
	}
	if !includeSubdomains {
		l.Addf(path+".includeSubdomains", "must be true with preload, got false: browsers' lists take whole domains, with every name below; "+
			"leave out preload unless all of them speak HTTPS")
	}
}

// HeaderValue refuses what cannot be the value of a response header.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func HeaderValue(value string) error {
	switch {
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("must be one line without control characters")
	case len(value) > awstable.MaxResponseHeaderValue:
		return fmt.Errorf("must have at most %d characters, got %d", awstable.MaxResponseHeaderValue, len(value))
	}
	return nil
}

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$")

// ResponseHeader refuses the name of a header that a response headers policy cannot add.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func ResponseHeader(name string) error {
	lower := strings.ToLower(name)
	switch {
	case !headerName.MatchString(name):
		return fmt.Errorf("must be the name of a header, got %q", name)
	case slices.Contains(awstable.SecurityHeaderNames, lower):
		return fmt.Errorf("must not be %q, for which there is a field of its own: AWS refuses it as a custom header", name)
	case strings.HasPrefix(lower, "access-control-"):
		return fmt.Errorf("must not be %q: use cors, which answers each page as browsers expect", name)
	}
	return removable(name)
}

// RemovedHeader refuses the name of a header that a response headers policy cannot remove.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func RemovedHeader(name string) error {
	if !headerName.MatchString(name) {
		return fmt.Errorf("must be the name of a header, got %q", name)
	}
	return removable(name)
}

func removable(name string) error {
	lower := strings.ToLower(name)
	begins := func(prefix string) bool { return strings.HasPrefix(lower, prefix) }
	if slices.Contains(awstable.FixedResponseHeaders, lower) || slices.ContainsFunc(awstable.FixedResponseHeaderPrefixes, begins) {
		return fmt.Errorf("must not be %q, which CloudFront sets or passes on itself", name)
	}
	return nil
}

// pageOrigin is an origin in the sense of browsers, with * as its leftmost label at most.
var pageOrigin = regexp.MustCompile(`^https?://(\*\.)?([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(:\d{1,5})?$`)

// AnyOrigin stands for the pages of all origins.
const AnyOrigin = "*"

// CorsOrigins records what is wrong with the origins whose pages may read responses.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func CorsOrigins(l *fault.List, path string, origins []string, credentials bool) {
	if len(origins) == 0 {
		l.Addf(path, "is required: the origins whose pages may read answers, such as https://www.example.com, or \"*\" for all")
	}
	for i, o := range origins {
		at := fault.Index(path, i)
		switch {
		case o == AnyOrigin && credentials:
			l.Addf(at, "must not be \"*\" with allowCredentials: any page could read what is meant for the viewer alone, and browsers refuse it; name the origins")
		case o == AnyOrigin && len(origins) > 1:
			l.Addf(at, "must stand alone: \"*\" allows all origins")
		case o != AnyOrigin && !pageOrigin.MatchString(o):
			l.Addf(at, "must be \"*\" or an origin without path, such as \"https://www.example.com\" or \"https://*.example.com\", got %q", o)
		case slices.Contains(origins[:i], o):
			l.Addf(at, "is a duplicate of %q: remove it", o)
		}
	}
}

// CorsHeaders records what is wrong with the names of headers that pages may send or read.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func CorsHeaders(l *fault.List, path string, names []string, credentials bool) {
	checkEach(l, path, names, func(name string) error {
		switch {
		case !headerName.MatchString(name):
			return fmt.Errorf("must be the name of a header or \"*\", got %q", name)
		case credentials && strings.Contains(name, "*"):
			return fmt.Errorf("must be a name without * with allowCredentials, got %q: AWS refuses it, and browsers take it literally", name)
		}
		return nil
	})
}

// CorsMethods records what is wrong with the methods that pages may use.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func CorsMethods(l *fault.List, path string, methods []string) {
	EachOneOf(l, path, methods, awstable.CorsMethods...)
}

// CorsMaxAge refuses how long browsers may keep what they are told.
func CorsMaxAge(seconds int) error { return Between(seconds, 1, longestMaxAge, "s") }
