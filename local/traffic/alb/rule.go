package alb

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/local/traffic/account"
)

// rule is a rule with what it needs to act; the last one of a port is the default.
type rule struct {
	account.ListenerRule
	forward *shares
}

// defaultRule is the name of the default rule.
const defaultRule = "default"

// name is the priority of a rule, from 1, or defaultRule.
func (r rule) name() string {
	if r.Priority == 0 {
		return defaultRule
	}
	return strconv.Itoa(r.Priority)
}

// newRules are the rules of a listener in the order of their evaluation.
func (r *Running) newRules(l account.Listener) ([]rule, error) {
	var out []rule
	for _, registered := range append(r.opts.Account.RulesOf(l.ARN), account.ListenerRule{Actions: l.DefaultActions}) {
		forward, err := r.newShares(l, registered.Actions[0])
		if err != nil {
			return nil, err
		}
		out = append(out, rule{registered, forward})
	}
	return out, nil
}

// matches says whether a request from an address meets all conditions of a rule.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
func (r rule) matches(req *http.Request, from netip.Addr) bool {
	return !slices.ContainsFunc(r.Conditions, func(c account.Condition) bool { return !meets(req, from, c) })
}

// meets says whether a request has one of a condition's values. Hosts, headers and
// queries are compared whatever their case, paths and methods are not. Of a header
// that comes several times, each is looked at.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// (that a path is normalized first is written there; that this means to decode it
// is inferred)
func meets(req *http.Request, from netip.Addr, c account.Condition) bool {
	headers := req.Header.Values(c.HTTPHeader.HTTPHeaderName)
	return anyMatches(c.HostHeader.Values, hostOf(req)) ||
		slices.ContainsFunc(c.PathPattern.Values, func(v string) bool { return matchesPattern(v, req.URL.Path) }) ||
		slices.ContainsFunc(headers, func(v string) bool { return anyMatches(c.HTTPHeader.Values, v) }) ||
		slices.Contains(c.HTTPRequestMethod.Values, req.Method) ||
		slices.ContainsFunc(c.QueryStrings, func(q account.QueryString) bool { return inQuery(q, req.URL.RawQuery) }) ||
		slices.ContainsFunc(c.SourceIP.Values, func(v string) bool { return inBlock(v, from) })
}

// anyMatches says whether a text is like one of some patterns, whatever its case.
func anyMatches(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matchesInAnyCase(p, text) })
}

func matchesInAnyCase(pattern, text string) bool {
	return matchesPattern(strings.ToLower(pattern), strings.ToLower(text))
}

// inQuery says whether a query string has a pair.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// (that it is compared as it was sent, not decoded, is inferred)
func inQuery(want account.QueryString, query string) bool {
	if query == "" {
		return false
	}
	for part := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(part, "=")
		if (want.Key == "" || matchesInAnyCase(want.Key, key)) && matchesInAnyCase(want.Value, value) {
			return true
		}
	}
	return false
}

func inBlock(block string, address netip.Addr) bool {
	parsed, err := netip.ParsePrefix(block)
	return err == nil && parsed.Contains(address.Unmap())
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
