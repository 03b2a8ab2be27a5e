package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

const (
	typeHeadersPolicy = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
	managedHeaders    = "67f7725c-6f97-4210-82d7-5512b31e9d03"
)

// withHeaders is a front with two behaviors.
func withHeaders(args *components.ResponseHeadersArgs) pulumi.RunFunc {
	return front(func(a *components.CloudFrontFrontArgs, _ *frontParts) {
		a.ResponseHeaders, a.Behaviors = args, []*components.BehaviorArgs{{PathPattern: "/api/*"}}
	})
}

// AWS's security headers are on unless they are turned off, for every behavior.
func TestSecurityHeaders(t *testing.T) {
	for name, tc := range map[string]struct {
		args *components.ResponseHeadersArgs
		want any
	}{
		"by default": {nil, managedHeaders},
		"managed":    {&components.ResponseHeadersArgs{Security: "managed"}, managedHeaders},
		"none":       {&components.ResponseHeadersArgs{Security: "none"}, nil},
	} {
		g := componentstest.Deploy(t, withHeaders(tc.args))
		componentstest.AssertInvariants(t, g)
		assert.Empty(t, g.OfType(typeHeadersPolicy), name)
		d := g.One(t, typeDistribution)
		assert.Equal(t, tc.want != nil, d.Has("defaultCacheBehavior.responseHeadersPolicyId"), name)
		if tc.want != nil {
			assert.Equal(t, tc.want, d.Input("defaultCacheBehavior.responseHeadersPolicyId"), name)
			assert.Equal(t, tc.want, d.Input("orderedCacheBehaviors[0].responseHeadersPolicyId"), name)
		}
	}
}

// One header that is set changes that header, and takes the place of the origin's.
func TestOwnSecurityHeaders(t *testing.T) {
	g := componentstest.Deploy(t, withHeaders(&components.ResponseHeadersArgs{FrameOptions: "DENY"}))
	componentstest.AssertInvariants(t, g)
	policy := g.One(t, typeHeadersPolicy)
	managed := map[string]any{
		"contentTypeOptions":      map[string]any{"override": true},
		"frameOptions":            map[string]any{"frameOption": "DENY", "override": true},
		"referrerPolicy":          map[string]any{"referrerPolicy": "strict-origin-when-cross-origin", "override": false},
		"strictTransportSecurity": map[string]any{"accessControlMaxAgeSec": 31536000, "includeSubdomains": false, "preload": false, "override": false},
		"xssProtection":           map[string]any{"protection": true, "modeBlock": true, "override": false},
	}
	assert.Equal(t, managed, policy.Input("securityHeadersConfig"))
	for _, input := range []string{"corsConfig", "customHeadersConfig", "removeHeadersConfig"} {
		assert.False(t, policy.Has(input), input)
	}
	for _, behavior := range []string{"defaultCacheBehavior", "orderedCacheBehaviors[0]"} {
		assert.Equal(t, policy.ID, g.One(t, typeDistribution).Input(behavior+".responseHeadersPolicyId"))
	}

	g = componentstest.Deploy(t, withHeaders(&components.ResponseHeadersArgs{
		Hsts:                  &components.HstsArgs{IncludeSubdomains: true, Preload: true},
		ContentSecurityPolicy: "default-src 'self'", ReferrerPolicy: "no-referrer",
		Custom: []components.ResponseHeaderArgs{{Name: "X-A", Value: "1"}, {Name: "X-B", Value: "2", KeepOrigins: true}},
		Remove: []string{"X-Powered-By"},
	}))
	policy = g.One(t, typeHeadersPolicy)
	managed["contentSecurityPolicy"] = map[string]any{"contentSecurityPolicy": "default-src 'self'", "override": true}
	managed["frameOptions"] = map[string]any{"frameOption": "SAMEORIGIN", "override": false}
	managed["referrerPolicy"] = map[string]any{"referrerPolicy": "no-referrer", "override": true}
	managed["strictTransportSecurity"] = map[string]any{"accessControlMaxAgeSec": 31536000, "includeSubdomains": true, "preload": true, "override": true}
	assert.Equal(t, managed, policy.Input("securityHeadersConfig"))
	assert.Equal(t, []any{
		map[string]any{"header": "X-A", "value": "1", "override": true}, map[string]any{"header": "X-B", "value": "2", "override": false},
	}, policy.Input("customHeadersConfig.items"))
	assert.Equal(t, []any{map[string]any{"header": "X-Powered-By"}}, policy.Input("removeHeadersConfig.items"))

	policy = componentstest.Deploy(t, withHeaders(&components.ResponseHeadersArgs{
		Security: "none", Custom: []components.ResponseHeaderArgs{{Name: "X-A", Value: "1"}},
	})).One(t, typeHeadersPolicy)
	assert.False(t, policy.Has("securityHeadersConfig"))
}

func TestCors(t *testing.T) {
	cors := func(args components.CorsArgs) map[string]any {
		g := componentstest.Deploy(t, withHeaders(&components.ResponseHeadersArgs{Security: "none", Cors: &args}))
		componentstest.AssertInvariants(t, g)
		return g.One(t, typeHeadersPolicy).Input("corsConfig").(map[string]any)
	}
	items := func(names ...any) map[string]any { return map[string]any{"items": names} }
	assert.Equal(t, map[string]any{
		"accessControlAllowOrigins": items("*"), "accessControlAllowMethods": items("GET", "HEAD"),
		"accessControlAllowHeaders": items("Content-Type"), "accessControlAllowCredentials": false, "originOverride": true,
	}, cors(components.CorsArgs{AllowOrigins: []string{"*"}}))
	assert.Equal(t, map[string]any{
		"accessControlAllowOrigins": items("https://*.example.com"), "accessControlAllowMethods": items("PUT"),
		"accessControlAllowHeaders": items("Authorization"), "accessControlExposeHeaders": items("X-Total"),
		"accessControlAllowCredentials": true, "accessControlMaxAgeSec": 600, "originOverride": true,
	}, cors(components.CorsArgs{
		AllowOrigins: []string{"https://*.example.com"}, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"Authorization"},
		ExposeHeaders: []string{"X-Total"}, AllowCredentials: true, MaxAgeSeconds: 600,
	}))
}

func TestWrongResponseHeaders(t *testing.T) {
	for want, args := range map[string]components.ResponseHeadersArgs{
		`security: must be one of "managed", "none", got "own"`:                     {Security: "own"},
		`security: must be "managed" with hsts, contentSecurityPolicy`:              {Security: "none", FrameOptions: "DENY"},
		`hsts.maxAgeSeconds: must be at least 31536000 s, a year, with preload`:     {Hsts: &components.HstsArgs{MaxAgeSeconds: pulumi.IntRef(300), IncludeSubdomains: true, Preload: true}},
		`hsts.includeSubdomains: must be true with preload, got false`:              {Hsts: &components.HstsArgs{Preload: true}},
		`hsts.maxAgeSeconds: must be 0-2147483647 s, got -1`:                        {Hsts: &components.HstsArgs{MaxAgeSeconds: pulumi.IntRef(-1)}},
		`contentSecurityPolicy: must be one line`:                                   {ContentSecurityPolicy: "default-src 'self';\nimg-src *"},
		`frameOptions: must be one of "DENY", "SAMEORIGIN", got "ALLOW"`:            {FrameOptions: "ALLOW"},
		`referrerPolicy: must be one of "no-referrer"`:                              {ReferrerPolicy: "never"},
		`custom[0].name: must not be "X-Frame-Options", for which there is a field`: {Custom: []components.ResponseHeaderArgs{{Name: "X-Frame-Options", Value: "DENY"}}},
		`custom[0].name: must not be "Access-Control-Allow-Origin": use cors`:       {Custom: []components.ResponseHeaderArgs{{Name: "Access-Control-Allow-Origin", Value: "*"}}},
		`custom[0].name: must not be "Via", which CloudFront sets`:                  {Custom: []components.ResponseHeaderArgs{{Name: "Via", Value: "x"}}},
		`custom[0].name: must be the name of a header, got "X A"`:                   {Custom: []components.ResponseHeaderArgs{{Name: "X A", Value: "x"}}},
		`custom[0].value: is required`:                                              {Custom: []components.ResponseHeaderArgs{{Name: "X-A"}}},
		`custom[1].name: is a duplicate of "x-a"`:                                   {Custom: []components.ResponseHeaderArgs{{Name: "X-A", Value: "1"}, {Name: "x-a", Value: "2"}}},
		`custom: must be at most 10 headers, got 11`:                                {Custom: make([]components.ResponseHeaderArgs, 11)},
		`remove[0]: must not be "Content-Length"`:                                   {Remove: []string{"Content-Length"}},
		`cors.allowOrigins: is required`:                                            {Cors: &components.CorsArgs{}},
		`cors.allowOrigins[0]: must not be "*" with allowCredentials`:               {Cors: &components.CorsArgs{AllowOrigins: []string{"*"}, AllowCredentials: true}},
		`cors.allowOrigins[1]: must stand alone`:                                    {Cors: &components.CorsArgs{AllowOrigins: []string{"https://a.example", "*"}}},
		`cors.allowOrigins[0]: must be "*" or an origin without path`:               {Cors: &components.CorsArgs{AllowOrigins: []string{"https://a.example/"}}},
		`cors.allowMethods[0]: must be one of "GET"`:                                {Cors: &components.CorsArgs{AllowOrigins: []string{"*"}, AllowMethods: []string{"ALL"}}},
		`cors.allowHeaders[0]: must be a name without * with allowCredentials`:      {Cors: &components.CorsArgs{AllowOrigins: []string{"https://a.example"}, AllowHeaders: []string{"*"}, AllowCredentials: true}},
		`cors.maxAgeSeconds: must be 1-2147483647 s, got -1`:                        {Cors: &components.CorsArgs{AllowOrigins: []string{"*"}, MaxAgeSeconds: -1}},
	} {
		_, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com", ResponseHeaders: &args})
		assert.ErrorContains(t, err, `CloudFrontFront "cdn": responseHeaders.`+want)
	}
}

func TestGeoRestriction(t *testing.T) {
	restricted := func(args *components.GeoRestrictionArgs) any {
		return componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) { a.GeoRestriction = args })).
			One(t, typeDistribution).Input("restrictions.geoRestriction")
	}
	assert.Equal(t, map[string]any{"restrictionType": "whitelist", "locations": []any{"JP", "LI"}},
		restricted(&components.GeoRestrictionArgs{Allow: []string{"JP", "LI"}}))
	assert.Equal(t, map[string]any{"restrictionType": "blacklist", "locations": []any{"KP"}},
		restricted(&components.GeoRestrictionArgs{Deny: []string{"KP"}}))

	front, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com", GeoRestriction: &components.GeoRestrictionArgs{Allow: []string{"JP"}},
	})
	assert.NoError(t, err)
	for country, status := range map[string]int{"JP": 200, "US": 403, "": 200} {
		request := requestpath.Request{Name: requestpath.AssignedDistributionName, From: requestpath.Source{Country: country}}
		got := requestpath.Walk(front.Plan(), request).Outcome
		assert.Equal(t, status, got.Status, country)
		assert.Len(t, got.Adds, 5, "security headers")
	}
	for want, args := range map[string]components.GeoRestrictionArgs{
		"geoRestriction: must have allow or deny":                    {},
		"geoRestriction.deny: must be left out with allow":           {Allow: []string{"JP"}, Deny: []string{"KP"}},
		`geoRestriction.allow[0]: must be an ISO 3166 code of two`:   {Allow: []string{"jp"}},
		`geoRestriction.deny[0]: must be an ISO 3166 code, got "UK"`: {Deny: []string{"UK"}},
		`geoRestriction.deny[1]: is a duplicate of "KP"`:             {Deny: []string{"KP", "KP"}},
	} {
		_, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com", GeoRestriction: &args})
		assert.ErrorContains(t, err, `CloudFrontFront "cdn": `+want)
	}
}
