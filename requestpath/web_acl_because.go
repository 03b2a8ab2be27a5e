package requestpath

import (
	"fmt"
	"strings"
)

// because says in words why the rule matches.
func (r *WebACLRule) because(i inspection) string {
	if r.Assumed && r.Statement.matches(i) != yes {
		return "it is taken to match"
	}
	return r.Statement.because(i, yes)
}

// because says why the statement matches, or with no why it does not.
func (s *Statement) because(i inspection, wanted match) string {
	switch {
	case s.Not != nil:
		return s.Not.because(i, yes-wanted)
	case len(s.And) > 0:
		return becauseOf(s.And, i, wanted, wanted == yes)
	case len(s.Or) > 0:
		return becauseOf(s.Or, i, wanted, wanted == no)
	case len(s.Countries) > 0:
		return fmt.Sprintf("it comes from %s, which is %s %s", i.from.country, negated("one of", "none of", wanted), strings.Join(s.Countries, ", "))
	case s.Match != nil:
		return s.Match.because(i, wanted)
	case s.Size != nil:
		return s.Size.because(i, wanted)
	}
	text := fmt.Sprintf("it comes from %s, which is %s of the rule's addresses", i.from.address, negated("one", "none", wanted))
	if i.from.fetch != nil {
		text += " (CloudFront's address: behind a distribution a load balancer does not see the viewer's)"
	}
	return text
}

// becauseOf gives the reasons of all parts that are as wanted, or of the first one.
func becauseOf(parts []Statement, i inspection, wanted match, all bool) string {
	var out []string
	for n := range parts {
		if parts[n].matches(i) == wanted && (all || len(out) == 0) {
			out = append(out, parts[n].because(i, wanted))
		}
	}
	return strings.Join(out, ", and ")
}

func negated(is, isNot string, wanted match) string {
	if wanted == yes {
		return is
	}
	return isNot
}

// because never names the value of a header: it may be a secret.
func (m *StringMatch) because(i inspection, wanted match) string {
	if m.Component.Component == ComponentBody {
		return m.ofBody(i)
	}
	verb := map[string][2]string{
		MatchExactly: {"is", "is not"}, MatchPrefix: {"begins with", "does not begin with"}, MatchSuffix: {"ends with", "does not end with"},
		MatchPart: {"contains", "does not contain"}, MatchWord: {"has the word", "does not have the word"},
	}[m.Position]
	text := m.Text
	if m.Component.Component == ComponentHeader {
		if len(m.texts(i.call)) == 0 {
			return "it has no header " + m.Header
		}
		text = "what the rule looks for"
	}
	return fmt.Sprintf("its %s %s %s", m.name(), negated(verb[0], verb[1], wanted), text)
}

func (s *SizeLimit) because(i inspection, _ match) string {
	if s.Component.Component == ComponentBody {
		return s.ofBody(i)
	}
	texts := s.texts(i.call)
	if len(texts) == 0 {
		return "it has no header " + s.Header
	}
	return fmt.Sprintf("its %s has %d bytes", s.name(), len(s.transformed(texts[0])))
}

func (p Component) name() string { return strings.TrimSpace(p.Component + " " + p.Header) }

// ofBody says how large a body is, and how much of it counts.
func (p Component) ofBody(i inspection) string {
	text := fmt.Sprintf("its body has %d bytes", i.body)
	if p.oversized(i) {
		text += fmt.Sprintf(", of which %d are inspected here", i.limit)
	}
	return text
}
