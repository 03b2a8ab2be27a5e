package requestpath

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Shadow is a value of a listener rule, or the whole rule, that no request ever meets,
// because a rule that comes earlier takes all of them.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
type Shadow struct {
	LoadBalancer string `json:"loadBalancer"`
	// Port of the listener.
	Port int `json:"port"`
	// Rule is the priority of the rule that does not get its requests, By that of the
	// rule that does.
	Rule int `json:"rule"`
	By   int `json:"by"`
	// Host, "" for any, and Path are a request that Rule is for.
	Host string `json:"host,omitempty"`
	Path string `json:"path"`
}

// Shadows are the rules of the plan that forward and whose own requests another rule
// answers with another action. A host or a path of a rule counts when none of its
// combinations with the rule's other values is left; each rule is named once. A rule
// for some paths of any host is for the names that lead to the load balancer; one for
// all paths too takes what is left, by whatever name.
func Shadows(plan Plan) []Shadow {
	w := &walker{plan: plan.withDefaults()}
	var all []Shadow
	for i := range w.plan.LoadBalancers {
		b := &w.plan.LoadBalancers[i]
		names := w.namesOf(b)
		if _, fronted := w.fetchFrom(b); fronted || len(names) == 0 {
			names = []string{""} // what a distribution sends is its own matter
		}
		for j := range b.Listeners {
			for _, s := range b.Listeners[j].shadows(names) {
				s.LoadBalancer, s.Port = b.Name, b.Listeners[j].Port
				all = append(all, s)
			}
		}
	}
	return all
}

func (l *Listener) shadows(names []string) []Shadow {
	var all []Shadow
	for i := range l.Rules {
		if r := &l.Rules[i]; r.Action.Type == ActionForward {
			if s, shadowed := l.shadowOf(r, names); shadowed {
				all = append(all, s)
			}
		}
	}
	return all
}

// shadowOf is what other rules take of a rule: the first of its own values that is of
// no use, or all of its requests.
func (l *Listener) shadowOf(r *ListenerRule, names []string) (Shadow, bool) {
	hosts, paths := r.samples(FieldHost), r.samples(FieldPath)
	var groups [][]string // of hosts that are of use together
	for _, host := range hosts {
		groups = append(groups, []string{host})
	}
	if len(hosts) == 0 {
		if !r.narrow() {
			names = []string{""} // the rest, which may come by names that are not known here
		}
		hosts, groups = names, [][]string{names}
	}
	if len(paths) == 0 {
		paths = []string{"/any"}
	}
	for _, group := range groups {
		if s, all := l.takes(r, group, paths); all {
			return s, true
		}
	}
	for _, path := range paths {
		if s, all := l.takes(r, hosts, []string{path}); all {
			return s, true
		}
	}
	return Shadow{}, false
}

// narrow says whether the rule is for certain paths.
func (r *ListenerRule) narrow() bool {
	return slices.ContainsFunc(r.Conditions, func(d Condition) bool {
		return d.Field == FieldPath && !d.matches(call{path: "/"})
	})
}

// takes says whether other rules take a rule's requests for every one of the hosts and
// paths, and which one takes the first.
func (l *Listener) takes(r *ListenerRule, hosts, paths []string) (Shadow, bool) {
	var first Shadow
	for _, host := range hosts {
		for _, path := range paths {
			c := r.call()
			c.host, c.path = host, path
			by := l.match(c)
			if by == nil || by == r || by.Action.same(r.Action) {
				return Shadow{}, false
			}
			if first.By == 0 {
				first = Shadow{Rule: r.Priority, By: by.Priority, Host: host, Path: path}
			}
		}
	}
	return first, true
}

// same says whether a request gets the same from both.
func (a Action) same(o Action) bool {
	return a.Type == o.Type && a.TargetGroup == o.TargetGroup && a.Type == ActionForward
}

// samples are a text for each value of the rule's condition on a field. They stand for
// all that the value matches, so that a rule which takes one exact text of them does not
// count as taking them all.
func (r *ListenerRule) samples(field string) []string {
	var all []string
	for _, d := range r.Conditions {
		if d.Field != field {
			continue
		}
		for _, v := range d.Values {
			text := sampleOf(v)
			if field == FieldPath && !strings.HasPrefix(text, "/") {
				text = "/" + text
			}
			all = append(all, text)
		}
	}
	return all
}

func sampleOf(pattern string) string {
	return strings.NewReplacer("*", "any", "?", "x").Replace(pattern)
}

// call meets the rule's conditions, but for those on hosts and paths.
func (r *ListenerRule) call() call {
	c := call{method: "GET"}
	query := url.Values{}
	for _, d := range r.Conditions {
		value := firstOf(d.Values)
		switch d.Field {
		case FieldHeader:
			c.headers = append(c.headers, Header{Name: d.Header, Value: sampleOf(value)})
		case FieldMethod:
			c.method = value
		case FieldQuery:
			key, wanted, keyed := strings.Cut(value, "=")
			if !keyed {
				key, wanted = "any", value
			}
			query.Add(sampleOf(key), sampleOf(wanted))
		case FieldSourceIP:
			if prefix, err := netip.ParsePrefix(value); err == nil {
				c.from.address = prefix.Addr()
			}
		}
	}
	c.query = query.Encode()
	return c
}
