package cloudfront

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// behaviorRules are the rules of each cache behavior.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html
func behaviorRules() []core.Rule {
	return append([]core.Rule{
		core.OneOf("InvalidArgument", "viewerProtocolPolicy", "allow-all", "https-only", "redirect-to-https"),
		core.Required("InvalidArgument", "allowedMethods"),
		core.Required("InvalidArgument", "cachedMethods"),
		methodsRule,
		core.Required("InvalidArgument", "cachePolicyId"), // forwardedValues, the other way, is deprecated
		core.AtMost("InvalidArgument", "pathPattern", 255),
	}, associationRules()...)
}

// behaviorReferences are what behaviors name of the account: policies and functions.
// Policies that AWS manages exist in every account.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
func behaviorReferences() []core.Reference {
	var all []core.Reference
	for _, block := range []string{"defaultCacheBehavior", "orderedCacheBehaviors"} {
		all = append(all,
			core.Reference{Input: core.Join(block, "cachePolicyId"), To: []string{CachePolicyToken}, Code: "NoSuchCachePolicy", Exists: isManaged(cachePolicies)},
			core.Reference{Input: core.Join(block, "originRequestPolicyId"), To: []string{OriginRequestPolicyToken}, Code: "NoSuchOriginRequestPolicy", Exists: isManaged(originRequestPolicies)},
			core.Reference{Input: core.Join(block, "responseHeadersPolicyId"), To: []string{ResponseHeadersPolicyToken}, Code: "NoSuchResponseHeadersPolicy", Exists: isManagedResponseHeadersPolicy},
			core.Reference{Input: core.Join(block, "functionAssociations.functionArn"), To: []string{FunctionToken}, By: "arn", Code: "NoSuchFunctionExists"},
		)
	}
	return all
}

// isManaged tells whether AWS manages a policy.
func isManaged(policies map[string]core.Object) func(*core.Tx, string) bool {
	return func(_ *core.Tx, id string) bool { return policies[id] != nil }
}

// methodSets are the methods that a behavior can allow, from the fewest to all. It can
// cache the first two sets.
var methodSets = []string{"GET HEAD", "GET HEAD OPTIONS", "DELETE GET HEAD OPTIONS PATCH POST PUT"}

// methodsRule requires that a behavior allows two, three or all methods, and caches two
// or three of those.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html
func methodsRule(behavior core.Object) *core.Refusal {
	const allowed, cached = "allowedMethods", "cachedMethods"
	allowedSet, cachedSet := methodSet(behavior, allowed), methodSet(behavior, cached)
	switch {
	case behavior.Known(allowed) && allowedSet < 0:
		return core.Invalid("InvalidArgument", allowed, "must be GET and HEAD, or also OPTIONS, or all seven, got %v", behavior.Strs(allowed))
	case behavior.Known(cached) && cachedSet != 0 && cachedSet != 1:
		return core.Invalid("InvalidArgument", cached, "must be GET and HEAD, or also OPTIONS, got %v", behavior.Strs(cached))
	case behavior.Known(allowed) && cachedSet > allowedSet:
		return core.Invalid("InvalidArgument", cached, "must be among allowedMethods, got %v", behavior.Strs(cached))
	}
	return nil
}

// methodSet is which of methodSets a behavior allows or caches; -1 for another one.
func methodSet(behavior core.Object, property string) int {
	methods := slices.Sorted(slices.Values(behavior.Strs(property)))
	return slices.Index(methodSets, strings.Join(methods, " "))
}

// behaviorsOf are all behaviors of a distribution.
func behaviorsOf(in core.Object) []core.Placed {
	return append(core.BlocksAt(in, "defaultCacheBehavior"), core.BlocksAt(in, "orderedCacheBehaviors")...)
}

// knownOriginRule refuses behaviors whose origin or origin group does not exist.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
func knownOriginRule(in core.Object) *core.Refusal {
	ids := append(in.StrsAt("origins.originId"), in.StrsAt("originGroups.originId")...)
	if in.Pending("origins") || in.Pending("originGroups") || len(ids) != len(in.List("origins"))+len(in.List("originGroups")) {
		return nil // some are not known
	}
	for _, found := range behaviorsOf(in) {
		if id := found.Block.Str("targetOriginId"); id != "" && !slices.Contains(ids, id) {
			return core.Invalid("NoSuchOrigin", core.Join(found.Path, "targetOriginId"),
				"is not valid: One or more of your origins or origin groups do not exist: %q", id)
		}
	}
	return nil
}

// grpcRule requires HTTP/2 and the method POST for gRPC.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html
// *sourced* (the code is inferred)
func grpcRule(in core.Object) *core.Refusal {
	lacksHTTP2 := !in.Pending("httpVersion") && !strings.HasPrefix(in.Str("httpVersion"), "http2")
	for _, found := range behaviorsOf(in) {
		methods := found.Block.Strs("allowedMethods")
		lacksPOST := !found.Block.Pending("allowedMethods") && !slices.Contains(methods, "POST")
		if found.Block.Block("grpcConfig").Bool("enabled") && (lacksHTTP2 || lacksPOST) {
			return core.Invalid("InvalidArgument", core.Join(found.Path, "grpcConfig"), "needs httpVersion http2 and the method POST")
		}
	}
	return nil
}

// vpcOriginGRPCRule refuses gRPC on the way to a VPC origin.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// *sourced* (that the API refuses it, and the code, are inferred)
func vpcOriginGRPCRule(in core.Object) *core.Refusal {
	private := vpcOriginIDs(in)
	for _, found := range behaviorsOf(in) {
		if found.Block.Block("grpcConfig").Bool("enabled") && private[found.Block.Str("targetOriginId")] {
			return core.Invalid("InvalidArgument", core.Join(found.Path, "grpcConfig"), "must not be enabled for a VPC origin")
		}
	}
	return nil
}

// vpcOriginLambdaRule refuses Lambda@Edge functions on the way to a VPC origin and back.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// *sourced* (that the API refuses them, and the code, are inferred)
func vpcOriginLambdaRule(in core.Object) *core.Refusal {
	private := vpcOriginIDs(in)
	for _, found := range behaviorsOf(in) {
		for _, association := range found.Block.Blocks("lambdaFunctionAssociations") {
			event := association.Str("eventType")
			if strings.HasPrefix(event, "origin-") && private[found.Block.Str("targetOriginId")] {
				return core.Invalid("InvalidLambdaFunctionAssociation", core.Join(found.Path, "lambdaFunctionAssociations"),
					"must not run at %s for a VPC origin", event)
			}
		}
	}
	return nil
}

// vpcOriginIDs are the ids of the origins that are VPC origins, and of the origin groups that
// contain one.
func vpcOriginIDs(in core.Object) map[string]bool {
	private := map[string]bool{}
	for _, o := range in.Blocks("origins") {
		private[o.Str("originId")] = o.Has("vpcOriginConfig")
	}
	for _, g := range in.Blocks("originGroups") {
		for _, member := range g.Blocks("members") {
			private[g.Str("originId")] = private[g.Str("originId")] || private[member.Str("originId")]
		}
	}
	return private
}
