package balancer

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// matches says whether a request from an address meets all conditions of a rule.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
func (r Rule) matches(req *http.Request, from netip.Addr) bool {
	return !slices.ContainsFunc(r.Conditions, func(c Condition) bool { return !c.matches(req, from) })
}

// matches says whether a request has one of the condition's values. Hosts, headers
// and queries are compared whatever their case, paths and methods are not.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// (that a path is normalized first is written there; that this means to decode it
// is inferred)
func (c Condition) matches(req *http.Request, from netip.Addr) bool {
	switch c.Field {
	case FieldHost:
		return c.anyMatches(strings.ToLower(hostOf(req)))
	case FieldPath:
		return slices.ContainsFunc(c.Values, func(v string) bool { return matchesPattern(v, req.URL.Path) })
	case FieldHeader:
		// Of a header that comes several times, each is looked at.
		return slices.ContainsFunc(req.Header.Values(c.Header), func(v string) bool { return c.anyMatches(strings.ToLower(v)) })
	case FieldMethod:
		return slices.Contains(c.Values, req.Method)
	case FieldQuery:
		return c.inQuery(req.URL.RawQuery)
	case FieldSourceIP:
		return slices.ContainsFunc(c.Sources, func(p netip.Prefix) bool { return p.Contains(from.Unmap()) })
	}
	return false
}

// anyMatches says whether a text in lower case is like one of the values.
func (c Condition) anyMatches(lower string) bool {
	return slices.ContainsFunc(c.Values, func(v string) bool { return matchesPattern(strings.ToLower(v), lower) })
}

// inQuery says whether a query string has one of the pairs.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// (that it is compared as it was sent, not decoded, is inferred)
func (c Condition) inQuery(query string) bool {
	if query == "" {
		return false
	}
	for _, part := range strings.Split(strings.ToLower(query), "&") {
		key, value, _ := strings.Cut(part, "=")
		for _, want := range c.Query {
			if (want.Key == "" || matchesPattern(strings.ToLower(want.Key), key)) && matchesPattern(strings.ToLower(want.Value), value) {
				return true
			}
		}
	}
	return false
}

// expression makes a regular expression of a quoted pattern: * stands for any number
// of characters and ? for exactly one, and behind a backslash for themselves.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_QueryStringConditionConfig.html
var expression = strings.NewReplacer(`\\\*`, `\*`, `\\\?`, `\?`, `\\\\`, `\\`, `\*`, ".*", `\?`, ".")

// matchesPattern says whether a whole text matches a pattern. The request-path model
// has a matcher of its own, on purpose.
func matchesPattern(pattern, text string) bool {
	matches, _ := regexp.MatchString("(?s)^"+expression.Replace(regexp.QuoteMeta(pattern))+"$", text)
	return matches
}

// hostOf is the name in the Host header without its port.
func hostOf(req *http.Request) string {
	if name, _, err := net.SplitHostPort(req.Host); err == nil {
		return name
	}
	return strings.Trim(req.Host, "[]")
}
