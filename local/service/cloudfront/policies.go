package cloudfront

import (
	"errors"
	"fmt"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// cachePolicies are the managed cache policies that the local AWS has rules for, by id,
// with their least, usual and longest times to live in seconds.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
var cachePolicies = map[string]core.Object{
	awstable.CachingDisabled: {
		"name": "Managed-CachingDisabled", "minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 0.0,
	},
	awstable.CachingOptimized: {
		"name": "Managed-CachingOptimized", "minTtl": 1.0, "defaultTtl": 86400.0, "maxTtl": 31536000.0,
	},
	awstable.UseOriginCacheControlHeaders: {
		"name": "UseOriginCacheControlHeaders", "minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 31536000.0,
	},
	awstable.UseOriginCacheControlHeadersQueryStrings: {
		"name": "UseOriginCacheControlHeaders-QueryStrings", "minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 31536000.0,
	},
}

// originRequestPolicies are the managed origin request policies that the local
// AWS has rules for, by id.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
var originRequestPolicies = map[string]core.Object{
	awstable.AllViewer:                 forwards("Managed-AllViewer", "allViewer", "all"),
	awstable.AllViewerExceptHostHeader: forwards("Managed-AllViewerExceptHostHeader", "allExcept", "all", "host"),
	awstable.HostHeaderOnly:            forwards("Managed-HostHeaderOnly", "whitelist", "none", "host"),
}

// forwards is an origin request policy. rest applies to cookies and query strings.
func forwards(name, headers, rest string, names ...string) core.Object {
	header := map[string]any{"headerBehavior": headers}
	if len(names) > 0 {
		header["headers"] = []any{map[string]any{"items": core.List(names...)}}
	}
	return core.Object{
		"name":                name,
		"headersConfigs":      []any{header},
		"cookiesConfigs":      []any{map[string]any{"cookieBehavior": rest}},
		"queryStringsConfigs": []any{map[string]any{"queryStringBehavior": rest}},
	}
}

// policyLookup finds a managed policy by its id or its name.
func policyLookup(what string, policies map[string]core.Object) func(*core.Tx, core.Object) (core.Object, error) {
	return func(_ *core.Tx, in core.Object) (core.Object, error) {
		if in.Has("id") == in.Has("name") {
			return nil, errors.New("exactly one of id, name must be specified")
		}
		for id, policy := range policies {
			if in.Str("id") == id || in.Str("name") == policy.Str("name") {
				return policy.With(core.Object{"id": id, "comment": "", "etag": "E23ZP02F085DFQ"}), nil
			}
		}
		return nil, fmt.Errorf("no matching CloudFront %s (%s)", what, in.Str("id")+in.Str("name"))
	}
}
