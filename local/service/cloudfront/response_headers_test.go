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

const policyToken = cloudfront.ResponseHeadersPolicyToken

// headersPolicy are the inputs of a response headers policy with one header.
func headersPolicy(more core.Object) core.Object {
	return core.Object{"name": "site", "customHeadersConfig": core.Object{"items": []any{customHeader("X-A", "1")}}}.With(more)
}

func customHeader(name, value string) core.Object {
	return core.Object{"header": name, "override": true, "value": value}
}

func cors(more core.Object) core.Object {
	return core.Object{"corsConfig": core.Object{
		"accessControlAllowCredentials": false, "originOverride": true,
		"accessControlAllowHeaders": core.Object{"items": core.List("*")},
		"accessControlAllowMethods": core.Object{"items": core.List("GET")},
		"accessControlAllowOrigins": core.Object{"items": core.List("https://www.example.com")},
	}.With(more)}
}

func TestAResponseHeadersPolicy(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(policyToken, "site", headersPolicy(nil))
	assert.Regexp(t, "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id)
	assert.Equal(t, "arn:aws:cloudfront::123456789012:response-headers-policy/"+id, state.Str("arn"))
	updated := c.Update(policyToken, id, headersPolicy(core.Object{"comment": "new"}))
	assert.NotEqual(t, state.Str("etag"), updated.Str("etag"))
	c.Refused(policyToken, "other", headersPolicy(nil), "ResponseHeadersPolicyAlreadyExists")

	behavior := cloudtest.BehaviorInputs(core.Object{"responseHeadersPolicyId": id})
	site, _ := c.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(core.Object{
		"defaultCacheBehavior":  behavior,
		"orderedCacheBehaviors": []any{behavior.With(core.Object{"pathPattern": "/static/*"})},
	}))
	assert.ErrorContains(t, c.TryDelete(policyToken, id), "ResponseHeadersPolicyInUse")
	c.Delete(cloudfront.DistributionToken, site)
	c.Delete(policyToken, id)
	c.IsSeed()
}

func TestWhatAResponseHeadersPolicyCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	security := func(block string, in core.Object) core.Object {
		return core.Object{"securityHeadersConfig": core.Object{block: in.With(core.Object{"override": true})}}
	}
	custom := func(headers ...any) core.Object {
		return core.Object{"customHeadersConfig": core.Object{"items": headers}}
	}
	items := func(list string, items ...string) core.Object {
		return cors(core.Object{list: core.Object{"items": core.List(items...)}})
	}
	var many, long []any
	for n := range 11 {
		many = append(many, customHeader(fmt.Sprint("X-", n), "x"))
	}
	for n := range 6 {
		long = append(long, customHeader(fmt.Sprint("X-", n), strings.Repeat("x", 1783)))
	}
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"name":             {core.Object{"name": "a b"}, "name must be 1-128 letters"},
		"CSP":              {security("contentSecurityPolicy", core.Object{"contentSecurityPolicy": strings.Repeat("x", 1784)}), "TooLongCSPInResponseHeadersPolicy"},
		"CSP in lines":     {security("contentSecurityPolicy", core.Object{"contentSecurityPolicy": "a;\nb"}), "line breaks"},
		"frames":           {security("frameOptions", core.Object{"frameOption": "ALLOW-FROM"}), "frameOption must be one of DENY, SAMEORIGIN"},
		"referrer":         {security("referrerPolicy", core.Object{"referrerPolicy": "never"}), "referrerPolicy must be one of no-referrer"},
		"HSTS":             {security("strictTransportSecurity", core.Object{"accessControlMaxAgeSec": -1.0}), "accessControlMaxAgeSec must be 0-2147483647"},
		"XSS":              {security("xssProtection", core.Object{"protection": true, "modeBlock": true, "reportUri": "/x"}), "cannot be given together with modeBlock"},
		"no override":      {core.Object{"securityHeadersConfig": core.Object{"contentTypeOptions": core.Object{}}}, "override"},
		"any header, too":  {items("accessControlAllowHeaders", "X-*").With(cors(core.Object{"accessControlAllowCredentials": true})), "cannot contain * when allowCredentials is true"},
		"no headers":       {items("accessControlAllowHeaders"), "items is required"},
		"method":           {items("accessControlAllowMethods", "TRACE"), "must be one of ALL, GET"},
		"origin":           {items("accessControlAllowOrigins", "https://www.*.com"), "must be *, or origins"},
		"origin with path": {items("accessControlAllowOrigins", "https://www.example.com/"), "must be *, or origins"},
		"header twice":     {custom(customHeader("X-A", "1"), customHeader("x-a", "2")), "must name x-a only once"},
		"11 headers":       {custom(many...), "TooManyCustomHeadersInResponseHeadersPolicy"},
		"too long":         {custom(long...), "at most 10240 characters together"},
		"own header":       {custom(customHeader("Via", "x")), "must not name a header that CloudFront sets itself"},
		"security header":  {custom(customHeader("X-Frame-Options", "DENY")), "is a security header and cannot be set as custom header"},
		"header's name":    {custom(customHeader("X A", "1")), "characters of a header's name"},
		"header's value":   {custom(customHeader("X-A", "1\r\nSet-Cookie: a=b")), "line breaks"},
		"removed":          {core.Object{"removeHeadersConfig": core.Object{"items": []any{core.Object{"header": "Content-Length"}}}}, "cannot be removed"},
		"server timing":    {core.Object{"serverTimingHeadersConfig": core.Object{"enabled": true, "samplingRate": 50.0}}, "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(policyToken, "site", headersPolicy(tc.in), tc.want)
		})
	}
	c.Refused(policyToken, "site", core.Object{"name": "site"}, "must be specified")
	for n := range 20 {
		c.Create(policyToken, "site", headersPolicy(core.Object{"name": fmt.Sprint("p", n)}))
	}
	c.Refused(policyToken, "site", headersPolicy(nil), "TooManyResponseHeadersPolicies")
}
