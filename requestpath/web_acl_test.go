package requestpath_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/pathcases"
	"github.com/portico-iac/portico/requestpath"
)

// guarded is a load balancer, or a distribution before it, with a web ACL of some rules.
func guarded(t *testing.T, behindDistribution bool, rules ...requestpath.WebACLRule) requestpath.Plan {
	t.Helper()
	source := map[bool]string{true: pathcases.SourceB, false: pathcases.SourceE}[behindDistribution]
	name := map[bool]string{true: "HTTP/1.1 to targets on HTTP/1.1", false: "https"}[behindDistribution]
	plan := planOf(t, source, name)
	plan.WebACLs = []requestpath.WebACL{{Name: "acl", Rules: rules}}
	plan.LoadBalancers[0].WebACL = "acl"
	return plan
}

func blocks(name string, s requestpath.Statement) requestpath.WebACLRule {
	return requestpath.WebACLRule{Name: name, Action: requestpath.WebACLAction{Type: requestpath.WebACLBlock}, Statement: s}
}

func component(kind, header string) requestpath.Component {
	return requestpath.Component{Component: kind, Header: header}
}

func startsWith(path string) requestpath.Statement {
	return requestpath.Statement{Match: &requestpath.StringMatch{
		Component: component(requestpath.ComponentPath, ""), Text: path, Position: requestpath.MatchPrefix,
	}}
}

// The reason says what of the request the rule is about, and no value of a header.
func TestWhyAWebACLBlocks(t *testing.T) {
	match := func(kind, header, position, text string) requestpath.Statement {
		return requestpath.Statement{Match: &requestpath.StringMatch{Component: component(kind, header), Position: position, Text: text}}
	}
	size := func(kind, header, operator string, bytes int) requestpath.Statement {
		return requestpath.Statement{Size: &requestpath.SizeLimit{Component: component(kind, header), Operator: operator, Bytes: bytes}}
	}
	not := func(s requestpath.Statement) requestpath.Statement { return requestpath.Statement{Not: &s} }
	office, japan := requestpath.Statement{CIDRs: []string{"192.0.2.0/24"}}, requestpath.Statement{Countries: []string{"JP", "KR"}}
	request := requestpath.Request{
		Name: "www.example.com", Method: "POST", Path: "/admin/x", Query: "a=b", BodyBytes: 9000,
		From: requestpath.Source{Country: "JP"}, Headers: []requestpath.Header{{Name: "X-Team", Value: "secret-team"}},
	}
	for _, tt := range []struct {
		statement requestpath.Statement
		why       string
	}{
		{startsWith("/admin"), "its path begins with /admin"},
		{not(startsWith("/app")), "its path does not begin with /app"},
		{match(requestpath.ComponentPath, "", requestpath.MatchWord, "x"), "its path has the word x"},
		{match(requestpath.ComponentMethod, "", requestpath.MatchExactly, "POST"), "its method is POST"},
		{match(requestpath.ComponentHeader, "x-team", requestpath.MatchPart, "secret"), "its header x-team contains what the rule looks for"},
		{not(match(requestpath.ComponentHeader, "x-else", requestpath.MatchPart, "secret")), "it has no header x-else"},
		{match(requestpath.ComponentHeader, "user-agent", requestpath.MatchExactly, "portico"), "its header user-agent is what the rule looks for"},
		{not(size(requestpath.ComponentHeader, "x-else", "GE", 0)), "it has no header x-else"},
		{size(requestpath.ComponentQuery, "", "GT", 1), "its query has 3 bytes"},
		{size(requestpath.ComponentBody, "", "GE", 8192), "its body has 9000 bytes, of which 8192 are inspected here"},
		{japan, "it comes from JP, which is one of JP, KR"},
		{not(requestpath.Statement{Countries: []string{"US"}}), "it comes from JP, which is none of US"},
		{not(office), "it comes from 203.0.113.10, which is none of the rule's addresses"},
		{requestpath.Statement{And: []requestpath.Statement{japan, startsWith("/admin")}}, "it comes from JP, which is one of JP, KR, and its path begins with /admin"},
		{requestpath.Statement{Or: []requestpath.Statement{office, startsWith("/admin")}}, "its path begins with /admin"},
		{not(requestpath.Statement{Or: []requestpath.Statement{office, startsWith("/app")}}),
			"it comes from 203.0.113.10, which is none of the rule's addresses, and its path does not begin with /app"},
	} {
		o := requestpath.Walk(guarded(t, false, blocks("r", tt.statement)), request).Outcome
		assert.Equal(t, "rule r of web ACL acl blocks the request: "+tt.why, o.Why)
		assert.Equal(t, 403, o.Status)
		assert.NotContains(t, o.Why, "secret")
	}
	behind := requestpath.Walk(guarded(t, true, blocks("r", not(office))), requestpath.Request{Name: "www.example.com"}).Outcome
	assert.Contains(t, behind.Why, "it comes from 130.176.0.1, which is none of the rule's addresses (CloudFront's address: ")
	assert.Contains(t, behind.Fix, "let rule r except such requests")
}

// The web ACL is a hop after the one that asks it, and that one answers.
func TestTheWebACLIsAHop(t *testing.T) {
	plan := guarded(t, true, blocks("admin", startsWith("/admin")))
	trace := requestpath.Walk(plan, requestpath.Request{Name: "www.example.com"})
	var kinds []requestpath.HopKind
	for _, h := range trace.Hops {
		kinds = append(kinds, h.Kind)
	}
	assert.Equal(t, []requestpath.HopKind{"dns", "distribution", "dns", "load balancer", "web ACL", "target"}, kinds)
	assert.Equal(t, "default", trace.Hop(requestpath.HopWebACL).Rule)
	assert.Equal(t, "lets it pass: no rule decides", trace.Hop(requestpath.HopWebACL).Decision)

	plan.Distributions[0].WebACL, plan.LoadBalancers[0].WebACL = "acl", ""
	trace = requestpath.Walk(plan, requestpath.Request{Name: "www.example.com"})
	assert.Equal(t, requestpath.HopLoadBalancer, trace.Origin().Kind, "the origin is behind the web ACL")
	trace = requestpath.Walk(plan, requestpath.Request{Name: "www.example.com", Path: "/admin"})
	assert.Nil(t, trace.Origin())
	assert.Equal(t, "admin", trace.Hop(requestpath.HopWebACL).Rule)

	plan.Distributions[0].WebACL = "lost"
	o := requestpath.Walk(plan, requestpath.Request{Name: "www.example.com"}).Outcome
	assert.Equal(t, requestpath.NotDescribed, o.Reason)
	assert.Equal(t, "distributions[site].webACL", o.Field)
}

// Rules that are open are named, and decide only when that is assumed.
func TestRulesOfAWebACLThatAreOpen(t *testing.T) {
	managed := blocks("managed", requestpath.Statement{Unknown: "managed rules"})
	puzzle := requestpath.WebACLRule{Name: "puzzle", Priority: 1, Action: requestpath.WebACLAction{Type: requestpath.WebACLCaptcha}, Statement: startsWith("/")}
	plan := guarded(t, false, puzzle, managed)
	walk := func() requestpath.Trace { return requestpath.Walk(plan, requestpath.Request{Name: "www.example.com"}) }
	assert.Equal(t, 200, walk().Outcome.Status)
	assert.Contains(t, walk().Hop(requestpath.HopWebACL).Decision, "it is not known whether managed, puzzle would")
	for i, tt := range []struct {
		action string
		status int
	}{{requestpath.WebACLCaptcha, 405}, {requestpath.WebACLChallenge, 202}} {
		plan.WebACLs[0].Rules[0].Action.Type, plan.WebACLs[0].Rules[0].Assumed = tt.action, true
		assert.Equal(t, tt.status, walk().Outcome.Status, i)
	}
	plan.WebACLs[0].Rules[1].Assumed = true
	assert.Equal(t, 403, walk().Outcome.Status)
	assert.Equal(t, "rule managed of web ACL acl blocks the request: it is taken to match", walk().Outcome.Why)
}

// A redirect that makes a GET of a request leaves its body behind.
func TestFollowLeavesTheBodyBehind(t *testing.T) {
	for status, bytes := range map[int]int{302: 0, 307: 9} {
		post := plain
		post.Method, post.BodyBytes = "POST", 9
		chain := requestpath.Follow(redirecting(status, "/#{path}x"), post)
		require.Greater(t, len(chain.Traces), 1)
		assert.Equal(t, bytes, chain.Traces[1].Request.BodyBytes, status)
	}
}

// What rules block by path or country is asked for, and viewers come from where they are
// answered.
func TestProbesOfAWebACL(t *testing.T) {
	country := requestpath.Statement{Countries: []string{"AA", "KP"}}
	admin, twice := startsWith("/admin"), startsWith("/admin/more")
	plan := guarded(t, false, blocks("embargo", country), blocks("admin", admin), blocks("shadowed", twice),
		blocks("managed", requestpath.Statement{Unknown: "managed rules"}))
	for i := range plan.WebACLs[0].Rules {
		plan.WebACLs[0].Rules[i].Priority = i
	}
	rejected := map[string]requestpath.Request{}
	for _, r := range requestpath.Check(plan) {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		switch {
		case r.Want == requestpath.WantAnswer:
			assert.Equal(t, "AB", r.Request.From.Country, "the first country that no rule names")
		case r.Chain.Outcome.Fact.ID == "web-acl-at-load-balancer":
			rejected[r.Name] = r.Request
			assert.Equal(t, 403, r.Chain.Outcome.Status)
		}
	}
	require.Len(t, rejected, 2)
	assert.Equal(t, "AA", rejected["https://www.example.com/, which rule embargo of web ACL acl blocks"].From.Country)
	assert.Equal(t, "/admin", rejected["https://www.example.com/admin, which rule admin of web ACL acl blocks"].Path)

	only := requestpath.Statement{Not: &requestpath.Statement{Countries: []string{"JP"}}}
	plan = guarded(t, true, blocks("only", only))
	plan.Distributions[0].WebACL, plan.LoadBalancers[0].WebACL = "acl", ""
	i := slices.IndexFunc(requestpath.Check(plan), func(r requestpath.Result) bool {
		return r.Name == "https://www.example.com/, which rule only of web ACL acl blocks" && r.OK && r.Request.From.Country == "AA"
	})
	assert.NotEqual(t, -1, i)
	for _, r := range requestpath.Check(plan) {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		if r.Want == requestpath.WantAnswer {
			assert.Equal(t, "JP", r.Request.From.Country, "the country that the rule lets in")
		}
	}
}
