package local_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/requestpath"
)

// fromPage asks as a page of another origin does, from a country.
func fromPage(method, page, country string) requestpath.Request {
	r := requestpath.Request{Name: "app.example.com", Method: method, From: requestpath.Source{Country: country}}
	if page != "" {
		r.Headers = []requestpath.Header{{Name: "Origin", Value: page}, {Name: "Access-Control-Request-Method", Value: "PUT"}}
	}
	return r
}

// assertHeaders asserts that a request gets a status and the headers that are predicted, and
// returns them.
func assertHeaders(t *testing.T, stack *local.Stack, request requestpath.Request, status int) map[string]string {
	t.Helper()
	seen, predicted := stack.Request(request), stack.Explain(request).Outcome
	assert.Equal(t, status, seen.Status)
	assert.Equal(t, status, predicted.Status)
	all := map[string]string{}
	for _, h := range predicted.Adds {
		all[h.Name] = seen.Headers.Get(h.Name)
		assert.Equal(t, h.Value, all[h.Name], h.Name)
	}
	return all
}

// Headers and countries come and go on a stack that serves.
func TestResponseHeadersAndCountries(t *testing.T) {
	for _, variant := range variants("cloudfront") {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			stack := upStack(t, variant)
			hsts := func(request requestpath.Request) string {
				return assertHeaders(t, stack, request, 200)["Strict-Transport-Security"]
			}
			assert.Equal(t, "max-age=31536000", hsts(fromPage("GET", "", "")), "by default")
			assert.Empty(t, stack.Account().All(cloudfront.ResponseHeadersPolicyToken))
			stop := askThroughout(t, stack)

			stack.Configure("portico:cloudFront.responseHeaders", map[string]any{
				"hsts":                  map[string]any{"includeSubdomains": true, "preload": true},
				"contentSecurityPolicy": "default-src 'self'",
				"custom":                []any{map[string]any{"name": "Permissions-Policy", "value": "camera=()"}},
				"cors":                  map[string]any{"allowOrigins": []string{"https://*.example.org"}, "allowMethods": []string{"PUT"}, "allowCredentials": true},
			})
			stack.Configure("portico:cloudFront.geoRestriction", map[string]any{"deny": []string{"KP"}})
			stack.Up()
			assert.Empty(t, stack.Up().Changes(), "the second update")
			assert.Empty(t, stack.Refresh().Changes())
			assert.Equal(t, "max-age=31536000; includeSubDomains; preload", hsts(fromPage("GET", "", "JP")))
			for _, r := range stack.Check() {
				assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
			}
			assert.Len(t, assertHeaders(t, stack, fromPage("GET", "https://www.example.net", "JP"), 200), 7)
			page := assertHeaders(t, stack, fromPage("OPTIONS", "https://www.example.org", "JP"), 200)
			assert.Equal(t, "https://www.example.org", page["Access-Control-Allow-Origin"])
			assert.Equal(t, "PUT", page["Access-Control-Allow-Methods"])
			refused := assertHeaders(t, stack, fromPage("GET", "", "KP"), 403)
			assert.Equal(t, "camera=()", refused["Permissions-Policy"])

			stack.Configure("portico:cloudFront.responseHeaders", map[string]any{"security": "none"})
			stack.Configure("portico:cloudFront.geoRestriction", nil)
			stack.Up()
			stop()
			assert.Empty(t, assertHeaders(t, stack, fromPage("GET", "", "KP"), 200))
			assert.Empty(t, stack.Account().All(cloudfront.ResponseHeadersPolicyToken))
			stack.Destroy()
			assertSeed(t, stack)
		})
	}
}
