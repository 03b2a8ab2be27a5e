package cloud

import "fmt"

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
	{"4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "Managed-CachingDisabled",
		object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 0.0}},
	{"658327ea-f89d-4fab-a63d-7e88639e58f6", "Managed-CachingOptimized",
		object{"minTtl": 1.0, "defaultTtl": 86400.0, "maxTtl": 31536000.0}},
	{"83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders",
		object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 31536000.0}},
	{"4cc15a8a-d715-48a4-82b8-cc0b614638fe", "UseOriginCacheControlHeaders-QueryStrings",
		object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 31536000.0}},
}

// originRequestPolicies are the managed origin request policies that the local
// AWS has rules for.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
// *sourced*
var originRequestPolicies = []managedPolicy{
	{"216adef6-5c7f-47e4-b989-5492eafa07d3", "Managed-AllViewer", forwards("allViewer", "all")},
	{"b689b0a8-53d0-40ab-baf2-68738e2966ac", "Managed-AllViewerExceptHostHeader", forwards("allExcept", "all", "host")},
	{"bf0718e1-ba1e-49d1-88b1-f726733018ae", "Managed-HostHeaderOnly", forwards("whitelist", "none", "host")},
}

// responseHeadersPolicies are the managed response headers policies that the
// local AWS has rules for.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
// *sourced*
var responseHeadersPolicies = []managedPolicy{
	{id: "67f7725c-6f97-4210-82d7-5512b31e9d03", name: "Managed-SecurityHeadersPolicy"},
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
