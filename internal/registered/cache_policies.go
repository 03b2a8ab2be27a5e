package registered

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

const typeCachePolicy = "aws:cloudfront/cachePolicy:CachePolicy"

// everyName stands for all cookies or parameters in a cache key.
var everyName = []string{"*"}

// cachePolicy is how a behaviour caches: by a policy of AWS or of one's own, or by forwarded
// values, which are older. By a policy that is not known nothing is cached.
func (r *reader) cachePolicy(b object) requestpath.CachePolicy {
	id := b.str("cachePolicyId")
	if f, ok := awstable.CachePolicies[id]; ok {
		return managedCache(awstable.CachePolicyTimes[id], f)
	}
	if policy := r.one(typeCachePolicy, id); policy != nil {
		return r.ownCache(policy)
	}
	for _, values := range b.blocks("forwardedValues") {
		return forwardedCache(b, values)
	}
	return requestpath.CachePolicy{}
}

func managedCache(times awstable.CacheTimes, f awstable.Forwarding) requestpath.CachePolicy {
	out := requestpath.CachePolicy{MinTTLSeconds: times.Min, DefaultTTLSeconds: times.Default, MaxTTLSeconds: times.Max}
	out.Key.Host, out.Key.Headers = f.Host, f.Names
	if f.Query {
		out.Key.Query = everyName
	}
	if f.Cookies {
		out.Key.Cookies = everyName
	}
	return out
}

func (r *reader) ownCache(policy *resource) requestpath.CachePolicy {
	out := timesOf(policy.object)
	key := policy.block("parametersInCacheKeyAndForwardedToOrigin")
	out.Key.Host, out.Key.Headers = withoutHost(key.block("headersConfig").block("headers").strs("items"))
	out.Key.Query = r.inKey(policy, key.block("queryStringsConfig"), "queryStringBehavior", "queryStrings")
	out.Key.Cookies = r.inKey(policy, key.block("cookiesConfig"), "cookieBehavior", "cookies")
	return out
}

func timesOf(o object) requestpath.CachePolicy {
	return requestpath.CachePolicy{MinTTLSeconds: o.num("minTtl"), DefaultTTLSeconds: o.num("defaultTtl"), MaxTTLSeconds: o.num("maxTtl")}
}

// inKey are the names of parameters or cookies in the key.
func (r *reader) inKey(policy *resource, config object, behavior, list string) []string {
	switch config.str(behavior) {
	case "all":
		return everyName
	case "allExcept":
		r.note(policy, behavior, "which are not in the cache key is not described: all are taken to be")
		return everyName
	case "whitelist":
		return config.block(list).strs("items")
	}
	return nil
}

// withoutHost are the headers but for Host.
func withoutHost(names []string) (host bool, others []string) {
	others = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.EqualFold(n, "host") })
	return len(others) < len(names), others
}

// forwardedCache is caching by forwarded values: what is forwarded is in the key, and with
// all headers nothing is cached.
// Sourced: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ForwardedValues.html
func forwardedCache(b, values object) requestpath.CachePolicy {
	out := timesOf(b)
	if slices.Contains(values.strs("headers"), "*") {
		return requestpath.CachePolicy{}
	}
	out.Key.Host, out.Key.Headers = withoutHost(values.strs("headers"))
	if values.flag("queryString") {
		if out.Key.Query = values.strs("queryStringCacheKeys"); len(out.Key.Query) == 0 {
			out.Key.Query = everyName
		}
	}
	switch cookies := values.block("cookies"); cookies.str("forward") {
	case "all":
		out.Key.Cookies = everyName
	case "whitelist":
		out.Key.Cookies = cookies.strs("whitelistedNames")
	}
	return out
}
