package cloudfront

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// Tokens of the policies of an account's own.
const (
	CachePolicyToken         = "aws:cloudfront/cachePolicy:CachePolicy"
	OriginRequestPolicyToken = "aws:cloudfront/originRequestPolicy:OriginRequestPolicy"
)

// uuid is the form of the ids of policies.
const uuid = "{hex8}-{hex4}-{hex4}-{hex4}-{hex12}"

// policyName is the form of the names of policies.
// *inferred*: the console says so
var policyName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// cachePolicyType is what of a request is in the cache key, and for how long answers are
// cached. The defaults are those of the provider.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html
// *sourced*, the wording of most refusals inferred
func cachePolicyType() core.Type {
	const key = "parametersInCacheKeyAndForwardedToOrigin"
	inputs := append([]string{"comment", "defaultTtl", "maxTtl", "minTtl", "name"}, core.Fields(key,
		"enableAcceptEncodingBrotli", "enableAcceptEncodingGzip",
		"cookiesConfig.cookieBehavior", "cookiesConfig.cookies.items",
		"headersConfig.headerBehavior", "headersConfig.headers.items",
		"queryStringsConfig.queryStringBehavior", "queryStringsConfig.queryStrings.items")...)
	return core.Type{
		Token:      CachePolicyToken,
		Global:     true,
		Name:       &core.Autoname{Property: "name", MaxLength: 128},
		Inputs:     inputs,
		Defaults:   core.Object{"defaultTtl": 86400.0, "maxTtl": 31536000.0, "minTtl": 0.0},
		ID:         uuid,
		Unique:     []core.Unique{{Inputs: []string{"name"}, Code: "CachePolicyAlreadyExists", Message: "A cache policy with this name already exists: {name}"}},
		Quotas:     []core.Quota{{Most: awstable.MostPoliciesPerAccount, Code: "TooManyCachePolicies", Message: "You have reached the maximum number of cache policies for this AWS account"}},
		InUse:      "CachePolicyInUse",
		Recomputes: map[string][]string{core.AnyInput: {"etag"}},
		Apply:      newETag,
		Rules: []core.Rule{
			core.Matching("InvalidArgument", "name", policyName, "1-128 letters, digits, hyphens and underscores"),
			core.AtMost("InvalidArgument", "comment", 128),
			core.Within("InvalidArgument", "minTtl", 0, awstable.LongestTTLSeconds),
			core.Within("InvalidArgument", "defaultTtl", 0, awstable.LongestTTLSeconds),
			core.Within("InvalidArgument", "maxTtl", 0, awstable.LongestTTLSeconds),
			core.NotAbove("InvalidArgument", "minTtl", "defaultTtl"),
			core.NotAbove("InvalidArgument", "defaultTtl", "maxTtl"),
			core.InBlocks(key, listedRules("CachePolicy",
				[]string{"none", "whitelist"},
				[]string{"none", "whitelist", "allExcept", "all"})...),
			core.InBlocks(key+".headersConfig.headers",
				// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
				core.NotMatching("InvalidArgument", "items", acceptEncoding, "be Accept-Encoding: enableAcceptEncodingGzip and enableAcceptEncodingBrotli are for that")),
			cachingDisabledRule,
		},
	}
}

var acceptEncoding = regexp.MustCompile("(?i)^accept-encoding$")

// cachingDisabledRule refuses a cache key where nothing is cached.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
// *sourced*, the wording as programs have met it
func cachingDisabledRule(in core.Object) *core.Refusal {
	if most, known := in.Num("maxTtl"); !known || most > 0 {
		return nil
	}
	key := in.Block("parametersInCacheKeyAndForwardedToOrigin")
	for parameter, isGiven := range map[string]bool{
		"CookieBehavior":             listsAny(key.Block("cookiesConfig").Str("cookieBehavior")),
		"HeaderBehavior":             listsAny(key.Block("headersConfig").Str("headerBehavior")),
		"QueryStringBehavior":        listsAny(key.Block("queryStringsConfig").Str("queryStringBehavior")),
		"EnableAcceptEncodingGzip":   key.Bool("enableAcceptEncodingGzip"),
		"EnableAcceptEncodingBrotli": key.Bool("enableAcceptEncodingBrotli"),
	} {
		if isGiven {
			return core.Invalid("InvalidArgument", "maxTtl", "is 0: The parameter %s is invalid for policy with caching disabled.", parameter)
		}
	}
	return nil
}

func listsAny(behavior string) bool { return behavior != "" && behavior != "none" }

// originRequestPolicyType is what of a request is sent to the origin besides the cache key.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyConfig.html
// *sourced*, the wording of most refusals inferred
func originRequestPolicyType() core.Type {
	return core.Type{
		Token:  OriginRequestPolicyToken,
		Global: true,
		Name:   &core.Autoname{Property: "name", MaxLength: 128},
		Inputs: []string{
			"comment", "name", "cookiesConfig.cookieBehavior", "cookiesConfig.cookies.items",
			"headersConfig.headerBehavior", "headersConfig.headers.items",
			"queryStringsConfig.queryStringBehavior", "queryStringsConfig.queryStrings.items",
		},
		ID:         uuid,
		Unique:     []core.Unique{{Inputs: []string{"name"}, Code: "OriginRequestPolicyAlreadyExists", Message: "An origin request policy with this name already exists: {name}"}},
		Quotas:     []core.Quota{{Most: awstable.MostPoliciesPerAccount, Code: "TooManyOriginRequestPolicies", Message: "You have reached the maximum number of origin request policies for this AWS account"}},
		InUse:      "OriginRequestPolicyInUse",
		Recomputes: map[string][]string{core.AnyInput: {"etag"}},
		Apply:      newETag,
		Rules: append([]core.Rule{
			core.Matching("InvalidArgument", "name", policyName, "1-128 letters, digits, hyphens and underscores"),
			core.AtMost("InvalidArgument", "comment", 128),
			// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
			core.InBlocks("headersConfig.headers",
				core.NotMatching("InvalidArgument", "items", keyHeader, "be in an origin request policy: The parameter Headers contains a header that is not allowed; put it into a cache policy")),
		}, listedRules("OriginRequestPolicy",
			[]string{"none", "whitelist", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept"},
			[]string{"none", "whitelist", "allExcept", "all"})...),
	}
}

// keyHeader is a header that only a cache policy can send to the origin alone.
var keyHeader = regexp.MustCompile("(?i)^(authorization|accept-encoding)$")

// listedRules are the rules of what a policy lists: values of its three behaviors, names
// where the behavior speaks of names and only there, and how many.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func listedRules(policy string, headers, others []string) []core.Rule {
	var all []core.Rule
	for _, list := range []struct {
		config, behavior, names, many string
		values                        []string
	}{
		{"cookiesConfig", "cookieBehavior", "cookies", "TooManyCookiesIn" + policy, others},
		{"headersConfig", "headerBehavior", "headers", "TooManyHeadersIn" + policy, headers},
		{"queryStringsConfig", "queryStringBehavior", "queryStrings", "TooManyQueryStringsIn" + policy, others},
	} {
		all = append(all, core.InBlocks(list.config,
			core.OneOf("InvalidArgument", list.behavior, list.values...),
			namesRule(list.behavior, list.names),
			core.InBlocks(list.names, core.AtMostItems(list.many, "items", awstable.MostNamesPerPolicy))))
	}
	return all
}

// namesRule wants names exactly where a behavior speaks of them.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyCookiesConfig.html
func namesRule(behavior, names string) core.Rule {
	return func(in core.Object) *core.Refusal {
		if !in.Known(behavior) || in.Pending(names) {
			return nil
		}
		kind := in.Str(behavior)
		wants := strings.Contains(strings.ToLower(kind), "whitelist") || kind == "allExcept"
		has := len(in.Block(names).List("items")) > 0
		switch {
		case wants && !has:
			return core.Invalid("InvalidArgument", names, "must have items with %s %s", behavior, kind)
		case has && !wants:
			return core.Invalid("InvalidArgument", names, "cannot have items with %s %s", behavior, kind)
		}
		return nil
	}
}

// newETag makes the version that every change has of its own.
func newETag(t *core.Tx, _ string, _ core.Object) (core.Object, error) {
	return core.Object{"etag": "E" + strings.ToUpper(t.Hex(13))}, nil
}
