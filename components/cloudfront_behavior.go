package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
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
		TargetOriginId:          pulumi.String(originID),
		ViewerProtocolPolicy:    pulumi.String("redirect-to-https"),
		AllowedMethods:          pulumi.ToStringArray(awstable.DistributionMethods),
		CachedMethods:           pulumi.ToStringArray([]string{"GET", "HEAD"}),
		CachePolicyId:           c.cachePolicyID(b),
		OriginRequestPolicyId:   c.originRequestPolicyID(b),
		FunctionAssociations:    c.functionAssociations(b),
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
		FunctionAssociations:    c.defaultFunctions(),
	}
}
