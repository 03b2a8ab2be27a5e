package cloudfront

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
)

// securityHeaders are the headers of SecurityHeadersPolicy. Only X-Content-Type-Options
// overrides a header of the origin.
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

// forwarded returns what the cache policy of a behavior tells apart, and what that and
// the origin request policy send to the origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-how-origin-request-policies-and-cache-policies-work-together.html
func forwarded(b account.CacheBehavior) (key, sent awstable.Forwarding, err error) {
	key, ok := awstable.CachePolicies[b.CachePolicyID]
	if !ok || key.More {
		return key, key, unserved(fmt.Sprintf("cachePolicyId %q", b.CachePolicyID))
	}
	if b.OriginRequestPolicyID == "" {
		return key, key, nil
	}
	request, ok := awstable.OriginRequestPolicies[b.OriginRequestPolicyID]
	if !ok || request.More {
		return key, key, unserved(fmt.Sprintf("originRequestPolicyId %q", b.OriginRequestPolicyID))
	}
	return key, awstable.Forwarding{
		Host: key.Host || request.Host, Headers: key.Headers || request.Headers, Names: slices.Concat(key.Names, request.Names),
		Cookies: key.Cookies || request.Cookies, Query: key.Query || request.Query,
		Compression: key.Compression || request.Compression,
	}, nil
}
