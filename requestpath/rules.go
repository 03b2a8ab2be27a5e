package requestpath

import (
	"fmt"
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
	key, wanted, keyed := strings.Cut(pattern, "=")
	if !keyed {
		key, wanted = "*", pattern
	}
	for k, all := range values {
		if matchesFolded(key, k) && slices.ContainsFunc(all, func(v string) bool { return matchesFolded(wanted, v) }) {
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

// nearMiss explains why no rule takes the request, by the first rule that lacks
// only one condition. It says nothing when no rule comes that close.
func (l *Listener) nearMiss(c call) (why, fix string) {
	for _, r := range l.Rules {
		if r.Action.Type != ActionForward {
			continue
		}
		if unmet := r.unmet(c); len(unmet) == 1 {
			return unmet[0].missed(c, r.Priority)
		}
	}
	return "", ""
}

// missed never names the values of a header: they are secrets.
func (d Condition) missed(c call, priority int) (why, fix string) {
	wanted := strings.Join(d.Values, " or ")
	switch d.Field {
	case FieldHost:
		return d.missedHost(c, priority, wanted)
	case FieldHeader:
		if !slices.ContainsFunc(c.headers, func(h Header) bool { return strings.EqualFold(h.Name, d.Header) }) {
			return fmt.Sprintf("rule %d wants header %s, which the request does not have", priority, d.Header),
				fmt.Sprintf("let the distribution add %s to its requests, or leave the request refused if it does not come from your distribution", d.Header)
		}
		return fmt.Sprintf("rule %d wants another value of header %s than the request has", priority, d.Header),
			fmt.Sprintf("let the rule accept the value that the distribution sends in %s; while it is changed, the previous one too", d.Header)
	case FieldPath:
		return fmt.Sprintf("rule %d wants path %s, the request has %s", priority, wanted, c.path),
			"add the path to the rule, or a rule for the path"
	}
	return fmt.Sprintf("rule %d does not take the request for its %s", priority, d.Field),
		fmt.Sprintf("change the rule's %s condition, or add a rule for such requests", d.Field)
}

func (d Condition) missedHost(c call, priority int, wanted string) (why, fix string) {
	why = fmt.Sprintf("rule %d wants host %s, the request has %s", priority, wanted, c.host)
	if f := c.from.fetch; f != nil && !f.behavior.ForwardsHost {
		return why + ", because the distribution does not forward the viewer's Host",
			fmt.Sprintf("forward the Host header (%s), or put %s into the rule's hosts", f.behaviorField("forwardsHost"), f.origin.DomainName)
	}
	return why, fmt.Sprintf("put %s into the rule's hosts", hostname(c.host))
}

// warnOfUnseenHosts speaks up about rules for the viewers' names behind a distribution
// that does not forward the Host header: the load balancer never sees those names.
// Inferred: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (w *walker) warnOfUnseenHosts(c call, b *LoadBalancer, l *Listener) {
	f := c.from.fetch
	if f == nil || f.behavior.ForwardsHost {
		return
	}
	for _, r := range l.Rules {
		for _, d := range r.Conditions {
			if d.Field == FieldHost && !d.matches(c) {
				w.warn(factHostNotSeen, nil,
					"rule %d of load balancer %s wants host %s and can never match: the distribution sends %s, as it does not forward the viewer's Host",
					r.Priority, b.Name, strings.Join(d.Values, " or "), c.host)
			}
		}
	}
}
