package cloudfront

import (
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// groupRules are the rules of each origin group.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroup.html
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroupMembers.html
// *sourced* (the codes are inferred)
func groupRules() []core.Rule {
	return []core.Rule{membersRule, statusesRule}
}

// membersRule requires a primary and a secondary origin.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroupMembers.html
func membersRule(group core.Object) *core.Refusal {
	if group.Pending("members") {
		return nil
	}
	members := group.Blocks("members")
	if len(members) != 2 {
		return core.Invalid("InvalidArgument", "members", "must be two, got %d", len(members))
	}
	if id := members[0].Str("originId"); id != "" && id == members[1].Str("originId") {
		return core.Invalid("InvalidArgument", "members", "must differ, got %q twice", id)
	}
	return nil
}

// statusesRule requires statuses for which AWS asks the secondary origin.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
func statusesRule(group core.Object) *core.Refusal {
	criteria := group.Block("failoverCriteria")
	if group.Pending("failoverCriteria") || criteria.Pending("statusCodes") {
		return nil
	}
	codes := criteria.List("statusCodes")
	if len(codes) == 0 {
		return core.Invalid("InvalidArgument", "failoverCriteria.statusCodes", "is required")
	}
	for _, code := range codes {
		if n, known := code.(float64); known && !slices.Contains(awstable.FailoverStatuses, int(n)) {
			return core.Invalid("InvalidArgument", "failoverCriteria.statusCodes", "must be among %v, got %v", awstable.FailoverStatuses, n)
		}
	}
	return nil
}

// knownMembersRule refuses groups of origins that do not exist, and ids that an origin has.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// *inferred* (that the ids of groups differ from those of origins)
func knownMembersRule(in core.Object) *core.Refusal {
	origins := in.StrsAt("origins.originId")
	if in.Pending("origins") || len(origins) != len(in.List("origins")) {
		return nil // some are not known
	}
	for _, found := range core.BlocksAt(in, "originGroups") {
		if id := found.Block.Str("originId"); slices.Contains(origins, id) {
			return core.Invalid("InvalidArgument", core.Join(found.Path, "originId"), "must not be the id of an origin, got %q", id)
		}
		for _, id := range found.Block.StrsAt("members.originId") {
			if !slices.Contains(origins, id) {
				return core.Invalid("NoSuchOrigin", core.Join(found.Path, "members"),
					"is not valid: One or more of your origins or origin groups do not exist: %q", id)
			}
		}
	}
	return nil
}

// groupMethodsRule refuses methods that CloudFront does not send again to a second origin.
// Source: https://github.com/aws/aws-cdk/issues/32450
func groupMethodsRule(in core.Object) *core.Refusal {
	groups := in.StrsAt("originGroups.originId")
	for _, found := range behaviorsOf(in) {
		if slices.Contains(groups, found.Block.Str("targetOriginId")) && methodSet(found.Block, "allowedMethods") == len(methodSets)-1 {
			return &core.Refusal{
				Code: "InvalidArgument", Property: core.Join(found.Path, "allowedMethods"),
				Message: "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.",
			}
		}
	}
	return nil
}
