package registered

import (
	"slices"
	"strings"
)

// forwarding is what of a viewer's request goes on to the origin.
type forwarding struct{ host, headers, query bool }

func (f forwarding) with(g forwarding) forwarding {
	return forwarding{f.host || g.host, f.headers || g.headers, f.query || g.query}
}

// managedPolicies are AWS's own cache and origin request policies. What is in the
// cache key is forwarded too.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
var managedPolicies = map[string]forwarding{
	"4135ea2d-6df8-44a3-9df3-4b5a84be39ad": {},                        // CachingDisabled
	"658327ea-f89d-4fab-a63d-7e88639e58f6": {},                        // CachingOptimized
	"b2884449-e4de-46a7-ac36-70bc7f1ddd6d": {},                        // CachingOptimizedForUncompressedObjects
	"08627262-05a9-4f76-9ded-b50ca2e3a84f": {},                        // Elemental-MediaPackage
	"2e54312d-136d-493c-8eb9-b001f22f67d2": {host: true, query: true}, // Amplify
	"83da9c7e-98b4-4e11-a168-04f0df8e2c65": {host: true},              // UseOriginCacheControlHeaders
	"4cc15a8a-d715-48a4-82b8-cc0b614638fe": {host: true, query: true}, // UseOriginCacheControlHeaders-QueryStrings

	"216adef6-5c7f-47e4-b989-5492eafa07d3": {host: true, headers: true, query: true}, // AllViewer
	"33f36d7e-f396-46d9-90e0-52428a34d9dc": {host: true, headers: true, query: true}, // AllViewerAndCloudFrontHeaders-2022-06
	"b689b0a8-53d0-40ab-baf2-68738e2966ac": {headers: true, query: true},             // AllViewerExceptHostHeader
	"bf0718e1-ba1e-49d1-88b1-f726733018ae": {host: true},                             // HostHeaderOnly
	"59781a5b-3903-41f3-afcb-af62929ccde1": {},                                       // CORS-CustomOrigin
	"88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": {},                                       // CORS-S3Origin
	"775133bc-15f2-49f9-abea-afb2e0bf67d2": {query: true},                            // Elemental-MediaTailor-PersonalizedManifests
	"acba4595-bd28-49b8-b9fe-13317c0390fa": {},                                       // UserAgentRefererHeaders
}

// forwarded is what a behaviour forwards, by its policies or by its forwarded
// values, which are older.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
func (r *reader) forwarded(d *resource, behaviour object, at string) forwarding {
	var f forwarding
	for _, property := range []string{"cachePolicyId", "originRequestPolicyId"} {
		id := behaviour.str(property)
		if id == "" {
			continue
		}
		f = f.with(r.policy(d, at+"."+property, id))
	}
	for _, values := range behaviour.blocks("forwardedValues") {
		f = f.with(r.whitelist(d, at+".forwardedValues.headers", values.strs("headers")))
		f.query = f.query || values.flag("queryString")
	}
	return f
}

func (r *reader) policy(d *resource, at, id string) forwarding {
	if f, ok := managedPolicies[id]; ok {
		return f
	}
	policy := r.one(typeOriginPolicy, id)
	if policy == nil {
		policy = r.one(typeCachePolicy, id)
	}
	if policy == nil {
		r.note(d, at, "policy "+id+" is neither AWS's own nor among the resources: it is taken to forward nothing")
		return forwarding{}
	}
	settings := policy.object
	if inKey := policy.block("parametersInCacheKeyAndForwardedToOrigin"); inKey != nil {
		settings = inKey
	}
	return r.settings(policy, settings)
}

// settings are those of a policy of one's own.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyConfig.html
func (r *reader) settings(policy *resource, settings object) forwarding {
	headers := settings.block("headersConfig")
	names := headers.block("headers").strs("items")
	var f forwarding
	switch headers.str("headerBehavior") {
	case "allViewer", "allViewerAndWhitelistCloudFront":
		f = forwarding{host: true, headers: true}
	case "allExcept":
		f = forwarding{host: !containsFold(names, "host"), headers: true}
		if len(names) > 1 || f.host {
			r.note(policy, "headersConfig.headers", "which other headers are not forwarded is not described: all are taken to be")
		}
	case "whitelist":
		f = r.whitelist(policy, "headersConfig.headers", names)
	}
	query := settings.block("queryStringsConfig")
	switch query.str("queryStringBehavior") {
	case "all":
		f.query = true
	case "allExcept", "whitelist":
		f.query = true
		r.note(policy, "queryStringsConfig", "which parameters are not forwarded is not described: all are taken to be")
	}
	return f
}

// whitelist is what a list of headers forwards: a plan knows Host, and all or
// none of the others.
func (r *reader) whitelist(of *resource, at string, names []string) forwarding {
	f := forwarding{host: containsFold(names, "host") || slices.Contains(names, "*"), headers: slices.Contains(names, "*")}
	if others := len(names); !f.headers && (others > 1 || others == 1 && !f.host) {
		r.note(of, at, "that some of the viewer's headers are forwarded is not described: only Host is, or all")
	}
	return f
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
