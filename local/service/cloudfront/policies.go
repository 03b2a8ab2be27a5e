package cloudfront

import (
	"errors"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// A managedPolicy is one of AWS's own policies for distributions.
type managedPolicy struct {
	id, name string
	// config is the part of the look-up's result that is the policy's own.
	config core.Object
}

// cachePolicies are the managed cache policies that the local AWS has rules for,
// with their least, usual and longest times to live in seconds.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
// *sourced*
var cachePolicies = []managedPolicy{
	{awstable.CachingDisabled, "Managed-CachingDisabled",
		core.Object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 0.0}},
	{awstable.CachingOptimized, "Managed-CachingOptimized",
		core.Object{"minTtl": 1.0, "defaultTtl": 86400.0, "maxTtl": 31536000.0}},
	{awstable.UseOriginCacheControlHeaders, "UseOriginCacheControlHeaders",
		core.Object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 31536000.0}},
	{awstable.UseOriginCacheControlHeadersQueryStrings, "UseOriginCacheControlHeaders-QueryStrings",
		core.Object{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 31536000.0}},
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

// forwards is the configuration of an origin request policy. rest applies to cookies and
// query strings.
func forwards(headers, rest string, names ...string) core.Object {
	header := map[string]any{"headerBehavior": headers}
	if len(names) > 0 {
		header["headers"] = []any{map[string]any{"items": core.List(names...)}}
	}
	return core.Object{
		"headersConfigs":      []any{header},
		"cookiesConfigs":      []any{map[string]any{"cookieBehavior": rest}},
		"queryStringsConfigs": []any{map[string]any{"queryStringBehavior": rest}},
	}
}

// policyRule refuses ids that are not of one of some policies.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// *sourced*
func policyRule(code, property string, policies []managedPolicy) core.Rule {
	return func(behavior core.Object) *core.Refusal {
		id, ok := behavior[property].(string)
		if !ok || slices.ContainsFunc(policies, func(p managedPolicy) bool { return p.id == id }) {
			return nil
		}
		return core.Invalid(code, property, "is not the id of a managed policy that the local AWS knows: %q", id)
	}
}

// policyLookup finds a managed policy by its id or its name.
func policyLookup(what string, policies []managedPolicy) func(*core.Tx, core.Object) (core.Object, error) {
	return func(_ *core.Tx, in core.Object) (core.Object, error) {
		if in.Has("id") == in.Has("name") {
			return nil, errors.New("exactly one of id, name must be specified")
		}
		for _, p := range policies {
			if in.Str("id") == p.id || in.Str("name") == p.name {
				return p.config.With(core.Object{"id": p.id, "name": p.name, "comment": "", "etag": "E23ZP02F085DFQ"}), nil
			}
		}
		return nil, fmt.Errorf("no matching CloudFront %s (%s)", what, in.Str("id")+in.Str("name"))
	}
}
