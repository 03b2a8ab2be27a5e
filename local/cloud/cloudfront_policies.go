package cloud

import (
	"fmt"

	"github.com/portico-iac/portico/internal/awstable"
)

// A managedPolicy is one of AWS's own policies for distributions.
type managedPolicy struct {
	id, name string
	// config is the part of the look-up's result that is the policy's own.
	config object
}

// cachePolicies are the managed cache policies that the local AWS has rules for,
// with their least, usual and longest times to live in seconds.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
// *sourced*
var cachePolicies = []managedPolicy{
	{awstable.CachingDisabled, "Managed-CachingDisabled",
		object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 0.0}},
	{awstable.CachingOptimized, "Managed-CachingOptimized",
		object{"minTtl": 1.0, "defaultTtl": 86400.0, "maxTtl": 31536000.0}},
	{awstable.UseOriginCacheControlHeaders, "UseOriginCacheControlHeaders",
		object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 31536000.0}},
	{awstable.UseOriginCacheControlHeadersQueryStrings, "UseOriginCacheControlHeaders-QueryStrings",
		object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 31536000.0}},
}

// originRequestPolicies are the managed origin request policies that the local
// AWS has rules for.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
// *sourced*
var originRequestPolicies = []managedPolicy{
	{awstable.AllViewer, "Managed-AllViewer", forwards("allViewer", "all")},
	{awstable.AllViewerExceptHostHeader, "Managed-AllViewerExceptHostHeader", forwards("allExcept", "all", "host")},
	{awstable.HostHeaderOnly, "Managed-HostHeaderOnly", forwards("whitelist", "none", "host")},
}

// responseHeadersPolicies are the managed response headers policies that the
// local AWS has rules for.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
// *sourced*
var responseHeadersPolicies = []managedPolicy{
	{id: awstable.SecurityHeadersPolicy, name: "Managed-SecurityHeadersPolicy"},
}

// forwards is what an origin request policy sends on: headers, and all or none of
// cookies and query strings.
func forwards(headers, rest string, names ...string) object {
	header := map[string]any{"headerBehavior": headers}
	if len(names) > 0 {
		header["headers"] = []any{map[string]any{"items": list(names...)}}
	}
	return object{
		"headersConfigs":      []any{header},
		"cookiesConfigs":      []any{map[string]any{"cookieBehavior": rest}},
		"queryStringsConfigs": []any{map[string]any{"queryStringBehavior": rest}},
	}
}

// cachePolicyRule is that a behavior has a cache policy, and one that exists.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// *sourced*
func cachePolicyRule(behavior object) *refusal {
	if !behavior.has("cachePolicyId") {
		return invalidf("InvalidArgument", "cachePolicyId", "is required: forwardedValues is deprecated")
	}
	return policyRule("NoSuchCachePolicy", "cachePolicyId", cachePolicies)(behavior)
}

// originRequestPolicyRule is that the origin request policy exists.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// *sourced*
func originRequestPolicyRule(behavior object) *refusal {
	return policyRule("NoSuchOriginRequestPolicy", "originRequestPolicyId", originRequestPolicies)(behavior)
}

// responseHeadersPolicyRule is that the response headers policy exists.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// *sourced*
func responseHeadersPolicyRule(behavior object) *refusal {
	return policyRule("NoSuchResponseHeadersPolicy", "responseHeadersPolicyId", responseHeadersPolicies)(behavior)
}

// policyRule is that a property holds the id of one of some policies.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// *sourced*
func policyRule(code, property string, policies []managedPolicy) rule {
	return func(behavior object) *refusal {
		id, ok := behavior[property].(string)
		if !ok {
			return nil
		}
		for _, p := range policies {
			if p.id == id {
				return nil
			}
		}
		return invalidf(code, property, "is not the id of a managed policy that the local AWS knows: %q", id)
	}
}

// findPolicy finds a managed policy by its id or its name.
func findPolicy(what string, policies []managedPolicy, in object) (object, error) {
	if in.has("id") == in.has("name") {
		return nil, fmt.Errorf("exactly one of id, name must be specified")
	}
	for _, p := range policies {
		if in.str("id") == p.id || in.str("name") == p.name {
			return p.config.with(object{"id": p.id, "name": p.name, "comment": "", "etag": "E23ZP02F085DFQ"}), nil
		}
	}
	return nil, fmt.Errorf("no matching CloudFront %s (%s)", what, in.str("id")+in.str("name"))
}

// lookUpCachePolicy finds a cache policy.
func lookUpCachePolicy(_ *tx, in object) (object, error) {
	return findPolicy("Cache Policy", cachePolicies, in)
}

// lookUpOriginRequestPolicy finds an origin request policy.
func lookUpOriginRequestPolicy(_ *tx, in object) (object, error) {
	return findPolicy("Origin Request Policy", originRequestPolicies, in)
}
