package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	typeCachePolicy = "aws:cloudfront/cachePolicy:CachePolicy"
	typeFunction    = "aws:cloudfront/function:Function"

	cachingDisabled           = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	cachingOptimized          = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	allViewer                 = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// caching is a front whose paths below /api/ are cached.
func caching(forwardsHost bool, args *components.CachingArgs) pulumi.RunFunc {
	return front(func(a *components.CloudFrontFrontArgs, _ *frontParts) {
		a.ForwardHostHeader = forwardsHost
		a.Behaviors = []*components.BehaviorArgs{{PathPattern: "/api/*", Caching: args}}
	})
}

func TestCaching(t *testing.T) {
	key := func(query, cookies, headers map[string]any) map[string]any {
		return map[string]any{
			"queryStringsConfig": query, "cookiesConfig": cookies, "headersConfig": headers,
			"enableAcceptEncodingGzip": true, "enableAcceptEncodingBrotli": true,
		}
	}
	list := func(behavior, names string, items ...any) map[string]any {
		return map[string]any{behavior: "whitelist", names: map[string]any{"items": items}}
	}
	for name, tc := range map[string]struct {
		forwardsHost bool
		args         *components.CachingArgs
		// policy and request are the ids of managed policies; "" for one of its own, and for none.
		policy, request string
		times           [3]any
		key             map[string]any
	}{
		"nothing":                 {false, nil, cachingDisabled, allViewerExceptHostHeader, [3]any{}, nil},
		"disabled, with the Host": {true, &components.CachingArgs{Policy: components.CachingDisabled}, cachingDisabled, allViewer, [3]any{}, nil},
		"optimized":               {false, &components.CachingArgs{Policy: components.CachingOptimized}, cachingOptimized, "", [3]any{}, nil},
		"origin-headers": {false, &components.CachingArgs{Policy: components.CachingOriginHeaders}, "", "", [3]any{0, 0, 31536000}, key(
			map[string]any{"queryStringBehavior": "all"}, map[string]any{"cookieBehavior": "all"},
			list("headerBehavior", "headers", "Authorization", "Origin"))},
		"origin-headers, everything": {true, &components.CachingArgs{Policy: components.CachingOriginHeaders, ForwardAll: true}, "", allViewer, [3]any{0, 0, 31536000}, key(
			map[string]any{"queryStringBehavior": "all"}, map[string]any{"cookieBehavior": "all"},
			list("headerBehavior", "headers", "Host", "Authorization", "Origin"))},
		"own": {false, &components.CachingArgs{MinTtlSeconds: pulumi.IntRef(5), QueryStrings: []string{"page"}}, "", "", [3]any{5, 5, 31536000}, key(
			list("queryStringBehavior", "queryStrings", "page"), map[string]any{"cookieBehavior": "none"}, map[string]any{"headerBehavior": "none"})},
		"own, with the Host": {true, &components.CachingArgs{DefaultTtlSeconds: pulumi.IntRef(63072000), Cookies: []string{"shop"}}, "", "", [3]any{0, 63072000, 63072000}, key(
			map[string]any{"queryStringBehavior": "none"}, list("cookieBehavior", "cookies", "shop"), list("headerBehavior", "headers", "Host"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := componentstest.Deploy(t, caching(tc.forwardsHost, tc.args))
			componentstest.AssertInvariants(t, g)
			behavior := g.One(t, typeDistribution).Input("orderedCacheBehaviors").([]any)[0].(map[string]any)
			if tc.request == "" {
				assert.NotContains(t, behavior, "originRequestPolicyId")
			} else {
				assert.Equal(t, tc.request, behavior["originRequestPolicyId"])
			}
			if tc.policy != "" {
				assert.Equal(t, tc.policy, behavior["cachePolicyId"])
				assert.Empty(t, g.OfType(typeCachePolicy))
				return
			}
			policy := g.One(t, typeCachePolicy)
			assert.Equal(t, policy.ID, behavior["cachePolicyId"])
			assert.Equal(t, tc.times, [3]any{policy.Input("minTtl"), policy.Input("defaultTtl"), policy.Input("maxTtl")})
			assert.Equal(t, tc.key, policy.Input("parametersInCacheKeyAndForwardedToOrigin"))
			assert.Equal(t, cachingDisabled, g.One(t, typeDistribution).Input("defaultCacheBehavior.cachePolicyId"))
		})
	}
}

func TestCachingRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		forwardsHost bool
		args         components.CachingArgs
		want         string
	}{
		"policy":              {false, components.CachingArgs{Policy: "on"}, `policy: must be one of "disabled", "optimized", "origin-headers", "own", got "on"`},
		"key of AWS's policy": {false, components.CachingArgs{Policy: "optimized", Cookies: []string{"a"}}, `policy: must be "own" or left out with times or names of the cache key, got "optimized"`},
		"one for all names":   {true, components.CachingArgs{Policy: "optimized"}, `policy: must not be "optimized" with forwardHostHeader`},
		"cookies outside": {false, components.CachingArgs{QueryStrings: []string{"*"}, Cookies: []string{"a"}, Headers: []string{"Authorization"}, ForwardAll: true},
			"forwardAll: must be false, got true: the service would receive cookies, which are not in the cache key, and viewers would get each other's answers"},
		"all outside":        {false, components.CachingArgs{Policy: "optimized", ForwardAll: true}, "forwardAll: must be false, got true: the service would receive cookies and Authorization headers and query strings"},
		"forwarded anyway":   {false, components.CachingArgs{ForwardAll: true}, "forwardAll: must be left out where nothing is cached"},
		"times":              {false, components.CachingArgs{MinTtlSeconds: pulumi.IntRef(60), DefaultTtlSeconds: pulumi.IntRef(30)}, "minTtlSeconds: must be at most the default time to live of 30 s, got 60"},
		"negative":           {false, components.CachingArgs{MaxTtlSeconds: -1}, "maxTtlSeconds: must be 0-3153600000 seconds"},
		"cookies, kept":      {false, components.CachingArgs{MinTtlSeconds: pulumi.IntRef(1), Cookies: []string{"*"}}, "minTtlSeconds: must be 0 with cookies or Authorization in the cache key, got 1"},
		"Host":               {false, components.CachingArgs{Headers: []string{"host"}}, "headers[0]: must not be Host"},
		"all and some":       {false, components.CachingArgs{QueryStrings: []string{"*", "page"}}, `queryStrings: must be "*" alone`},
		"a cookie of a form": {false, components.CachingArgs{Cookies: []string{"a=b"}}, `cookies[0]: must be a name without spaces`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
				OriginDomainName: "origin.example.com", ForwardHostHeader: tc.forwardsHost, DefaultBehavior: &components.BehaviorArgs{Caching: &tc.args},
			})
			assert.ErrorContains(t, err, `CloudFrontFront "cdn": defaultBehavior.caching.`+tc.want[:4])
			assert.ErrorContains(t, err, tc.want)
		})
	}
}

// S3 looks at nothing but the path, except for query strings that choose the answer.
func TestCachingOfStaticContentRefusals(t *testing.T) {
	planned := func(caching components.CachingArgs) error {
		files, err := components.PlanStaticContent("files", nil)
		require.NoError(t, err)
		_, err = components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
			OriginDomainName: "origin.example.com", StaticContent: files,
			Behaviors: []*components.BehaviorArgs{{PathPattern: "/assets/*", ServedBy: "static-content", Caching: &caching}},
		})
		return err
	}
	for want, caching := range map[string]components.CachingArgs{
		`policy: must not be "origin-headers" where static content alone answers`:            {Policy: components.CachingOriginHeaders},
		`cookies: must be left out where static content alone answers, got session`:          {Cookies: []string{"session"}},
		`headers[1]: must not be Authorization where static content alone answers`:           {Headers: []string{"Origin", "authorization"}},
		`queryStrings: must name the query strings where static content alone answers`:       {QueryStrings: []string{"*"}},
		`forwardAll: must be left out, got true: S3 needs nothing of the viewer's request b`: {Policy: components.CachingOptimized, ForwardAll: true},
	} {
		assert.ErrorContains(t, planned(caching), `CloudFrontFront "cdn": behaviors[0].caching.`+want)
	}
	assert.NoError(t, planned(components.CachingArgs{Policy: components.CachingOwn}), "as long as the files say")
	assert.NoError(t, planned(components.CachingArgs{QueryStrings: []string{"v"}, DefaultTtlSeconds: pulumi.IntRef(60)}))
}

// Of the query the service receives what is in the key.
func TestPlannedCacheKey(t *testing.T) {
	for name, want := range map[string]bool{"page": false, "*": true} {
		cdn, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
			OriginDomainName: "origin.example.com", DefaultBehavior: &components.BehaviorArgs{Caching: &components.CachingArgs{QueryStrings: []string{name}}},
		})
		require.NoError(t, err)
		got := cdn.Plan().Distributions[0].Default
		assert.Equal(t, []string{name}, got.Cache.Key.Query)
		assert.Equal(t, []bool{false, want, false}, []bool{got.ForwardsHeaders, got.ForwardsQuery, got.ForwardsCookies})
	}
}
