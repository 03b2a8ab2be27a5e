package alb

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/traffic/account"
)

func TestMatchesPattern(t *testing.T) {
	for _, tc := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"a", "", false}, {"a", "a", true}, {"a", "ab", false},
		{"*", "", true}, {"*", "abc", true}, {"**", "a", true}, {"a*", "a", true}, {"a*", "ba", false},
		{"*c", "abc", true}, {"*b", "abc", false}, {"a*c", "abbc", true}, {"a*c", "ab", false},
		{"a*b*c", "axbybzc", true}, {"*ab", "aab", true}, {"*aab", "aaab", true}, {"a*a", "a", false},
		{"?", "", false}, {"?", "a", true}, {"?", "ab", false}, {"a?c", "abc", true}, {"?*", "", false},
		{"*?c", "bc", true}, {"*?c", "c", false}, {"/img/*/pics", "/img/a/b/pics", true},
		{`a\*b`, "a*b", true}, {`a\*b`, "axb", false}, {`\?`, "?", true}, {`\?`, "x", false}, {`*\*`, "ab*", true},
		{`a\b`, `a\b`, true}, {`a\\b`, `a\b`, true}, {`\`, `\`, true}, {`\\*`, `\b`, true}, {`\\*`, `*`, false},
		{"a.c", "abc", false}, {"?", "é", true}, {"*", "a\nb", true}, {"?", "\xff", true},
	} {
		assert.Equal(t, tc.want, matchesPattern(tc.pattern, tc.text), "%q like %q", tc.text, tc.pattern)
	}
}

func TestConditions(t *testing.T) {
	host := func(values ...string) (c account.Condition) {
		c.HostHeader.Values = values
		return c
	}
	path := func(values ...string) (c account.Condition) {
		c.PathPattern.Values = values
		return c
	}
	method := func(values ...string) (c account.Condition) {
		c.HTTPRequestMethod.Values = values
		return c
	}
	header := func(name string, values ...string) (c account.Condition) {
		c.HTTPHeader.HTTPHeaderName, c.HTTPHeader.Values = name, values
		return c
	}
	query := func(key, value string) account.Condition {
		return account.Condition{QueryStrings: []account.QueryString{{Key: "none", Value: "none"}, {Key: key, Value: value}}}
	}
	source := func(blocks ...string) (c account.Condition) {
		c.SourceIP.Values = blocks
		return c
	}
	for _, tc := range []struct {
		condition account.Condition
		url       string
		want      bool
	}{
		{host("www.example.com"), "/", true},
		{host("WWW.Example.Com"), "/", true},
		{host("*.example.com"), "/", true},
		{host("example.com"), "/", false},
		{host("*.other.com", "www.example.???"), "/", true},
		{path("/a/*"), "/a/b", true},
		{path("/a/*"), "/A/b", false},
		{path("/a"), "/a?x=y", true},
		{path("/a?"), "/a", false},
		{path("/a/b"), "/a%2Fb", true},
		{method("GET"), "/", true},
		{method("get", "POST"), "/", false},
		{header("x-tenant", "BLUE*"), "/", true},
		{header("X-Tenant", "green"), "/", true},
		{header("X-Tenant", "red"), "/", false},
		{header("X-None", "*"), "/", false},
		{query("version", "v1"), "/?a=b&VERSION=V1", true},
		{query("version", "v1"), "/?version=v2", false},
		{query("version", "v1"), "/?other=v1", false},
		{query("", "*v1*"), "/?a=xv1y", true},
		{query("", "v1"), "/?v1", false},
		{query("", "*"), "/", false},
		{query("a", ""), "/?a", true},
		{source("203.0.113.0/24"), "/", true},
		{source("192.0.2.0/24", "203.0.113.10/32"), "/", true},
		{source("192.0.2.0/24"), "/", false},
		{account.Condition{}, "/", false},
	} {
		req := httptest.NewRequest("GET", tc.url, nil)
		req.Host = "www.example.com:8443"
		req.Header = http.Header{"X-Tenant": {"blue-1", "GREEN"}, "X-Forwarded-For": {"192.0.2.1"}}
		from := netip.MustParseAddr("203.0.113.10")
		assert.Equal(t, tc.want, meets(req, from, tc.condition), "%+v of %s", tc.condition, tc.url)
		with := func(c account.Condition) rule {
			return rule{ListenerRule: account.ListenerRule{Conditions: []account.Condition{tc.condition, c}}}
		}
		assert.Equal(t, tc.want, with(method("GET")).matches(req, from))
		assert.False(t, with(method("POST")).matches(req, from), "all conditions have to be met")
	}
}

func TestRedirects(t *testing.T) {
	for _, tc := range []struct {
		redirect account.Redirect
		url      string
		protocol string
		want     string
	}{
		{account.Redirect{Protocol: "HTTPS", Port: "443"}, "/a/b?c=d", "HTTP", "https://www.example.com:443/a/b?c=d"},
		{account.Redirect{Protocol: "#{protocol}", Host: "#{host}", Port: "#{port}", Path: "/#{path}", Query: "#{query}"}, "/", "HTTP", "http://www.example.com:8080/"},
		{account.Redirect{Host: "example.com"}, "/a%20b", "HTTPS", "https://example.com:8080/a%20b"},
		{account.Redirect{Host: "new.#{host}", Path: "/old/#{path}", Query: "#{query}&from=#{protocol}"}, "/a?b=c", "HTTPS",
			"https://new.www.example.com:8080/old/a?b=c&from=HTTPS"},
		{account.Redirect{Path: "/#{host}/#{port}"}, "/a?b", "HTTPS", "https://www.example.com:8080/www.example.com/8080?b"},
		{account.Redirect{Query: "x=y"}, "/a?b", "HTTPS", "https://www.example.com:8080/a?x=y"},
	} {
		req := httptest.NewRequest("GET", tc.url, nil)
		req.Host = "www.example.com:8080"
		assert.Equal(t, tc.want, location(tc.redirect, account.Listener{Port: 8080, Protocol: tc.protocol}, req))
	}
	req := httptest.NewRequest("GET", "/", nil)
	req.Host = "[2001:db8::1]:80"
	assert.Equal(t, "https://[2001:db8::1]:443/", location(account.Redirect{Protocol: "HTTPS", Port: "443"}, account.Listener{Port: 80, Protocol: "HTTP"}, req))
}

// A matcher that tries every * anew takes years for this.
func TestMatchesPatternTakesNoExponentialTime(t *testing.T) {
	started := time.Now()
	assert.False(t, matchesPattern(strings.Repeat("*a", 500)+"b", strings.Repeat("a", 5000)))
	assert.Less(t, time.Since(started), 10*time.Second)
}
