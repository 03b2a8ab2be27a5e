package registered

import (
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// alternative is what else may come of a request than a plan says, because of what the
// note is about.
type alternative struct {
	note   Note
	follow func(*Model, requestpath.Request) requestpath.Chain
}

// mayBe notes something because of which the plan may have to be another one.
func (r *reader) mayBe(of *resource, property, text string, change func(*requestpath.Plan)) {
	r.mayFollow(of, property, text, func(m *Model, request requestpath.Request) requestpath.Chain {
		plan := m.Plan
		change(&plan)
		return requestpath.Follow(plan, request)
	})
}

// mayFollow notes something because of which a request may have another outcome.
func (r *reader) mayFollow(of *resource, property, text string, follow func(*Model, requestpath.Request) requestpath.Chain) {
	r.note(of, property, text)
	note := Note{Resource: of.label(), Property: property, Text: text}
	r.alternatives = append(r.alternatives, alternative{note, follow})
}

// differing are the notes about alternatives that are judged otherwise than the plan,
// or that have a server answer with another status.
func (m *Model) differing(request requestpath.Request, judge func(requestpath.Chain) bool) []Note {
	if len(m.alternatives) == 0 {
		return nil
	}
	var out []Note
	planned := m.Follow(request)
	good := judge(planned)
	for _, a := range m.alternatives {
		other := a.follow(m, request)
		alike := good == judge(other) && described(planned) == described(other) &&
			(planned.Outcome.Status == other.Outcome.Status || !planned.Outcome.Served() || !other.Outcome.Served())
		if !alike && !slices.ContainsFunc(out, func(n Note) bool { return n.String() == a.note.String() }) {
			out = append(out, a.note)
		}
	}
	return out
}

// described says that the end of the chain is in the plan, so that it can be judged.
func described(c requestpath.Chain) bool { return c.Outcome.Reason != requestpath.NotDescribed }

// place is where a listener has an action: its rule of a priority, or 0 for the default.
type place struct {
	dnsName        string
	port, priority int
}

// act gives the place another action.
func (p place) act(plan *requestpath.Plan, action requestpath.Action) {
	plan.LoadBalancers = changed(plan.LoadBalancers, func(b *requestpath.LoadBalancer) {
		b.Listeners = changed(b.Listeners, func(l *requestpath.Listener) {
			if b.DNSName != p.dnsName || l.Port != p.port {
				return
			}
			if p.priority == 0 {
				l.DefaultAction = action
			}
			l.Rules = changed(l.Rules, func(rule *requestpath.ListenerRule) {
				if rule.Priority == p.priority {
					rule.Action = action
				}
			})
		})
	})
}
