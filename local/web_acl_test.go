package local_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/wafv2"
	"github.com/portico-iac/portico/requestpath"
)

// guard gives the stack a web ACL that counts what the managed rules match and blocks one
// path.
func guard(stack *local.Stack) {
	stack.Configure("portico:webAcl", map[string]any{
		"managedRules": "count", "rateLimit": map[string]any{"requests": 100000},
		"rules": []any{map[string]any{"name": "admin", "paths": []string{"/admin", "/admin/*"}}},
	})
}

// assertGuarded asserts that the traffic does what is predicted, that the blocked path is,
// and that other requests pass.
func assertGuarded(t *testing.T, stack *local.Stack) {
	t.Helper()
	for _, path := range []string{"/admin", "/admin/users", "/%61dmin"} {
		url := "https://app.example.com" + path
		assert.Equal(t, 403, stack.Get(url).Status, path)
		outcome := stack.Explain(requestpath.Request{Name: "app.example.com", Path: path}).Outcome
		assert.Equal(t, 403, outcome.Status, path)
		assert.Contains(t, outcome.Why, "rule admin of web ACL web-acl", path)
	}
	blocked := false
	for _, r := range stack.Check() {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		seen := stack.Request(r.Request)
		assert.Equal(t, r.Chain.Traces[0].Outcome.Status, seen.Status, r.Name)
		blocked = blocked || strings.Contains(r.Name, "admin")
	}
	assert.True(t, blocked, "verify asks for the blocked path")
}

// viewersWebACL is portico:webAcl.
var viewersWebACL = feature{
	on:  guard,
	off: func(stack *local.Stack) { stack.Configure("portico:webAcl", map[string]any{}) },
	assertOn: func(t *testing.T, stack *local.Stack, variant string, _ map[string]int) {
		assertGuarded(t, stack)
		acls := stack.Account().All(wafv2.WebACLToken)
		require.Len(t, acls, 1)
		scope, region := "REGIONAL", "ap-northeast-1"
		if strings.HasPrefix(variant, "cloudfront") {
			scope, region = "CLOUDFRONT", "us-east-1"
		}
		assert.Equal(t, scope, core.Object(acls[0]).Str("scope"))
		assert.Contains(t, core.Object(acls[0]).Str("arn"), ":"+region+":")
		assert.Len(t, stack.Account().All(wafv2.LoggingToken), 1)
	},
	assertOff: func(t *testing.T, stack *local.Stack, _ string, _ map[string]int) {
		assert.Equal(t, 200, stack.Get("https://app.example.com/admin").Status)
		assert.Empty(t, stack.Account().All(wafv2.WebACLToken))
	},
}
