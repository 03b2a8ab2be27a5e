package components

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// behaviors are those with a path pattern; nil without any.
func (c *CloudFrontFront) behaviors() cloudfront.DistributionOrderedCacheBehaviorArrayInput {
	if len(c.args.Behaviors) == 0 {
		return nil
	}
	all := make(cloudfront.DistributionOrderedCacheBehaviorArray, len(c.args.Behaviors))
	for i, b := range c.args.Behaviors {
		all[i] = c.behavior(b)
	}
	return all
}

// behavior is one behavior of the distribution.
func (c *CloudFrontFront) behavior(b *BehaviorArgs) cloudfront.DistributionOrderedCacheBehaviorArgs {
	return cloudfront.DistributionOrderedCacheBehaviorArgs{
		PathPattern:             pulumi.String(b.PathPattern),
		TargetOriginId:          pulumi.String(b.target()),
		ViewerProtocolPolicy:    pulumi.String("redirect-to-https"),
		AllowedMethods:          pulumi.ToStringArray(b.methods()),
		CachedMethods:           pulumi.ToStringArray(awstable.ReadMethods),
		CachePolicyId:           c.cachePolicyID(b),
		OriginRequestPolicyId:   c.originRequestPolicyID(b),
		FunctionAssociations:    c.functionAssociations(b),
		Compress:                b.compress(),
		ResponseHeadersPolicyId: c.responseHeadersPolicyID(),
	}
}

// defaultBehavior is a behavior as the default one, which has a type of its own.
func (c *CloudFrontFront) defaultBehavior(b cloudfront.DistributionOrderedCacheBehaviorArgs) cloudfront.DistributionDefaultCacheBehaviorArgs {
	return cloudfront.DistributionDefaultCacheBehaviorArgs{
		TargetOriginId:          b.TargetOriginId,
		ViewerProtocolPolicy:    b.ViewerProtocolPolicy,
		AllowedMethods:          b.AllowedMethods,
		CachedMethods:           b.CachedMethods,
		CachePolicyId:           b.CachePolicyId,
		OriginRequestPolicyId:   b.OriginRequestPolicyId,
		ResponseHeadersPolicyId: b.ResponseHeadersPolicyId,
		Compress:                b.Compress,
		FunctionAssociations:    c.defaultFunctions(),
	}
}

// target is the origin, or the group of origins, that a behavior asks.
func (a *BehaviorArgs) target() string {
	if a.Failover == nil {
		return originIDs[a.ServedBy]
	}
	id := originIDs[a.ServedBy] + "-or-" + originIDs[a.Failover.To]
	for _, status := range a.Failover.Statuses {
		id += fmt.Sprintf("-%d", status)
	}
	return id
}

// originIDs name the origins of the distribution within it, by what serves.
var originIDs = map[string]string{ServedByOrigin: originID, ServedByStaticContent: "static-content"}

// originGroups are behaviors with failover, one of each target, in the order of targets.
func (a *CloudFrontFrontArgs) originGroups() []*BehaviorArgs {
	all := slices.DeleteFunc(a.allBehaviors(), func(b *BehaviorArgs) bool { return b == nil || b.Failover == nil })
	slices.SortStableFunc(all, func(x, y *BehaviorArgs) int { return strings.Compare(x.target(), y.target()) })
	return slices.CompactFunc(all, func(x, y *BehaviorArgs) bool { return x.target() == y.target() })
}

// groups are the distribution's origin groups; nil without any.
func (c *CloudFrontFront) groups() cloudfront.DistributionOriginGroupArrayInput {
	var all cloudfront.DistributionOriginGroupArray
	for _, b := range c.args.originGroups() {
		all = append(all, cloudfront.DistributionOriginGroupArgs{
			OriginId: pulumi.String(b.target()),
			FailoverCriteria: cloudfront.DistributionOriginGroupFailoverCriteriaArgs{
				StatusCodes: pulumi.ToIntArray(b.Failover.Statuses),
			},
			Members: cloudfront.DistributionOriginGroupMemberArray{
				cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(originIDs[b.ServedBy])},
				cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(originIDs[b.Failover.To])},
			},
		})
	}
	if all == nil {
		return nil
	}
	return all
}

// plannedGroups are the origin groups in a plan.
func (a *CloudFrontFrontArgs) plannedGroups() []requestpath.OriginGroup {
	var all []requestpath.OriginGroup
	for _, b := range a.originGroups() {
		all = append(all, requestpath.OriginGroup{
			ID: b.target(), Primary: originIDs[b.ServedBy], Secondary: originIDs[b.Failover.To], Statuses: b.Failover.Statuses,
		})
	}
	return all
}
