package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

const responsePolicy = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"

// withPolicy is a site with a response headers policy.
func withPolicy(t *testing.T, id string, own state) *registered.Model {
	t.Helper()
	r := site()
	behavior := r[[2]string{distributionType, "E1"}]["defaultCacheBehavior"].(state)
	behavior["responseHeadersPolicyId"] = id
	if own != nil {
		r[[2]string{responsePolicy, id}] = own
	}
	return r.read(t, registered.Options{})
}

func TestResponseHeaders(t *testing.T) {
	m := withPolicy(t, "67f7725c-6f97-4210-82d7-5512b31e9d03", nil)
	adds := viewer(m).Adds
	assert.Len(t, adds, 5)
	assert.Contains(t, adds, requestpath.ResponseHeader{Name: "X-Content-Type-Options", Value: "nosniff", Override: true})
	assert.Contains(t, adds, requestpath.ResponseHeader{Name: "Strict-Transport-Security", Value: "max-age=31536000"})

	m = withPolicy(t, "own", state{
		"securityHeadersConfig": state{
			"contentSecurityPolicy":   state{"contentSecurityPolicy": "default-src 'self'", "override": true},
			"frameOptions":            state{"frameOption": "DENY", "override": true},
			"strictTransportSecurity": state{"accessControlMaxAgeSec": 63072000.0, "includeSubdomains": true, "preload": true, "override": true},
			"xssProtection":           state{"protection": false, "override": true},
		},
		"customHeadersConfig": state{"items": list(state{"header": "X-A", "value": "1", "override": false})},
		"removeHeadersConfig": state{"items": list(state{"header": "X-Powered-By"})},
		"corsConfig": state{
			"accessControlAllowOrigins": state{"items": list("https://*.example.org")}, "accessControlAllowMethods": state{"items": list("ALL")},
			"accessControlAllowHeaders": state{"items": list("X-B")}, "accessControlExposeHeaders": state{"items": list("X-C")},
			"accessControlAllowCredentials": true, "originOverride": true, "accessControlMaxAgeSec": 600.0,
		},
	})
	assert.Equal(t, []string{"X-Powered-By"}, m.Plan.Distributions[0].Default.ResponseHeaders.Remove)
	added := func(method, page, preflight string) map[string]string {
		request := requestpath.Request{Name: "www.example.com", Method: method}
		for name, value := range map[string]string{"Origin": page, "Access-Control-Request-Method": preflight} {
			if value != "" {
				request.Headers = append(request.Headers, requestpath.Header{Name: name, Value: value})
			}
		}
		out := map[string]string{}
		for _, h := range requestpath.Walk(m.Plan, request).Outcome.Adds {
			out[h.Name] = h.Value
		}
		return out
	}
	own := map[string]string{
		"Content-Security-Policy": "default-src 'self'", "X-Frame-Options": "DENY", "X-XSS-Protection": "0", "X-A": "1",
		"Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
	}
	assert.Equal(t, own, added("GET", "", ""))
	assert.Equal(t, own, added("GET", "https://www.example.net", ""))
	page := added("GET", "https://www.example.org", "")
	assert.Equal(t, "https://www.example.org", page["Access-Control-Allow-Origin"])
	assert.Equal(t, "true", page["Access-Control-Allow-Credentials"])
	assert.Equal(t, "X-C", page["Access-Control-Expose-Headers"])
	page = added("OPTIONS", "https://www.example.org", "PUT")
	assert.Equal(t, "GET,DELETE,HEAD,OPTIONS,PATCH,POST,PUT", page["Access-Control-Allow-Methods"])
	assert.Equal(t, "X-B", page["Access-Control-Allow-Headers"])
	assert.Equal(t, "600", page["Access-Control-Max-Age"])
	assert.NotContains(t, page, "Access-Control-Expose-Headers")

	assert.Contains(t, noted(withPolicy(t, "foreign", nil), "defaultCacheBehavior.responseHeadersPolicyId"), "foreign")
}

// Which country a request comes from is known only if it says so.
func TestRestrictedCountries(t *testing.T) {
	for kind, refused := range map[string]string{"whitelist": "US", "blacklist": "JP"} {
		r := site()
		public(r)
		r.set(distributionType, "E1", "restrictions", state{"geoRestriction": state{"restrictionType": kind, "locations": list("JP")}})
		m := readGuarded(t, r)
		for country, want := range map[string]int{"JP": 200, "US": 200, refused: 403} {
			request := requestpath.Request{Name: "www.example.com", From: requestpath.Source{Country: country}}
			assert.Equal(t, want, m.Follow(request).Outcome.Status, "%s %s", kind, country)
			assert.Empty(t, m.Unsure(request, func(c requestpath.Chain) bool { return c.Outcome.OK() }))
		}
		unsure := m.Unsure(requestpath.Request{Name: "www.example.com"}, func(c requestpath.Chain) bool { return c.Outcome.OK() })
		if assert.Len(t, unsure, 1, kind) {
			assert.Equal(t, "restrictions.geoRestriction", unsure[0].Property)
		}
	}
}
