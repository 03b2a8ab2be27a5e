package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

// allBehaviors are those with a path pattern, then the default one.
func (a *CloudFrontFrontArgs) allBehaviors() []*BehaviorArgs {
	return append(slices.Clone(a.Behaviors), a.DefaultBehavior)
}

// longestNamed is the longest logical name of a function: AWS allows 64 characters, of
// which autonaming takes 8.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html
const longestNamed = 56

// nameFor is the logical name of what a behavior has for itself.
func (c *CloudFrontFront) nameFor(role string, b *BehaviorArgs) string {
	key := "default"
	if b.PathPattern != "" {
		key = awsrule.PhysicalName(24, b.PathPattern)
	}
	return awsrule.PhysicalName(longestNamed, c.name, role, key)
}

// newCachePolicies makes the cache policies of the behaviors that need one of their own.
func (c *CloudFrontFront) newCachePolicies(ctx *pulumi.Context) error {
	c.cachePolicyOf = map[*BehaviorArgs]*cloudfront.CachePolicy{}
	for _, b := range c.args.allBehaviors() {
		if !b.Caching.needsOwnPolicy() {
			continue
		}
		policy, err := c.newCachePolicy(ctx, b)
		if err != nil {
			return err
		}
		c.cachePolicyOf[b] = policy
		c.CachePolicies = append(c.CachePolicies, policy)
	}
	return nil
}

// needsOwnPolicy says whether AWS manages no policy that does what the args say: its
// UseOriginCacheControlHeaders sends Host to the origin in any case, and no Authorization.
func (a *CachingArgs) needsOwnPolicy() bool {
	return a.Policy == CachingOwn || a.Policy == CachingOriginHeaders
}

func (c *CloudFrontFront) newCachePolicy(ctx *pulumi.Context, b *BehaviorArgs) (*cloudfront.CachePolicy, error) {
	times, key := b.Caching.times(), c.args.cacheKeyOf(b)
	query := &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs{QueryStringBehavior: keyBehavior(key.queryStrings)}
	if names := listedNames(key.queryStrings); names != nil {
		query.QueryStrings = &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigQueryStringsArgs{Items: names}
	}
	cookies := &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs{CookieBehavior: keyBehavior(key.cookies)}
	if names := listedNames(key.cookies); names != nil {
		cookies.Cookies = &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigCookiesArgs{Items: names}
	}
	headers := &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs{HeaderBehavior: keyBehavior(key.headers)}
	if names := listedNames(key.headers); names != nil {
		headers.Headers = &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigHeadersArgs{Items: names}
	}
	return cloudfront.NewCachePolicy(ctx, c.nameFor("cache", b), &cloudfront.CachePolicyArgs{
		Comment: pulumi.String(c.name),
		MinTtl:  pulumi.Int(times.least), DefaultTtl: pulumi.Int(times.usual), MaxTtl: pulumi.Int(times.most),
		ParametersInCacheKeyAndForwardedToOrigin: &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs{
			QueryStringsConfig: query, CookiesConfig: cookies, HeadersConfig: headers,
			EnableAcceptEncodingGzip: pulumi.Bool(true), EnableAcceptEncodingBrotli: pulumi.Bool(true),
		},
	}, pulumi.Parent(c))
}

// keyBehavior is how a cache policy says which of some names it takes.
func keyBehavior(names []string) pulumi.String {
	switch {
	case len(names) == 0:
		return "none"
	case names[0] == awsrule.AnyName:
		return "all"
	}
	return "whitelist"
}

// listedNames are the names that a cache policy lists; nil for none and for all.
func listedNames(names []string) pulumi.StringArray {
	if keyBehavior(names) != "whitelist" {
		return nil
	}
	return pulumi.ToStringArray(names)
}

// cacheTimes is how long answers are kept, in seconds.
type cacheTimes struct{ least, usual, most int }

func (a *CachingArgs) times() cacheTimes {
	switch a.Policy {
	case CachingOriginHeaders:
		return cacheTimes{most: secondsOfAYear}
	case CachingOptimized:
		return cacheTimes{1, 86400, secondsOfAYear}
	case CachingOwn:
		return cacheTimes{*a.MinTtlSeconds, *a.DefaultTtlSeconds, a.MaxTtlSeconds}
	}
	return cacheTimes{}
}

// forwardsHost says whether the viewers' Host goes on. S3 takes no other than its own.
func (a *CloudFrontFrontArgs) forwardsHost(b *BehaviorArgs) bool {
	return a.ForwardHostHeader && !b.static()
}

// cacheKeyOf is the key of a behavior, with Host if the service receives it.
func (a *CloudFrontFrontArgs) cacheKeyOf(b *BehaviorArgs) cacheKey {
	key := b.Caching.key()
	if a.forwardsHost(b) && b.Caching.Policy != CachingDisabled {
		key.headers = append([]string{"Host"}, key.headers...)
	}
	return key
}

// cachePolicyID is the policy of a behavior's cache.
func (c *CloudFrontFront) cachePolicyID(b *BehaviorArgs) pulumi.StringPtrInput {
	if own := c.cachePolicyOf[b]; own != nil {
		return own.ID().ToStringOutput().ToStringPtrOutput()
	}
	if b.Caching.Policy == CachingOptimized {
		return pulumi.String(awstable.CachingOptimized)
	}
	return pulumi.String(awstable.CachingDisabled)
}

// originRequestPolicyID is what the service receives beside the cache key: everything
// where nothing is cached, else nothing unless it is asked for. Static content gets nothing.
func (c *CloudFrontFront) originRequestPolicyID(b *BehaviorArgs) pulumi.StringPtrInput {
	switch {
	case b.static() || b.Caching.Policy != CachingDisabled && !b.Caching.ForwardAll:
		return nil
	case c.args.ForwardHostHeader:
		return pulumi.String(awstable.AllViewer)
	}
	return pulumi.String(awstable.AllViewerExceptHostHeader)
}
