package cloud

import (
	"slices"
	"strings"
)

// behaviorRules are the rules of each cache behavior.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html
// *sourced*
func behaviorRules() []rule {
	return []rule{
		onlyFields("allowedMethods", "cachePolicyId", "cachedMethods", "compress", "grpcConfig", "originRequestPolicyId",
			"pathPattern", "responseHeadersPolicyId", "targetOriginId", "viewerProtocolPolicy"),
		oneOf("InvalidArgument", "viewerProtocolPolicy", "allow-all", "https-only", "redirect-to-https"),
		methodsRule,
		cachePolicyRule,
		originRequestPolicyRule,
		responseHeadersPolicyRule,
		atMost("InvalidArgument", "pathPattern", 255),
	}
}

// The sets of methods that a behavior can have.
var (
	readMethods    = []string{"GET", "HEAD"}
	optionsMethods = []string{"GET", "HEAD", "OPTIONS"}
	allMethods     = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
)

// methodsRule is that a behavior forwards two, three or all methods, and caches
// two or three of those.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html
// *sourced*
func methodsRule(behavior object) *refusal {
	allowed, cached := methodsOf(behavior, "allowedMethods"), methodsOf(behavior, "cachedMethods")
	if behavior.known("allowedMethods") && !isOneOf(allowed, readMethods, optionsMethods, allMethods) {
		return invalidf("InvalidArgument", "allowedMethods", "must be GET and HEAD, or also OPTIONS, or all seven, got %v", allowed)
	}
	if behavior.known("cachedMethods") && !isOneOf(cached, readMethods, optionsMethods) {
		return invalidf("InvalidArgument", "cachedMethods", "must be GET and HEAD, or also OPTIONS, got %v", cached)
	}
	for _, m := range cached {
		if behavior.known("allowedMethods") && !slices.Contains(allowed, m) {
			return invalidf("InvalidArgument", "cachedMethods", "must be among allowedMethods, got %s", m)
		}
	}
	for _, property := range []string{"allowedMethods", "cachedMethods"} {
		if !behavior.has(property) {
			return invalidf("InvalidArgument", property, "is required")
		}
	}
	return nil
}

func methodsOf(behavior object, property string) []string {
	return slices.Sorted(slices.Values(behavior.strs(property)))
}

func isOneOf(methods []string, sets ...[]string) bool {
	return slices.ContainsFunc(sets, func(set []string) bool { return slices.Equal(methods, set) })
}

// knownOriginRule is that a behavior's requests go to an origin that there is.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// *sourced*
func knownOriginRule(path string) rule {
	return func(in object) *refusal {
		ids := map[string]bool{}
		for _, o := range in.objects("origins") {
			if !o.known("originId") {
				return nil
			}
			ids[o.str("originId")] = true
		}
		if len(ids) == 0 || len(ids) != len(in.list("origins")) {
			return nil // some are not known
		}
		for _, found := range blocksAt(in, path) {
			if id := found.block.str("targetOriginId"); id != "" && !ids[id] {
				return invalidf("NoSuchOrigin", join(found.where, "targetOriginId"),
					"is not valid: One or more of your origins or origin groups do not exist: %q", id)
			}
		}
		return nil
	}
}

// grpcRule is that gRPC needs HTTP/2, and a behavior that forwards POST.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html
// *sourced* (the code is inferred)
func grpcRule(in object) *refusal {
	for _, path := range []string{"defaultCacheBehavior", "orderedCacheBehaviors"} {
		for _, found := range blocksAt(in, path) {
			if !found.block.object("grpcConfig").boolean("enabled") {
				continue
			}
			http2 := strings.HasPrefix(in.str("httpVersion"), "http2")
			if !http2 || !slices.Contains(found.block.strs("allowedMethods"), "POST") {
				return invalidf("InvalidArgument", join(found.where, "grpcConfig"), "needs httpVersion http2 and the method POST")
			}
		}
	}
	return nil
}
