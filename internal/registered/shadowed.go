package registered

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// Shadowed are notes about listener rules that never get the requests that they are
// for, because a rule that comes first takes them all. A rule with a condition that is
// not known is in none.
func (m *Model) Shadowed() []Note {
	var out []Note
	for _, s := range requestpath.Shadows(m.Plan) {
		b := find(m.Plan.LoadBalancers, func(b *requestpath.LoadBalancer) bool { return b.Name == s.LoadBalancer })
		at := place{dnsName: b.DNSName, port: s.Port, priority: s.Rule}
		if slices.ContainsFunc(at.rule(b).Conditions, unknownCondition) {
			continue
		}
		what := "for the path " + s.Path
		if s.Host != "" {
			what = "for " + s.Host + s.Path
		}
		out = append(out, Note{
			Resource: m.rules[at],
			Text: fmt.Sprintf("a request %s to port %d of load balancer %s is answered by the rule of priority %d, which comes first, and never by this one of priority %d; "+
				"give this rule a priority below %d, or narrow the hosts or paths of the other one", what, s.Port, s.LoadBalancer, s.By, s.Rule, s.By),
		})
	}
	return out
}

// rule is the one at the place in its load balancer.
func (p place) rule(b *requestpath.LoadBalancer) *requestpath.ListenerRule {
	l := find(b.Listeners, func(l *requestpath.Listener) bool { return l.Port == p.port })
	return find(l.Rules, func(rule *requestpath.ListenerRule) bool { return rule.Priority == p.priority })
}

// unknownCondition says that it is not known what meets the condition.
func unknownCondition(c requestpath.Condition) bool { return len(c.Values) == 0 }
