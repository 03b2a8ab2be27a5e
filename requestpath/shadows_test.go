package requestpath

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func hostRule(priority int, hosts ...string) ListenerRule {
	return ruleOf(priority, Condition{Field: FieldHost, Values: hosts})
}

func pathRule(priority int, paths ...string) ListenerRule {
	return ruleOf(priority, Condition{Field: FieldPath, Values: paths})
}

// ruleOf forwards to a target group of its own.
func ruleOf(priority int, conditions ...Condition) ListenerRule {
	return ListenerRule{
		Priority: priority, Conditions: conditions,
		Action: Action{Type: ActionForward, TargetGroup: string(rune('a' + priority))},
	}
}

func TestShadows(t *testing.T) {
	both := func(priority int, host, path string) ListenerRule {
		return ruleOf(priority, Condition{Field: FieldHost, Values: []string{host}}, Condition{Field: FieldPath, Values: []string{path}})
	}
	sameGroup := pathRule(2, "/api/*")
	sameGroup.Action.TargetGroup = pathRule(1).Action.TargetGroup
	page := pathRule(1, "/*")
	page.Action = Action{Type: ActionFixedResponse, Status: 503}
	header := func(priority int, value string) ListenerRule {
		return ruleOf(priority, Condition{Field: FieldHeader, Header: "X-Origin", Values: []string{value}})
	}
	query := func(priority int, value string) ListenerRule {
		return ruleOf(priority, Condition{Field: FieldQuery, Values: []string{value}})
	}
	for _, tt := range []struct {
		name  string
		rules []ListenerRule
		want  []Shadow
	}{
		{"a catch-all before a path", []ListenerRule{pathRule(1, "/*"), pathRule(2, "/api/*")},
			[]Shadow{{Rule: 2, By: 1, Host: "www.example.com", Path: "/api/any"}}},
		{"whatever the order in which they are given", []ListenerRule{pathRule(2, "/api/*"), pathRule(1, "/*")},
			[]Shadow{{Rule: 2, By: 1, Host: "www.example.com", Path: "/api/any"}}},
		{"a path before a catch-all", []ListenerRule{pathRule(1, "/api/*"), pathRule(2, "/*")}, nil},
		{"the root before a catch-all", []ListenerRule{pathRule(1, "/"), pathRule(2, "/*")}, nil},
		{"the same conditions", []ListenerRule{hostRule(1, "a.example.com"), hostRule(2, "A.example.com")},
			[]Shadow{{Rule: 2, By: 1, Host: "A.example.com", Path: "/any"}}},
		{"a wildcard before a host", []ListenerRule{hostRule(1, "*.example.com"), hostRule(2, "a.example.com")},
			[]Shadow{{Rule: 2, By: 1, Host: "a.example.com", Path: "/any"}}},
		{"a host before a wildcard", []ListenerRule{hostRule(1, "a.example.com"), hostRule(2, "*.example.com")}, nil},
		{"one host of two", []ListenerRule{hostRule(1, "b.example.com"), hostRule(2, "a.example.com", "b.example.com")},
			[]Shadow{{Rule: 2, By: 1, Host: "b.example.com", Path: "/any"}}},
		{"one path of two", []ListenerRule{pathRule(1, "/b/*"), pathRule(2, "/a/*", "/b/*")},
			[]Shadow{{Rule: 2, By: 1, Host: "www.example.com", Path: "/b/any"}}},
		{"two rules together", []ListenerRule{pathRule(1, "/a/*"), pathRule(2, "/b/*"), pathRule(3, "/a/x", "/b/x")},
			[]Shadow{{Rule: 3, By: 1, Host: "www.example.com", Path: "/a/x"}}},
		{"a combination of hosts and paths", []ListenerRule{both(1, "b.example.com", "/x/*"),
			ruleOf(2, Condition{Field: FieldHost, Values: []string{"a.example.com", "b.example.com"}}, Condition{Field: FieldPath, Values: []string{"/x/*", "/y/*"}})}, nil},
		{"every name of the load balancer", []ListenerRule{hostRule(1, "www.example.com"), pathRule(2, "/api/*")},
			[]Shadow{{Rule: 2, By: 1, Host: "www.example.com", Path: "/api/any"}}},
		{"another host", []ListenerRule{hostRule(1, "api.example.com"), pathRule(2, "/api/*")}, nil},
		{"the same target group", []ListenerRule{pathRule(1, "/*"), sameGroup}, nil},
		{"a page", []ListenerRule{page, pathRule(2, "/api/*")}, []Shadow{{Rule: 2, By: 1, Host: "www.example.com", Path: "/api/any"}}},
		{"another header", []ListenerRule{header(1, "one"), header(2, "two")}, nil},
		{"the same header", []ListenerRule{header(1, "*"), header(2, "two")}, []Shadow{{Rule: 2, By: 1, Path: "/any"}}},
		{"another query", []ListenerRule{query(1, "a=1"), query(2, "a=2")}, nil},
		{"the same query", []ListenerRule{query(1, "1"), query(2, "a=1")}, []Shadow{{Rule: 2, By: 1, Path: "/any"}}},
		{"two catch-alls", []ListenerRule{ruleOf(1), pathRule(2, "/*")}, []Shadow{{Rule: 2, By: 1, Path: "/any"}}},
		{"the rest", []ListenerRule{hostRule(1, "www.example.com"), pathRule(2, "/*")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.want {
				tt.want[i].LoadBalancer, tt.want[i].Port = "alb", 443
			}
			assert.Equal(t, tt.want, Shadows(Plan{
				Records:       []Record{{Name: "www.example.com", Alias: AssignedLoadBalancerName}},
				LoadBalancers: []LoadBalancer{{Name: "alb", DNSName: AssignedLoadBalancerName, Listeners: []Listener{{Port: 443, Rules: tt.rules}}}},
			}))
		})
	}
}
