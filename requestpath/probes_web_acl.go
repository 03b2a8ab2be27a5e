package requestpath

import (
	"fmt"
	"slices"
	"strings"
)

// fromSomewhere lets the ordinary requests come from a country in which they are
// answered, where a web ACL or a distribution looks at countries.
func (w *walker) fromSomewhere(probes []Probe) {
	countries := w.countries()
	if len(countries) == 0 {
		return
	}
	for i, p := range probes {
		if p.Want != WantAnswer {
			continue
		}
		for _, p.Request.From.Country = range append([]string{another(countries)}, countries...) {
			if p.Walk(*w.plan).OK {
				probes[i] = p
				break
			}
		}
	}
}

// countries are those that the rules of the web ACLs and the restrictions of distributions
// name.
func (w *walker) countries() []string {
	var all []string
	for _, acl := range w.plan.WebACLs {
		for i := range acl.Rules {
			all = append(all, acl.Rules[i].Statement.countries()...)
		}
	}
	for _, e := range w.plan.Distributions {
		all = append(all, e.GeoRestriction.countries()...)
	}
	return all
}

func (s *Statement) countries() []string {
	all := slices.Clone(s.Countries)
	if s.Not != nil {
		all = append(all, s.Not.countries()...)
	}
	for _, parts := range [][]Statement{s.And, s.Or} {
		for i := range parts {
			all = append(all, parts[i].countries()...)
		}
	}
	return all
}

// another is a country that is none of these.
func another(countries []string) string {
	for first := 'A'; ; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			if code := string(first) + string(second); !slices.Contains(countries, code) {
				return code
			}
		}
	}
}

// blockedProbes are requests that web ACLs must reject: one for each rule that blocks a
// path or a country, made of the first ordinary request that the web ACL is asked about.
func (w *walker) blockedProbes(ordinary []Probe) []Probe {
	var all []Probe
	for i := range w.plan.WebACLs {
		acl := &w.plan.WebACLs[i]
		asked := slices.DeleteFunc(slices.Clone(ordinary), func(p Probe) bool {
			return p.Want != WantAnswer || p.Request.Scheme != SchemeHTTPS || !w.asks(p.Request, acl, "")
		})
		for j := range acl.Rules {
			if p, ok := w.blockedProbe(acl, &acl.Rules[j], asked); ok {
				all = append(all, p)
			}
		}
	}
	return all
}

// blockedProbe is the first of the requests that a rule blocks once it is about what the
// rule is about.
func (w *walker) blockedProbe(acl *WebACL, r *WebACLRule, asked []Probe) (Probe, bool) {
	for _, p := range asked {
		request := p.Request
		if r.Statement.sample(&request) && w.asks(request, acl, r.Name) {
			name := fmt.Sprintf("%s, which rule %s of web ACL %s blocks", request.URL(), r.Name, acl.Name)
			return Probe{name, WantRejection, request}, true
		}
	}
	return Probe{}, false
}

// asks says whether the web ACL is asked about a request, and blocks it by the rule if
// one is named.
func (w *walker) asks(request Request, acl *WebACL, rule string) bool {
	trace := Walk(*w.plan, request)
	h := find(trace.Hops, func(h *Hop) bool { return h.Kind == HopWebACL && h.Name == acl.Name })
	return h != nil && (rule == "" || trace.Outcome.Field == fieldOf(part("webACLs", acl.Name), part("rules", rule)))
}

// sample makes a request that the statement is about, if that is a path or a country.
func (s *Statement) sample(r *Request) bool {
	switch {
	case len(s.And) > 0:
		some := false
		for i := range s.And {
			some = s.And[i].sample(r) || some
		}
		return some
	case len(s.Or) > 0:
		return s.Or[0].sample(r)
	case s.Not != nil && len(s.Not.Countries) > 0:
		r.From.Country = another(s.Not.Countries)
		return true
	case len(s.Countries) > 0:
		r.From.Country = s.Countries[0]
		return true
	case s.Match != nil && s.Match.Component.Component == ComponentPath:
		r.Path = "/" + strings.TrimPrefix(s.Match.Text, "/")
		return true
	}
	return false
}
