package requestpath

import (
	"fmt"
	"slices"
	"strings"
)

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
	if e := c.from.distribution; e != nil && !e.Origin.ForwardsHost {
		return why + ", because the distribution does not forward the viewer's Host",
			fmt.Sprintf("forward the Host header (distributions[%s].origin.forwardsHost), or put %s into the rule's hosts", e.Name, e.Origin.DomainName)
	}
	return why, fmt.Sprintf("put %s into the rule's hosts", hostname(c.host))
}

// warnOfUnseenHosts speaks up about rules for the viewers' names behind a distribution
// that does not forward the Host header: the load balancer never sees those names.
// Inferred: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (w *walker) warnOfUnseenHosts(c call, b *LoadBalancer, l *Listener) {
	e := c.from.distribution
	if e == nil || e.Origin.ForwardsHost {
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
