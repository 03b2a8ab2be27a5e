package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// What is cached, for how long and by what key is up to a policy, AWS's or one's own.
func TestCachePolicies(t *testing.T) {
	const own = "aws:cloudfront/cachePolicy:CachePolicy"
	policy := func(query, cookies, headers state) state {
		return state{"minTtl": 1.0, "defaultTtl": 60.0, "maxTtl": 3600.0, "parametersInCacheKeyAndForwardedToOrigin": state{
			"queryStringsConfig": query, "cookiesConfig": cookies, "headersConfig": headers,
		}}
	}
	none, nobody, nothing := state{"queryStringBehavior": "none"}, state{"cookieBehavior": "none"}, state{"headerBehavior": "none"}
	times := func(key requestpath.CacheKey) requestpath.CachePolicy {
		return requestpath.CachePolicy{MinTTLSeconds: 1, DefaultTTLSeconds: 60, MaxTTLSeconds: 3600, Key: key}
	}
	for name, c := range map[string]struct {
		id    string
		also  state
		want  requestpath.CachePolicy
		noted string
	}{
		"CachingDisabled":  {"4135ea2d-6df8-44a3-9df3-4b5a84be39ad", nil, requestpath.CachePolicy{}, ""},
		"CachingOptimized": {"658327ea-f89d-4fab-a63d-7e88639e58f6", nil, requestpath.CachePolicy{MinTTLSeconds: 1, DefaultTTLSeconds: 86400, MaxTTLSeconds: 31536000}, ""},
		"UseOriginCacheControlHeaders-QueryStrings": {"4cc15a8a-d715-48a4-82b8-cc0b614638fe", nil, requestpath.CachePolicy{MaxTTLSeconds: 31536000, Key: requestpath.CacheKey{
			Host: true, Query: []string{"*"}, Cookies: []string{"*"}, Headers: []string{"Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"},
		}}, ""},
		"one's own, nothing": {"p", policy(none, nobody, nothing), times(requestpath.CacheKey{}), ""},
		"one's own, some": {"p", policy(state{"queryStringBehavior": "whitelist", "queryStrings": state{"items": list("page")}}, state{"cookieBehavior": "all"},
			state{"headerBehavior": "whitelist", "headers": state{"items": list("HOST", "Origin")}}),
			times(requestpath.CacheKey{Host: true, Query: []string{"page"}, Cookies: []string{"*"}, Headers: []string{"Origin"}}), ""},
		"one's own, all but some": {"p", policy(none, state{"cookieBehavior": "allExcept", "cookies": state{"items": list("ads")}}, nothing),
			times(requestpath.CacheKey{Cookies: []string{"*"}}), "cookieBehavior"},
		"unheard of": {"p", nil, requestpath.CachePolicy{}, "defaultCacheBehavior.cachePolicyId"},
	} {
		t.Run(name, func(t *testing.T) {
			r := site()
			r[[2]string{distributionType, "E1"}]["defaultCacheBehavior"].(state)["cachePolicyId"] = c.id
			if c.also != nil {
				r[[2]string{own, "p"}] = c.also
			}
			m := r.read(t, registered.Options{})
			got := m.Plan.Distributions[0].Default.Cache
			assert.Equal(t, c.want.Key.Host, got.Key.Host)
			assert.ElementsMatch(t, c.want.Key.Headers, got.Key.Headers)
			got.Key.Headers, c.want.Key.Headers = nil, nil
			got.Key.Query, got.Key.Cookies = append([]string{}, got.Key.Query...), append([]string{}, got.Key.Cookies...)
			c.want.Key.Query, c.want.Key.Cookies = append([]string{}, c.want.Key.Query...), append([]string{}, c.want.Key.Cookies...)
			assert.Equal(t, c.want, got)
			if c.noted != "" {
				assert.NotEmpty(t, noted(m, c.noted))
			}
		})
	}
}

// What the key has by name is forwarded by that name, and needs no note.
func TestWhatACachePolicyForwards(t *testing.T) {
	r := site()
	behavior := r[[2]string{distributionType, "E1"}]["defaultCacheBehavior"].(state)
	behavior["cachePolicyId"], behavior["originRequestPolicyId"] = "p", ""
	r[[2]string{"aws:cloudfront/cachePolicy:CachePolicy", "p"}] = state{"maxTtl": 60.0, "parametersInCacheKeyAndForwardedToOrigin": state{
		"queryStringsConfig": state{"queryStringBehavior": "whitelist", "queryStrings": state{"items": list("page")}},
		"cookiesConfig":      state{"cookieBehavior": "all"},
		"headersConfig":      state{"headerBehavior": "whitelist", "headers": state{"items": list("Host", "Origin")}},
	}}
	m := r.read(t, registered.Options{})
	got := m.Plan.Distributions[0].Default
	assert.Equal(t, []bool{true, false, false, true}, []bool{got.ForwardsHost, got.ForwardsHeaders, got.ForwardsQuery, got.ForwardsCookies})
	assert.Empty(t, noted(m, "queryStringsConfig"))
	assert.Empty(t, noted(m, "headersConfig.headers"))
}
