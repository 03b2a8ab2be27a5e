package cloudfront

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// behaviorFields are the fields of every cache behavior that have rules.
var behaviorFields = []string{
	"allowedMethods", "cachePolicyId", "cachedMethods", "compress", "grpcConfig.enabled", "originRequestPolicyId",
	"responseHeadersPolicyId", "targetOriginId", "viewerProtocolPolicy",
}

// behaviorRules are the rules of each cache behavior.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html
// *sourced*
func behaviorRules() []core.Rule {
	return []core.Rule{
		core.OneOf("InvalidArgument", "viewerProtocolPolicy", "allow-all", "https-only", "redirect-to-https"),
		methodsRule,
		cachePolicyRule,
		policyRule("NoSuchCachePolicy", "cachePolicyId", cachePolicies),
		policyRule("NoSuchOriginRequestPolicy", "originRequestPolicyId", originRequestPolicies),
		policyRule("NoSuchResponseHeadersPolicy", "responseHeadersPolicyId", responseHeadersPolicies),
		core.AtMost("InvalidArgument", "pathPattern", 255),
	}
}

// The sets of methods that a behavior can have.
var (
	readMethods    = []string{"GET", "HEAD"}
	optionsMethods = []string{"GET", "HEAD", "OPTIONS"}
	allMethods     = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
)

// methodsRule requires that a behavior allows two, three or all methods, and caches two
// or three of those.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html
// *sourced*
func methodsRule(behavior core.Object) *core.Refusal {
	allowed, cached := methodsOf(behavior, "allowedMethods"), methodsOf(behavior, "cachedMethods")
	if behavior.Known("allowedMethods") && !isOneOf(allowed, readMethods, optionsMethods, allMethods) {
		return core.Invalid("InvalidArgument", "allowedMethods", "must be GET and HEAD, or also OPTIONS, or all seven, got %v", allowed)
	}
	if behavior.Known("cachedMethods") && !isOneOf(cached, readMethods, optionsMethods) {
		return core.Invalid("InvalidArgument", "cachedMethods", "must be GET and HEAD, or also OPTIONS, got %v", cached)
	}
	for _, m := range cached {
		if behavior.Known("allowedMethods") && !slices.Contains(allowed, m) {
			return core.Invalid("InvalidArgument", "cachedMethods", "must be among allowedMethods, got %s", m)
		}
	}
	for _, property := range []string{"allowedMethods", "cachedMethods"} {
		if !behavior.Has(property) {
			return core.Invalid("InvalidArgument", property, "is required")
		}
	}
	return nil
}

func methodsOf(behavior core.Object, property string) []string {
	return slices.Sorted(slices.Values(behavior.Strs(property)))
}

func isOneOf(methods []string, sets ...[]string) bool {
	return slices.ContainsFunc(sets, func(set []string) bool { return slices.Equal(methods, set) })
}

// knownOriginRule refuses behaviors whose origin does not exist.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// *sourced*
func knownOriginRule(path string) core.Rule {
	return func(in core.Object) *core.Refusal {
		ids := map[string]bool{}
		for _, o := range in.Blocks("origins") {
			if !o.Known("originId") {
				return nil
			}
			ids[o.Str("originId")] = true
		}
		if len(ids) == 0 || len(ids) != len(in.List("origins")) {
			return nil // some are not known
		}
		for _, found := range core.BlocksAt(in, path) {
			if id := found.Block.Str("targetOriginId"); id != "" && !ids[id] {
				return core.Invalid("NoSuchOrigin", core.Join(found.Path, "targetOriginId"),
					"is not valid: One or more of your origins or origin groups do not exist: %q", id)
			}
		}
		return nil
	}
}

// grpcRule requires HTTP/2 and the method POST for gRPC.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html
// *sourced* (the code is inferred)
func grpcRule(in core.Object) *core.Refusal {
	lacksHTTP2 := !in.Pending("httpVersion") && !strings.HasPrefix(in.Str("httpVersion"), "http2")
	for _, path := range []string{"defaultCacheBehavior", "orderedCacheBehaviors"} {
		for _, found := range core.BlocksAt(in, path) {
			methods := found.Block.Strs("allowedMethods")
			lacksPOST := !found.Block.Pending("allowedMethods") && !slices.Contains(methods, "POST")
			if found.Block.Block("grpcConfig").Bool("enabled") && (lacksHTTP2 || lacksPOST) {
				return core.Invalid("InvalidArgument", core.Join(found.Path, "grpcConfig"), "needs httpVersion http2 and the method POST")
			}
		}
	}
	return nil
}
