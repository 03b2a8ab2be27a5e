package cloudfront_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// headersOf is a site whose responses have the headers of a policy, given as a program
// gives it. The origin sends X-Frame-Options, X-Powered-By and Access-Control-Allow-Origin.
func headersOf(t *testing.T, policy string) *world {
	t.Helper()
	w := newWorld(t)
	var state map[string]any
	require.NoError(t, json.Unmarshal([]byte(policy), &state))
	state["id"] = "own"
	own, err := core.StateOf[account.ResponseHeadersPolicy]("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", state)
	require.NoError(t, err)
	opts := w.options(site(func(d *account.Distribution) { d.Default.ResponseHeadersPolicyID = "own" }))
	opts.ResponseHeadersPolicies = []account.ResponseHeadersPolicy{own}
	require.NoError(t, w.fleet.Close())
	w.fleet, err = cloudfront.Serve(w.network, opts)
	require.NoError(t, err)
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("X-Frame-Options", "ALLOWALL")
		rw.Header().Set("X-Powered-By", "PHP")
		rw.Header().Set("Server", "Apache")
		rw.Header().Set("Access-Control-Allow-Origin", "https://origin.example")
	})
	return w
}

func TestOwnResponseHeaders(t *testing.T) {
	w := headersOf(t, `{
		"securityHeadersConfig": {
			"contentSecurityPolicy": {"contentSecurityPolicy": "default-src 'self'", "override": true},
			"contentTypeOptions": {"override": true},
			"frameOptions": {"frameOption": "DENY", "override": false},
			"referrerPolicy": {"referrerPolicy": "no-referrer", "override": true},
			"strictTransportSecurity": {"accessControlMaxAgeSec": 31536000, "includeSubdomains": true, "preload": true, "override": true},
			"xssProtection": {"protection": false, "override": true}},
		"customHeadersConfig": {"items": [{"header": "Permissions-Policy", "value": "camera=()", "override": true}]},
		"removeHeadersConfig": {"items": [{"header": "X-Powered-By"}, {"header": "Server"}]}}`)
	got := w.get("https://" + viewerName + "/").Header
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "ALLOWALL",
		"Referrer-Policy": "no-referrer", "X-XSS-Protection": "0", "Permissions-Policy": "camera=()", "X-Powered-By": "",
		"Server": "CloudFront", "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
		"Access-Control-Allow-Origin": "https://origin.example",
	} {
		assert.Equal(t, want, got.Get(name), name)
	}
	w = headersOf(t, `{"securityHeadersConfig": {"frameOptions": {"frameOption": "DENY", "override": true}}}`)
	assert.Equal(t, "DENY", w.get("https://"+viewerName+"/").Header.Get("X-Frame-Options"))
	assert.Equal(t, "DENY", w.get("http://"+viewerName+"/").Header.Get("X-Frame-Options"), "also in the redirect to HTTPS")
}

func TestCORS(t *testing.T) {
	const methods = "Access-Control-Allow-Methods"
	policy := func(origins, credentials, override string) string {
		return `{"corsConfig": {"accessControlAllowCredentials": ` + credentials + `, "accessControlAllowHeaders": {"items": ["X-A", "X-B"]},
			"accessControlAllowMethods": {"items": ["ALL"]}, "accessControlAllowOrigins": {"items": [` + origins + `]},
			"accessControlExposeHeaders": {"items": ["X-C"]}, "accessControlMaxAgeSec": 60, "originOverride": ` + override + `}}`
	}
	for name, tc := range map[string]struct {
		origins, credentials, override, page string
		want                                 string
	}{
		"any":                  {`"*"`, "false", "true", "https://a.example", "*"},
		"any, credentials":     {`"*"`, "true", "true", "https://a.example", "https://a.example"},
		"listed":               {`"https://a.example"`, "true", "true", "https://a.example", "https://a.example"},
		"not listed":           {`"https://a.example"`, "true", "true", "https://b.example", "https://origin.example"},
		"subdomain":            {`"https://*.a.example"`, "false", "true", "https://x.a.example", "https://x.a.example"},
		"without a scheme":     {`"*.a.example"`, "false", "true", "http://x.a.example", "http://x.a.example"},
		"the origin's":         {`"*"`, "false", "false", "https://a.example", "https://origin.example"},
		"no request of a page": {`"*"`, "false", "true", "", "https://origin.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := headersOf(t, policy(tc.origins, tc.credentials, tc.override))
			ask := func(method string, preflight bool) http.Header {
				r := w.request(method, "https://"+viewerName+"/", nil)
				if tc.page != "" {
					r.Header.Set("Origin", tc.page)
				}
				if preflight {
					r.Header.Set("Access-Control-Request-Method", "PUT")
				}
				return w.do(w.client(viewer{}), r).Header
			}
			got := ask("GET", false)
			assert.Equal(t, tc.want, got.Get("Access-Control-Allow-Origin"))
			assert.Empty(t, got.Get(methods))
			granted := tc.want == "*" || tc.want == tc.page || tc.override == "false"
			assert.Equal(t, granted, got.Get("Access-Control-Expose-Headers") == "X-C")
			assert.Equal(t, granted && tc.credentials == "true", got.Get("Access-Control-Allow-Credentials") == "true")
			preflight := ask("OPTIONS", true)
			assert.Equal(t, tc.want, preflight.Get("Access-Control-Allow-Origin"))
			assert.Empty(t, preflight.Get("Access-Control-Expose-Headers"))
			if granted {
				assert.Equal(t, "GET,DELETE,HEAD,OPTIONS,PATCH,POST,PUT", preflight.Get(methods))
				assert.Equal(t, "X-A,X-B", preflight.Get("Access-Control-Allow-Headers"))
				assert.Equal(t, "60", preflight.Get("Access-Control-Max-Age"))
			}
		})
	}
}

// Countries decide before the web ACL and before the redirect to HTTPS. Whose country is
// not known is served.
func TestRestrictedCountries(t *testing.T) {
	for kind, want := range map[string]map[string]int{
		"whitelist": {"JP": 200, "KR": 403, "": 200}, "blacklist": {"JP": 403, "KR": 200, "": 200}, "none": {"JP": 200},
	} {
		w := newWorld(t, site(guarded, func(d *account.Distribution) {
			d.Restrictions.Geo.Type, d.Restrictions.Geo.Locations = kind, []string{"JP"}
		}))
		w.origin(443, w.originTLS(), ok)
		for country, status := range want {
			from := wire.Internet()
			from.Country = country
			for _, url := range []string{"https://" + viewerName + "/", "http://" + viewerName + "/page"} {
				got := w.do(w.client(viewer{from: from}), w.request("GET", url, nil))
				if status == 403 {
					assert.Equal(t, 403, got.StatusCode, "%s %s %s", kind, country, url)
					assert.Contains(t, got.body, "configured to block access from your country")
					assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"))
				} else {
					assert.NotEqual(t, 403, got.StatusCode, "%s %s %s", kind, country, url)
				}
			}
		}
	}
}
