package edge

import "fmt"

// cachePolicies are what the managed cache policies put into the cache key, all
// of which CloudFront sends to the origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
var cachePolicies = map[string]Forward{
	"4135ea2d-6df8-44a3-9df3-4b5a84be39ad": {},                  // CachingDisabled
	"658327ea-f89d-4fab-a63d-7e88639e58f6": {Compression: true}, // CachingOptimized
	// UseOriginCacheControlHeaders
	"83da9c7e-98b4-4e11-a168-04f0df8e2c65": {Host: true, Names: methodOverrides, Cookies: true, Compression: true},
	// UseOriginCacheControlHeaders-QueryStrings
	"4cc15a8a-d715-48a4-82b8-cc0b614638fe": {Host: true, Names: methodOverrides, Cookies: true, Compression: true, Query: true},
}

var methodOverrides = []string{"Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}

// originRequestPolicies are what the managed origin request policies send to the
// origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
var originRequestPolicies = map[string]Forward{
	"":                                     {},
	"216adef6-5c7f-47e4-b989-5492eafa07d3": {Host: true, Headers: true, Cookies: true, Query: true}, // AllViewer
	"b689b0a8-53d0-40ab-baf2-68738e2966ac": {Headers: true, Cookies: true, Query: true},             // AllViewerExceptHostHeader
	"bf0718e1-ba1e-49d1-88b1-f726733018ae": {Host: true},                                            // HostHeaderOnly
}

// securityHeadersPolicy is the id of SecurityHeadersPolicy.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
const securityHeadersPolicy = "67f7725c-6f97-4210-82d7-5512b31e9d03"

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
		return Forward{}, unserved("", fmt.Sprintf("cachePolicyId %q", cachePolicy))
	}
	more, ok := originRequestPolicies[originRequestPolicy]
	if !ok {
		return Forward{}, unserved("", fmt.Sprintf("originRequestPolicyId %q", originRequestPolicy))
	}
	return Forward{
		Host:    key.Host || more.Host,
		Headers: more.Headers, Names: key.Names,
		Cookies: key.Cookies || more.Cookies, Query: key.Query || more.Query,
		Compression: key.Compression,
	}, nil
}
