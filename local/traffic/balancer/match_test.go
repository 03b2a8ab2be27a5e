package balancer

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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
	values := func(field string, values ...string) Condition { return Condition{Field: field, Values: values} }
	header := func(name string, values ...string) Condition {
		return Condition{Field: FieldHeader, Header: name, Values: values}
	}
	query := func(pairs ...Pair) Condition { return Condition{Field: FieldQuery, Query: pairs} }
	source := func(blocks ...string) Condition {
		c := Condition{Field: FieldSourceIP}
		for _, b := range blocks {
			c.Sources = append(c.Sources, netip.MustParsePrefix(b))
		}
		return c
	}
	for _, tc := range []struct {
		condition Condition
		url       string
		want      bool
	}{
		{values(FieldHost, "www.example.com"), "/", true},
		{values(FieldHost, "WWW.Example.Com"), "/", true},
		{values(FieldHost, "*.example.com"), "/", true},
		{values(FieldHost, "example.com"), "/", false},
		{values(FieldHost, "*.other.com", "www.example.???"), "/", true},
		{values(FieldPath, "/a/*"), "/a/b", true},
		{values(FieldPath, "/a/*"), "/A/b", false},
		{values(FieldPath, "/a"), "/a?x=y", true},
		{values(FieldPath, "/a?"), "/a", false},
		{values(FieldPath, "/a/b"), "/a%2Fb", true},
		{values(FieldMethod, "GET"), "/", true},
		{values(FieldMethod, "get", "POST"), "/", false},
		{header("x-tenant", "BLUE*"), "/", true},
		{header("X-Tenant", "green"), "/", true},
		{header("X-Tenant", "red"), "/", false},
		{header("X-None", "*"), "/", false},
		{query(Pair{"version", "v1"}), "/?a=b&VERSION=V1", true},
		{query(Pair{"version", "v1"}), "/?version=v2", false},
		{query(Pair{"version", "v1"}), "/?other=v1", false},
		{query(Pair{"", "*v1*"}), "/?a=xv1y", true},
		{query(Pair{"", "v1"}), "/?v1", false},
		{query(Pair{"", "*"}), "/", false},
		{query(Pair{"a", ""}), "/?a", true},
		{source("203.0.113.0/24"), "/", true},
		{source("192.0.2.0/24", "203.0.113.10/32"), "/", true},
		{source("192.0.2.0/24"), "/", false},
		{Condition{Field: "other", Values: []string{"*"}}, "/", false},
	} {
		req := httptest.NewRequest("GET", tc.url, nil)
		req.Host = "www.example.com:8443"
		req.Header = http.Header{"X-Tenant": {"blue-1", "GREEN"}, "X-Forwarded-For": {"192.0.2.1"}}
		from := netip.MustParseAddr("203.0.113.10")
		assert.Equal(t, tc.want, tc.condition.matches(req, from), "%+v of %s", tc.condition, tc.url)
		both := Rule{Conditions: []Condition{tc.condition, values(FieldMethod, "GET")}}
		assert.Equal(t, tc.want, both.matches(req, from))
		never := Rule{Conditions: []Condition{tc.condition, values(FieldMethod, "POST")}}
		assert.False(t, never.matches(req, from), "all conditions have to be met")
	}
}

func TestRedirects(t *testing.T) {
	for _, tc := range []struct {
		redirect Redirect
		url      string
		secure   bool
		want     string
	}{
		{Redirect{Protocol: "HTTPS", Port: "443"}, "/a/b?c=d", false, "https://www.example.com:443/a/b?c=d"},
		{Redirect{Protocol: "#{protocol}", Host: "#{host}", Port: "#{port}", Path: "/#{path}", Query: "#{query}"}, "/", false, "http://www.example.com:8080/"},
		{Redirect{Host: "example.com"}, "/a%20b", true, "https://example.com:8080/a%20b"},
		{Redirect{Host: "new.#{host}", Path: "/old/#{path}", Query: "#{query}&from=#{protocol}"}, "/a?b=c", true,
			"https://new.www.example.com:8080/old/a?b=c&from=HTTPS"},
		{Redirect{Path: "/#{host}/#{port}"}, "/a?b", true, "https://www.example.com:8080/www.example.com/8080?b"},
		{Redirect{Query: "x=y"}, "/a?b", true, "https://www.example.com:8080/a?x=y"},
	} {
		req := httptest.NewRequest("GET", tc.url, nil)
		req.Host = "www.example.com:8080"
		assert.Equal(t, tc.want, tc.redirect.location(Listener{Port: 8080, Secure: tc.secure}, req))
	}
	req := httptest.NewRequest("GET", "/", nil)
	req.Host = "[2001:db8::1]:80"
	assert.Equal(t, "https://[2001:db8::1]:443/", Redirect{Protocol: "HTTPS", Port: "443"}.location(Listener{Port: 80}, req))
}

// A matcher that tries every * anew takes years for this.
func TestMatchesPatternTakesNoExponentialTime(t *testing.T) {
	started := time.Now()
	assert.False(t, matchesPattern(strings.Repeat("*a", 500)+"b", strings.Repeat("a", 5000)))
	assert.Less(t, time.Since(started), 10*time.Second)
}
