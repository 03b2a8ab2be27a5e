package local_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/requestpath"
)

// edgeSettings are the cache policies, the functions, the redirects and the error page that a
// stack is given.
var edgeSettings = map[string]any{
	"behaviors": []any{
		map[string]any{
			"pathPattern": "/catalog/*",
			"caching":     map[string]any{"defaultTtlSeconds": 60, "queryStrings": []string{"page"}},
			"functions": []any{map[string]any{"event": "viewer-response",
				"code": "function handler(event) { event.response.headers['x-edge'] = { value: 'yes' }; return event.response; }"}},
		},
		map[string]any{"pathPattern": "/news/*", "caching": map[string]any{"policy": "optimized"}},
		map[string]any{"pathPattern": "/assets/*", "servedBy": "static-content"},
	},
	"errorPages": []any{map[string]any{"status": 404, "pagePath": "/assets/404.html"}},
	"redirects":  map[string]any{"www": "to-apex", "trailingSlash": "add"},
}

// edge is what portico:cloudFront has of caching, compression, functions, redirects and error
// pages.
var edge = feature{
	on: func(stack *local.Stack) {
		if isFronted(stack) {
			stack.Configure("portico:cloudFront", edgeSettings)
		}
	},
	off: func(stack *local.Stack) { stack.Configure("portico:cloudFront", map[string]any{}) },
	assertOn: func(t *testing.T, stack *local.Stack, variant string, steps map[string]int) {
		if !strings.HasPrefix(variant, "cloudfront") {
			assert.Empty(t, steps)
			return
		}
		assert.Equal(t, map[string]int{"create": 10, "update": 1}, steps)
		assertCached(t, stack)
		assertRedirected(t, stack)
		assertCompressed(t, stack)
		assertErrorPage(t, stack)
	},
	assertOff: func(t *testing.T, stack *local.Stack, _ string, _ map[string]int) {
		assert.Empty(t, stack.Account().All(cloudfront.CachePolicyToken))
		assert.Empty(t, stack.Account().All(cloudfront.FunctionToken))
		assert.Empty(t, stack.Account().All(cloudfront.OriginAccessControlToken))
		assert.Equal(t, 200, stack.Get("https://app.example.com/docs").Status)
	},
}

// isFronted says whether a distribution is registered.
func isFronted(stack *local.Stack) bool {
	return len(stack.Account().All(cloudfront.DistributionToken)) > 0
}

// assertCached asserts that answers are cached by the key alone, and that the function runs
// on what comes from the cache too.
func assertCached(t *testing.T, stack *local.Stack) {
	t.Helper()
	for _, tc := range []struct{ url, xCache, edge string }{
		{"https://app.example.com/catalog/1/?page=1", "Miss from cloudfront", "yes"},
		{"https://app.example.com/catalog/1/?page=1", "Hit from cloudfront", "yes"},
		{"https://app.example.com/catalog/1/?page=1&tracking=x", "Hit from cloudfront", "yes"},
		{"https://app.example.com/catalog/1/?page=2", "Miss from cloudfront", "yes"},
		{"https://app.example.com/news/1/", "Miss from cloudfront", ""},
		{"https://app.example.com/news/1/?page=2", "Hit from cloudfront", ""},
		{"https://app.example.com/1/", "Miss from cloudfront", ""},
		{"https://app.example.com/1/", "Miss from cloudfront", ""},
	} {
		seen := stack.Get(tc.url)
		require.Equal(t, 200, seen.Status, tc.url)
		assert.Equal(t, []string{tc.xCache, tc.edge}, []string{seen.XCache, seen.Headers.Get("X-Edge")}, tc.url)
	}
	cookie := requestpath.Request{Name: "app.example.com", Path: "/catalog/2/", Headers: []requestpath.Header{{Name: "Cookie", Value: "session=alice"}}}
	assert.Empty(t, stack.Explain(cookie).Outcome.Warnings, "the service does not see the cookie")
}

// assertRedirected asserts that redirects are as predicted.
func assertRedirected(t *testing.T, stack *local.Stack) {
	t.Helper()
	for _, tc := range []struct {
		request  requestpath.Request
		status   int
		location string
	}{
		{requestpath.Request{Path: "/docs", Query: "b=2&a=%20"}, 301, "https://app.example.com/docs/?b=2&a=%20"},
		{requestpath.Request{Path: "/catalog/1"}, 301, "https://app.example.com/catalog/1/"},
		{requestpath.Request{Path: "/form", Method: "POST"}, 308, "https://app.example.com/form/"},
		{requestpath.Request{Path: "/"}, 200, ""},
		{requestpath.Request{Name: "www.app.example.com", Path: "/docs", Query: "x=1"}, 301, "https://app.example.com/docs/?x=1"},
	} {
		tc.request.Name = cmp.Or(tc.request.Name, "app.example.com")
		seen, predicted := stack.Request(tc.request), stack.Explain(tc.request).Traces[0].Outcome
		assert.Equal(t, []any{tc.status, tc.location}, []any{seen.Status, seen.Location}, tc.request.URL())
		assert.Equal(t, []any{seen.Status, seen.Location, seen.XCache}, []any{predicted.Status, predicted.Location, predicted.XCache}, tc.request.URL())
	}
}

// assertCompressed asserts that files are compressed for viewers who take that.
func assertCompressed(t *testing.T, stack *local.Stack) {
	t.Helper()
	file := "/assets/" + strings.Repeat("a", 1000) + ".js" // whose content is its name
	for accepted, want := range map[string]string{"gzip": "gzip", "identity": ""} {
		seen := stack.Request(requestpath.Request{
			Name: "app.example.com", Path: file, Headers: []requestpath.Header{{Name: "Accept-Encoding", Value: accepted}},
		})
		assert.Equal(t, []any{200, want}, []any{seen.Status, seen.Headers.Get("Content-Encoding")}, accepted)
	}
}

// assertErrorPage asserts that viewers get the page in place of S3's XML.
func assertErrorPage(t *testing.T, stack *local.Stack) {
	t.Helper()
	request := requestpath.Request{Name: "app.example.com", Path: "/assets/none/"}
	seen, predicted := stack.Request(request), stack.Explain(request).Outcome
	assert.Equal(t, []any{404, "Error from cloudfront"}, []any{seen.Status, seen.XCache})
	assert.Contains(t, seen.Headers.Get("Content-Type"), "text/html")
	assert.Equal(t, []any{seen.Status, seen.XCache}, []any{predicted.Status, predicted.XCache})
	assert.Contains(t, predicted.Why, "shows /assets/404.html as 404")
}
