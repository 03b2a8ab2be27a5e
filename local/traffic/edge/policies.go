package edge

import (
	"fmt"

	"github.com/portico-iac/portico/internal/awstable"
)

// cachePolicies are what the managed cache policies put into the cache key, all
// of which CloudFront sends to the origin. The request-path model reads the same
// pages by itself, on purpose.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
var cachePolicies = map[string]Forward{
	awstable.CachingDisabled:                          {},
	awstable.CachingOptimized:                         {Compression: true},
	awstable.UseOriginCacheControlHeaders:             {Host: true, Names: methodOverrides, Cookies: true, Compression: true},
	awstable.UseOriginCacheControlHeadersQueryStrings: {Host: true, Names: methodOverrides, Cookies: true, Compression: true, Query: true},
}

var methodOverrides = []string{"Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}

// originRequestPolicies are what the managed origin request policies send to the
// origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
var originRequestPolicies = map[string]Forward{
	"":                                 {},
	awstable.AllViewer:                 {Host: true, Headers: true, Cookies: true, Query: true},
	awstable.AllViewerExceptHostHeader: {Headers: true, Cookies: true, Query: true},
	awstable.HostHeaderOnly:            {Host: true},
}

// securityHeaders are those of SecurityHeadersPolicy. It leaves an origin's own
// alone, except X-Content-Type-Options.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
var securityHeaders = []struct {
	name, value string
	overrides   bool
}{
	{"Referrer-Policy", "strict-origin-when-cross-origin", false},
	{"Strict-Transport-Security", "max-age=31536000", false},
	{"X-Content-Type-Options", "nosniff", true},
	{"X-Frame-Options", "SAMEORIGIN", false},
	{"X-XSS-Protection", "1; mode=block", false},
}

// forwarded is what both policies of a behavior send to the origin: what is in
// either of them.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-how-origin-request-policies-and-cache-policies-work-together.html
func forwarded(cachePolicy, originRequestPolicy string) (Forward, error) {
	key, ok := cachePolicies[cachePolicy]
	if !ok {
		return Forward{}, unserved(fmt.Sprintf("cachePolicyId %q", cachePolicy))
	}
	more, ok := originRequestPolicies[originRequestPolicy]
	if !ok {
		return Forward{}, unserved(fmt.Sprintf("originRequestPolicyId %q", originRequestPolicy))
	}
	return Forward{
		Host:    key.Host || more.Host,
		Headers: more.Headers, Names: key.Names,
		Cookies: key.Cookies || more.Cookies, Query: key.Query || more.Query,
		Compression: key.Compression,
	}, nil
}
