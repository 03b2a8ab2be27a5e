package requestpath

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// match says whether a statement matches a request. In this order, the least of several
// is what all of them are, and the greatest what one of them is.
type match int

const (
	no match = iota
	maybe
	yes
)

func matchIf(b bool) match {
	if b {
		return yes
	}
	return no
}

// inspection is a request as a web ACL sees it.
type inspection struct {
	call
	// limit is how many bytes of the body are inspected.
	limit int
}

func (s *Statement) matches(i inspection) match {
	switch {
	case s.Unknown != "":
		return maybe
	case s.Not != nil:
		return yes - s.Not.matches(i)
	case len(s.And) > 0:
		out := yes
		for n := range s.And {
			out = min(out, s.And[n].matches(i))
		}
		return out
	case len(s.Or) > 0:
		out := no
		for n := range s.Or {
			out = max(out, s.Or[n].matches(i))
		}
		return out
	case len(s.Countries) > 0:
		if i.from.country == "" {
			return maybe
		}
		return matchIf(slices.Contains(s.Countries, i.from.country))
	case s.Match != nil:
		return s.Match.matches(i)
	case s.Size != nil:
		return s.Size.matches(i)
	}
	return matchIf(slices.ContainsFunc(s.CIDRs, func(cidr string) bool {
		return Access{CIDR: cidr}.isFor(i.from) && i.from.address != netip.Addr{}
	}))
}

// matches compares the text. Of a body only that it is empty is known.
// Sourced: https://docs.aws.amazon.com/waf/latest/APIReference/API_ByteMatchStatement.html
func (m *StringMatch) matches(i inspection) match {
	if m.Component.Component == ComponentBody {
		if decided, matches := m.decidedBySize(i); decided {
			return matches
		}
		if i.body > 0 {
			return maybe
		}
	}
	return m.anyText(i, func(text string) bool {
		switch m.Position {
		case MatchExactly:
			return text == m.Text
		case MatchPrefix:
			return strings.HasPrefix(text, m.Text)
		case MatchSuffix:
			return strings.HasSuffix(text, m.Text)
		case MatchWord:
			found, _ := regexp.MatchString(`(^|[^A-Za-z0-9_])`+regexp.QuoteMeta(m.Text)+`($|[^A-Za-z0-9_])`, text)
			return found
		}
		return strings.Contains(text, m.Text)
	})
}

// matches compares the size of what is inspected, which of a body is at most the limit.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-size-constraint-match.html
func (s *SizeLimit) matches(i inspection) match {
	if s.Component.Component == ComponentBody {
		if decided, matches := s.decidedBySize(i); decided {
			return matches
		}
		return matchIf(s.holds(min(i.body, i.limit)))
	}
	return s.anyText(i, func(text string) bool { return s.holds(len(text)) })
}

func (s *SizeLimit) holds(size int) bool {
	switch s.Operator {
	case "EQ":
		return size == s.Bytes
	case "NE":
		return size != s.Bytes
	case "LE":
		return size <= s.Bytes
	case "LT":
		return size < s.Bytes
	case "GE":
		return size >= s.Bytes
	}
	return size > s.Bytes
}

// oversized says that the body is larger than what is inspected of it.
// Sourced: https://docs.aws.amazon.com/waf/latest/APIReference/API_Body.html
func (p Component) oversized(i inspection) bool { return i.body > i.limit }

// decidedBySize says whether a body matches or not for the one reason that it is larger than
// what is inspected.
func (p Component) decidedBySize(i inspection) (decided bool, matches match) {
	decided = p.oversized(i) && (p.Oversize == OversizeMatch || p.Oversize == OversizeNoMatch)
	return decided, matchIf(p.Oversize == OversizeMatch)
}

// anyText says whether one of the component's texts fits, after its transformations. A
// header may come several times, and of one that does not come nothing fits.
func (p Component) anyText(i inspection, fits func(string) bool) match {
	known := []string{TransformNone, TransformLowercase, TransformURLDecode}
	texts := p.texts(i.call)
	if len(texts) > 0 && slices.ContainsFunc(p.Transformations, func(t string) bool { return !slices.Contains(known, t) }) {
		return maybe
	}
	return matchIf(slices.ContainsFunc(texts, func(text string) bool { return fits(p.transformed(text)) }))
}

func (p Component) texts(c call) []string {
	switch p.Component {
	case ComponentPath:
		return []string{c.path}
	case ComponentQuery:
		return []string{c.query}
	case ComponentMethod:
		return []string{c.method}
	case ComponentBody:
		return []string{""}
	}
	if strings.EqualFold(p.Header, "host") {
		return []string{c.host}
	}
	var values []string
	for _, h := range c.headers {
		if strings.EqualFold(h.Name, p.Header) {
			values = append(values, h.Value)
		}
	}
	return values
}

// escaped is one byte of a URL that is written as its number.
var escaped = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// transformed is the text after the transformations.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html
func (p Component) transformed(text string) string {
	for _, t := range p.Transformations {
		switch t {
		case TransformLowercase:
			text = strings.ToLower(text)
		case TransformURLDecode:
			text = escaped.ReplaceAllStringFunc(text, func(code string) string {
				n, _ := strconv.ParseUint(code[1:], 16, 8) // two hexadecimal digits always are one
				return string([]byte{byte(n)})
			})
		}
	}
	return text
}
