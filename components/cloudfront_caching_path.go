package components

import (
	"slices"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// planned is a behavior in a plan; nil is that of a distribution of which nothing is known.
func (a *CloudFrontFrontArgs) planned(b *BehaviorArgs) requestpath.Behavior {
	if b == nil {
		b = BehaviorArgs{}.withDefaults()
	}
	out := requestpath.Behavior{
		PathPattern: b.PathPattern, Origin: b.target(), ViewerProtocolPolicy: requestpath.RedirectToHTTPS,
		AllowedMethods: b.methods(), CachedMethods: awstable.ReadMethods,
		ForwardsHost: a.forwardsHost(b), ForwardsHeaders: !b.static(), ForwardsQuery: !b.static(), ForwardsCookies: !b.static(),
		ResponseHeaders: a.ResponseHeaders.planned(),
	}
	if rules := a.rulesOf(b); !rules.IsZero() {
		out.Function = &requestpath.Function{Names: rules.Names, TrailingSlash: rules.TrailingSlash, SinglePage: rules.SinglePage}
	}
	if b.Caching.Policy == CachingDisabled {
		return out
	}
	times, key := b.Caching.times(), a.cacheKeyOf(b)
	out.Cache = requestpath.CachePolicy{
		MinTTLSeconds: times.least, DefaultTTLSeconds: times.usual, MaxTTLSeconds: times.most,
		Key: requestpath.CacheKey{
			Host: a.forwardsHost(b), Query: key.queryStrings, Cookies: key.cookies,
			Headers: slices.DeleteFunc(slices.Clone(key.headers), isHeader("Host")),
		},
	}
	if !b.Caching.ForwardAll {
		all := func(names []string) bool { return slices.Contains(names, awsrule.AnyName) }
		out.ForwardsHeaders, out.ForwardsQuery, out.ForwardsCookies = false, all(key.queryStrings), all(key.cookies)
	}
	return out
}
