package requestpath

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/glob"
)

// match is the first rule all of whose conditions are met, or nil.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
func (l *Listener) match(c call) *ListenerRule {
	return find(l.Rules, func(r *ListenerRule) bool { return len(r.unmet(c)) == 0 })
}

// unmet are the conditions that the request does not meet.
func (r *ListenerRule) unmet(c call) []Condition {
	return slices.DeleteFunc(slices.Clone(r.Conditions), func(d Condition) bool { return d.matches(c) })
}

// matches says whether one of the condition's values matches. Hosts, headers and
// queries are compared without regard to case, paths and methods with it.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
func (d Condition) matches(c call) bool {
	switch d.Field {
	case FieldHost:
		return d.any(func(v string) bool { return matchesFolded(v, hostname(c.host)) })
	case FieldPath:
		return d.any(func(v string) bool { return glob.Match(v, c.path) })
	case FieldHeader:
		return d.any(func(v string) bool { return hasHeader(c.headers, d.Header, v) })
	case FieldMethod:
		return slices.Contains(d.Values, c.method)
	case FieldQuery:
		return d.any(func(v string) bool { return hasQuery(c.query, v) })
	case FieldSourceIP:
		return d.any(func(v string) bool { return Access{CIDR: v}.isFor(c.from) && c.from.address != netip.Addr{} })
	}
	return false
}

func (d Condition) any(matches func(string) bool) bool { return slices.ContainsFunc(d.Values, matches) }

func hasHeader(headers []Header, name, pattern string) bool {
	return slices.ContainsFunc(headers, func(h Header) bool {
		return strings.EqualFold(h.Name, name) && matchesFolded(pattern, h.Value)
	})
}

// hasQuery takes "key=value", or a value that any key may have.
func hasQuery(query, pattern string) bool {
	values, _ := url.ParseQuery(query)
	key, value, keyed := strings.Cut(pattern, "=")
	for k, all := range values {
		matches := func(v string) bool {
			if keyed {
				return matchesFolded(key, k) && matchesFolded(value, v)
			}
			return matchesFolded(pattern, v)
		}
		if slices.ContainsFunc(all, matches) {
			return true
		}
	}
	return false
}

// matchesFolded compares a text with a pattern, in which * stands for any
// characters and ? for exactly one, without regard to case.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
func matchesFolded(pattern, text string) bool {
	return glob.Match(strings.ToLower(pattern), strings.ToLower(text))
}
