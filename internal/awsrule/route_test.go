package awsrule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestPriority(t *testing.T) {
	assert.NoError(t, awsrule.RulePriority(1))
	assert.NoError(t, awsrule.RulePriority(50000))
	assert.EqualError(t, awsrule.RulePriority(0), "must be 1-50000, got 0")
	assert.EqualError(t, awsrule.RulePriority(-1), "must be 1-50000, got -1")
	assert.EqualError(t, awsrule.RulePriority(50001), "must be 1-50000, got 50001")
}

func TestHost(t *testing.T) {
	tests := []struct{ host, wantErr string }{
		{"www.example.com", ""},
		{"*.example.com", ""},
		{"shop-?.example.com", ""},
		{strings.Repeat("a", 124) + ".com", ""},
		{strings.Repeat("a", 125) + ".com", "must be at most 128 characters, got 129"},
		{"localhost", "with only letters after the last one"},
		{"*", "with only letters after the last one"},
		{"10.0.0.1", "with only letters after the last one"},
		{"www.example.*", "with only letters after the last one"},
		{"a_b.example.com", "must be letters, digits"},
		{"www.example.com/x", "must be letters, digits"},
		{"", "must be letters, digits"},
	}
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) { assertErrorContains(t, awsrule.HostPattern(tt.host), tt.wantErr) })
	}
}

func TestPath(t *testing.T) {
	tests := []struct{ path, wantErr string }{
		{"/*", ""},
		{"*.php", ""},
		{"/img/?.png", ""},
		{`/_-.$/~"'@:+&`, ""},
		{"/" + strings.Repeat("a", 127), ""},
		{"/" + strings.Repeat("a", 128), "must be at most 128 characters, got 129"},
		{"img/*", `must begin with / or *, as every request's path begins with /, got "img/*"`},
		{"/a b", "must be letters, digits"},
		{"/a#b", "must be letters, digits"},
		{"", "must be letters, digits"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) { assertErrorContains(t, awsrule.PathPattern(tt.path), tt.wantErr) })
	}
}

func TestConditions(t *testing.T) {
	tests := []struct {
		name    string
		give    awsrule.RouteConditions
		wantErr string
	}{
		{"every path", awsrule.RouteConditions{Paths: []string{"/*"}}, ""},
		{"five values", awsrule.RouteConditions{Hosts: []string{"a.jp", "b.jp", "c.jp"}, Paths: []string{"/a", "/b"}}, ""},
		{"five values during a rotation", awsrule.RouteConditions{
			Hosts: []string{"a.jp", "b.jp"}, Paths: []string{"/a"}, OriginSecrets: 2,
		}, ""},
		{"six values during a rotation", awsrule.RouteConditions{
			Hosts: []string{"a.jp", "b.jp"}, Paths: []string{"/a", "/b"}, OriginSecrets: 2,
		}, "h: must leave at most 5 values to match in one rule, got 6: 2 hosts + 2 paths + 2 origin secrets; " +
			"merge them with wildcards, or forward the rest to the route's target group by listener rules of your own"},
		{"four hosts", awsrule.RouteConditions{Hosts: []string{"a.jp", "b.jp", "c.jp", "d.jp"}},
			"h: must have at most 3 values in one condition, got 4; " +
				"merge them with wildcards, or forward the rest to the route's target group by listener rules of your own"},
		{"five wildcards", awsrule.RouteConditions{Hosts: []string{"*.a.jp", "?.b.jp"}, Paths: []string{"/*/*.p?p"}}, ""},
		{"six wildcards", awsrule.RouteConditions{Hosts: []string{"*.a.jp", "??.b.jp"}, Paths: []string{"/*/*.p?p"}},
			"h: must have at most 5 wildcards together with paths, got 6; " +
				"forward the rest to the route's target group by listener rules of your own"},
		{"bad values are named by index", awsrule.RouteConditions{Hosts: []string{"a.jp"}, Paths: []string{"/a", "b"}},
			"p[1]: must begin with / or *, as every request's path begins with /, got \"b\""},
		{"duplicate", awsrule.RouteConditions{Hosts: []string{"a.jp", "a.jp"}}, `h[1]: is a duplicate of "a.jp": remove it`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := fault.ForConfig()
			tt.give.Check(l, "h", "p")
			assertError(t, l.Err(), tt.wantErr)
		})
	}
}

func TestDeregistrationDelay(t *testing.T) {
	assert.NoError(t, awsrule.DeregistrationDelay(0))
	assert.NoError(t, awsrule.DeregistrationDelay(3600))
	assert.EqualError(t, awsrule.DeregistrationDelay(3601), "must be 0-3600 s, got 3601")
}

func TestHealthCheck(t *testing.T) {
	tests := []struct {
		name, version string
		change        func(*awsrule.HealthCheck)
		wantErr       string
	}{
		{"defaults", "HTTP1", func(*awsrule.HealthCheck) {}, ""},
		{"defaults of gRPC", "GRPC", func(*awsrule.HealthCheck) {}, ""},
		{"lists and ranges", "HTTP1", func(h *awsrule.HealthCheck) { h.Matcher = "200,301-302" }, ""},
		{"all gRPC statuses", "GRPC", func(h *awsrule.HealthCheck) { h.Matcher = "0-99" }, ""},
		{"HTTP status for gRPC", "GRPC", func(h *awsrule.HealthCheck) { h.Matcher = "200" },
			`hc.matcher: must be gRPC statuses within 0-99 such as "0", "0-99" or "0,99", got "200"`},
		{"status 500", "HTTP1", func(h *awsrule.HealthCheck) { h.Matcher = "200-500" },
			`hc.matcher: must be HTTP statuses within 200-499 such as "200", "200-499" or "200,499", got "200-500"`},
		{"backward range", "HTTP1", func(h *awsrule.HealthCheck) { h.Matcher = "399-200" }, `got "399-200"`},
		{"no number", "HTTP1", func(h *awsrule.HealthCheck) { h.Matcher = "2xx" }, `got "2xx"`},
		{"empty part", "HTTP1", func(h *awsrule.HealthCheck) { h.Matcher = "200," }, `got "200,"`},
		{"relative path", "HTTP1", func(h *awsrule.HealthCheck) { h.Path = "health" }, `hc.path: must begin with /, got "health"`},
		{"long path", "HTTP1", func(h *awsrule.HealthCheck) { h.Path = "/" + strings.Repeat("a", 1024) },
			"hc.path: must be at most 1024 characters, got 1025"},
		{"path with a space", "HTTP1", func(h *awsrule.HealthCheck) { h.Path = "/a b" }, "hc.path: must not contain white space"},
		{"interval", "HTTP1", func(h *awsrule.HealthCheck) { h.IntervalSeconds = 301 }, "hc.intervalSeconds: must be 5-300 s, got 301"},
		{"timeout", "HTTP1", func(h *awsrule.HealthCheck) { h.TimeoutSeconds = 1 }, "hc.timeoutSeconds: must be 2-120 s, got 1"},
		{"timeout as long as the interval", "HTTP1", func(h *awsrule.HealthCheck) { h.TimeoutSeconds = 30 },
			"hc.timeoutSeconds: must be below intervalSeconds (30), got 30"},
		{"timeout just below the interval", "HTTP1", func(h *awsrule.HealthCheck) { h.TimeoutSeconds = 29 }, ""},
		{"healthy threshold", "HTTP1", func(h *awsrule.HealthCheck) { h.HealthyThreshold = 1 },
			"hc.healthyThreshold: must be 2-10 checks, got 1"},
		{"unhealthy threshold", "HTTP1", func(h *awsrule.HealthCheck) { h.UnhealthyThreshold = 11 },
			"hc.unhealthyThreshold: must be 2-10 checks, got 11"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := awsrule.HealthCheck{}.OrDefaults(tt.version)
			tt.change(&h)
			l := fault.ForConfig()
			h.Check(l, "hc", tt.version)
			assertErrorContains(t, l.Err(), tt.wantErr)
		})
	}
}

func TestHealthCheckOrDefaultsKeepsWhatIsSet(t *testing.T) {
	got := awsrule.HealthCheck{Path: "/up", TimeoutSeconds: 9}.OrDefaults("HTTP1")
	want := awsrule.HealthCheck{}.OrDefaults("HTTP1")
	want.Path, want.TimeoutSeconds = "/up", 9
	assert.Equal(t, want, got)
	assert.Equal(t, "/AWS.ALB/healthcheck", awsrule.HealthCheck{}.OrDefaults("GRPC").Path)
}
