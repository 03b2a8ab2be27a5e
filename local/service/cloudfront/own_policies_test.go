package cloudfront_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
)

// key is a cache key with one part of it different from none.
func key(config string, value core.Object) core.Object {
	return core.Object{"parametersInCacheKeyAndForwardedToOrigin": core.Object{
		"cookiesConfig":      core.Object{"cookieBehavior": "none"},
		"headersConfig":      core.Object{"headerBehavior": "none"},
		"queryStringsConfig": core.Object{"queryStringBehavior": "none"},
	}.With(core.Object{config: value})}
}

var noKey = key("cookiesConfig", core.Object{"cookieBehavior": "none"})

func listed(kind, behavior, names string, items ...string) core.Object {
	return core.Object{kind + "Behavior": behavior, names: core.Object{"items": core.List(items...)}}
}

func tenAndOne() []string {
	var all []string
	for n := range 11 {
		all = append(all, fmt.Sprint("n", n))
	}
	return all
}

func TestWhatACachePolicyCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"least above usual":    {noKey.With(core.Object{"minTtl": 90000.0}), "InvalidArgument: minTtl must be at most defaultTtl, which is 86400"},
		"usual above most":     {noKey.With(core.Object{"maxTtl": 60.0}), "defaultTtl must be at most maxTtl, which is 60"},
		"negative":             {noKey.With(core.Object{"minTtl": -1.0}), "minTtl must be 0-3153600000"},
		"name":                 {noKey.With(core.Object{"name": "my policy"}), "name must be 1-128 letters"},
		"kind of cookies":      {key("cookiesConfig", core.Object{"cookieBehavior": "some"}), "cookieBehavior must be one of none, whitelist, allExcept, all"},
		"all headers":          {key("headersConfig", core.Object{"headerBehavior": "allViewer"}), "headerBehavior must be one of none, whitelist"},
		"no names":             {key("cookiesConfig", core.Object{"cookieBehavior": "whitelist"}), "cookies must have items with cookieBehavior whitelist"},
		"names of all":         {key("queryStringsConfig", listed("queryString", "all", "queryStrings", "page")), "queryStrings cannot have items with queryStringBehavior all"},
		"eleven cookies":       {key("cookiesConfig", listed("cookie", "whitelist", "cookies", tenAndOne()...)), "TooManyCookiesInCachePolicy"},
		"eleven headers":       {key("headersConfig", listed("header", "whitelist", "headers", tenAndOne()...)), "TooManyHeadersInCachePolicy"},
		"eleven query strings": {key("queryStringsConfig", listed("queryString", "whitelist", "queryStrings", tenAndOne()...)), "TooManyQueryStringsInCachePolicy"},
		"encoding":             {key("headersConfig", listed("header", "whitelist", "headers", "Accept-Encoding")), "must not be Accept-Encoding"},
		"key without caching": {key("headersConfig", listed("header", "whitelist", "headers", "Authorization")).
			With(core.Object{"defaultTtl": 0.0, "maxTtl": 0.0}), "The parameter HeaderBehavior is invalid for policy with caching disabled."},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(cloudfront.CachePolicyToken, "p", tc.in, tc.want)
		})
	}
}

func TestWhatAnOriginRequestPolicyCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	base := core.Object{
		"cookiesConfig":      core.Object{"cookieBehavior": "none"},
		"headersConfig":      core.Object{"headerBehavior": "none"},
		"queryStringsConfig": core.Object{"queryStringBehavior": "none"},
	}
	c.Refused(cloudfront.OriginRequestPolicyToken, "p", base.With(core.Object{"headersConfig": listed("header", "whitelist", "headers", "authorization")}),
		"The parameter Headers contains a header that is not allowed")
	c.Refused(cloudfront.OriginRequestPolicyToken, "p", base.With(core.Object{"headersConfig": listed("header", "allExcept", "headers")}), "headers must have items")
	c.Refused(cloudfront.OriginRequestPolicyToken, "p", base.With(core.Object{"cookiesConfig": listed("cookie", "whitelist", "cookies", tenAndOne()...)}), "TooManyCookiesInOriginRequestPolicy")
}

func TestAnAccountHas20PoliciesOfNamesOfTheirOwn(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(cloudfront.CachePolicyToken, "p0", noKey.With(core.Object{"name": "p0"}))
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, id)
	c.Refused(cloudfront.CachePolicyToken, "p", noKey.With(core.Object{"name": "p0"}), "CachePolicyAlreadyExists")
	for n := 1; n < 20; n++ {
		c.Create(cloudfront.CachePolicyToken, fmt.Sprint("p", n), noKey)
	}
	c.Refused(cloudfront.CachePolicyToken, "p", noKey, "TooManyCachePolicies")
	updated := c.Update(cloudfront.CachePolicyToken, id, noKey.With(core.Object{"name": "p0", "minTtl": 5.0}))
	assert.NotEqual(t, state.Str("etag"), updated.Str("etag"))
}

func TestWhatAFunctionCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	in := core.Object{"code": "function handler(event) { return event.request; }", "runtime": "cloudfront-js-2.0"}
	c.Refused(cloudfront.FunctionToken, "f", in.With(core.Object{"runtime": "cloudfront-js-3.0"}), "runtime must be one of cloudfront-js-1.0, cloudfront-js-2.0")
	c.Refused(cloudfront.FunctionToken, "f", in.With(core.Object{"code": strings.Repeat("x", 10*1024+1)}), "FunctionSizeLimitExceeded: code must have at most 10240 bytes, got 10241")
	c.Refused(cloudfront.FunctionToken, "f", in.With(core.Object{"code": ""}), "code must not be empty")
	c.Refused(cloudfront.FunctionToken, "f", in.With(core.Object{"name": "a.b"}), "name must be 1-64 letters")
	c.Refused(cloudfront.FunctionToken, "f", in.With(core.Object{"keyValueStoreAssociations": core.List("x")}), "unsupported by the local AWS")
	c.Create(cloudfront.FunctionToken, "f", in.With(core.Object{"name": "f", "code": strings.Repeat("x", 10*1024)}))
	c.Refused(cloudfront.FunctionToken, "f", in.With(core.Object{"name": "f"}), "FunctionAlreadyExists")
}

func TestPoliciesAndFunctionsOfADistribution(t *testing.T) {
	c := cloudtest.New(t)
	in := core.Object{"code": "function handler(event) { return event.request; }", "runtime": "cloudfront-js-2.0", "publish": false}
	draft, state := c.Create(cloudfront.FunctionToken, "f", in)
	arn := state.Str("arn")
	policy, _ := c.Create(cloudfront.CachePolicyToken, "p", noKey)
	runs := func(events ...string) core.Object {
		var all []any
		for _, event := range events {
			all = append(all, core.Object{"eventType": event, "functionArn": arn})
		}
		return cloudtest.DistributionInputs(core.Object{"defaultCacheBehavior": cloudtest.BehaviorInputs(
			core.Object{"functionAssociations": all, "cachePolicyId": policy})})
	}
	c.Refused(cloudfront.DistributionToken, "d", runs("viewer-request"), "is not published to the stage LIVE")
	c.Update(cloudfront.FunctionToken, draft, in.With(core.Object{"publish": true}))
	c.Refused(cloudfront.DistributionToken, "d", runs("viewer-request", "viewer-request"), "InvalidFunctionAssociation: defaultCacheBehavior.functionAssociations.eventType must differ")
	c.Refused(cloudfront.DistributionToken, "d", runs("origin-request"), "eventType must be one of viewer-request, viewer-response")
	id, _ := c.Create(cloudfront.DistributionToken, "d", runs("viewer-request", "viewer-response"))
	assert.Empty(t, c.ChangeOf(cloudfront.DistributionToken, id, runs("viewer-response", "viewer-request")).Changed, "the order means nothing")
	for token, used := range map[string]string{cloudfront.FunctionToken: draft, cloudfront.CachePolicyToken: policy} {
		assert.ErrorContains(t, c.TryDelete(token, used), "InUse")
	}
	c.Delete(cloudfront.DistributionToken, id)
	c.Delete(cloudfront.FunctionToken, draft)
	c.Delete(cloudfront.CachePolicyToken, policy)
	c.IsSeed()
}
