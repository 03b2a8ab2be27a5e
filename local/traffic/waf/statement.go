package waf

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// question is one request that a web ACL is asked about.
type question struct {
	*ACL
	request *http.Request
	from    wire.Source
	body    *int // its size, once it has been read
}

// finding says whether a request meets a statement. What cannot be carried is between
// the two others, so that neither it nor its opposite decides.
type finding int

const (
	unmet      finding = -1
	notCarried finding = 0
	met        finding = 1
)

func found(b bool) finding {
	if b {
		return met
	}
	return unmet
}

// meets says whether the request meets a statement of a rule.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
func (q *question) meets(s account.Statement, rule string) finding {
	switch {
	case s.AndStatement != nil:
		all := met
		for _, inner := range s.AndStatement.Statements {
			all = min(all, q.meets(inner, rule))
		}
		return all
	case s.OrStatement != nil:
		one := unmet
		for _, inner := range s.OrStatement.Statements {
			one = max(one, q.meets(inner, rule))
		}
		return one
	case s.NotStatement != nil && len(s.NotStatement.Statements) == 1:
		return -q.meets(s.NotStatement.Statements[0], rule)
	case s.ByteMatchStatement != nil:
		return q.hasText(s)
	case s.SizeConstraintStatement != nil:
		return q.hasSize(s)
	case s.GeoMatchStatement != nil && s.GeoMatchStatement.ForwardedIPConfig == nil && q.from.Country != "":
		return found(slices.Contains(s.GeoMatchStatement.CountryCodes, q.from.Country))
	case s.IPSetReferenceStatement != nil && s.IPSetReferenceStatement.ForwardedIPConfig == nil:
		return q.isIn(s.IPSetReferenceStatement.ARN)
	case s.ManagedRuleGroupStatement != nil:
		return q.isManaged(s, rule)
	case s.RateBasedStatement != nil:
		return q.exceeds(s, rule)
	}
	return notCarried
}

// isIn says whether the sender's address is in an IP set.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html
func (q *question) isIn(set string) finding {
	registered, ok := q.sets[set]
	if !ok {
		return notCarried
	}
	for _, block := range registered.Addresses {
		if prefix, err := netip.ParsePrefix(block); err == nil && prefix.Contains(q.from.Address.Unmap()) {
			return met
		}
	}
	return unmet
}

// hasText says whether a text is in what a statement looks at.
// Sourced: https://docs.aws.amazon.com/waf/latest/APIReference/API_ByteMatchStatement.html
func (q *question) hasText(s account.Statement) finding {
	m := s.ByteMatchStatement
	if body := m.FieldToMatch.Body; body != nil {
		if q.bodySize() > q.limit && (body.OversizeHandling == "MATCH" || body.OversizeHandling == "NO_MATCH") {
			return found(body.OversizeHandling == "MATCH")
		}
		if q.bodySize() > 0 {
			return notCarried
		}
	}
	values, ok := q.values(m.FieldToMatch, m.TextTransformations)
	if !ok {
		return notCarried
	}
	for _, v := range values {
		if isAt(m.PositionalConstraint, v, m.SearchString) {
			return met
		}
	}
	return unmet
}

func isAt(constraint, in, text string) bool {
	switch constraint {
	case "EXACTLY":
		return in == text
	case "STARTS_WITH":
		return strings.HasPrefix(in, text)
	case "ENDS_WITH":
		return strings.HasSuffix(in, text)
	case "CONTAINS_WORD":
		return hasWord(in, text)
	}
	return strings.Contains(in, text)
}

// hasWord says whether no letter, digit or underscore is beside the text somewhere.
func hasWord(in, text string) bool {
	isWord := func(c byte) bool {
		return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	for from := 0; from <= len(in)-len(text); from++ {
		end := from + len(text)
		if in[from:end] == text && (from == 0 || !isWord(in[from-1])) && (end == len(in) || !isWord(in[end])) {
			return true
		}
	}
	return false
}

// hasSize compares the size of what a statement looks at. Of a body at most what is
// inspected counts.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-size-constraint-match.html
func (q *question) hasSize(s account.Statement) finding {
	c := s.SizeConstraintStatement
	compare := func(size int) bool {
		return map[string]bool{
			"EQ": size == c.Size, "NE": size != c.Size, "LE": size <= c.Size, "LT": size < c.Size, "GE": size >= c.Size, "GT": size > c.Size,
		}[c.ComparisonOperator]
	}
	if body := c.FieldToMatch.Body; body != nil {
		size := q.bodySize()
		if size <= q.limit || body.OversizeHandling == "" || body.OversizeHandling == "CONTINUE" {
			return found(compare(min(size, q.limit)))
		}
		return found(body.OversizeHandling == "MATCH")
	}
	values, ok := q.values(c.FieldToMatch, c.TextTransformations)
	if !ok {
		return notCarried
	}
	return found(slices.ContainsFunc(values, func(v string) bool { return compare(len(v)) }))
}

// values are the texts that a statement looks at, transformed; false when they are not
// carried. A header that does not come has none.
func (q *question) values(f account.FieldToMatch, transformations []account.TextTransformation) (out []string, ok bool) {
	r := q.request
	switch {
	case f.URIPath != nil:
		out = []string{r.URL.EscapedPath()}
	case f.QueryString != nil:
		out = []string{r.URL.RawQuery}
	case f.Method != nil:
		out = []string{r.Method}
	case f.Body != nil:
		out = []string{""}
	case f.SingleHeader != nil && strings.EqualFold(f.SingleHeader.Name, "host"):
		out = []string{r.Host}
	case f.SingleHeader != nil:
		out = slices.Clone(r.Header.Values(f.SingleHeader.Name))
	default:
		return nil, false
	}
	transformations = slices.Clone(transformations)
	slices.SortFunc(transformations, func(a, b account.TextTransformation) int { return a.Priority - b.Priority })
	for _, t := range transformations {
		transform := transforms[t.Type]
		if transform == nil {
			return nil, len(out) == 0
		}
		for i := range out {
			out[i] = transform(out[i])
		}
	}
	return out, true
}

// transforms are the transformations that are carried.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html
var transforms = map[string]func(string) string{
	"NONE":       func(text string) string { return text },
	"LOWERCASE":  strings.ToLower,
	"URL_DECODE": decoded,
}

// decoded has the bytes in place of their codes, and leaves alone what is no code.
func decoded(text string) string {
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if code, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				out, i = append(out, byte(code)), i+2
				continue
			}
		}
		out = append(out, text[i])
	}
	return string(out)
}

// bodySize is the size of the body, or a greater one than what is inspected. Of a body of
// unknown length so much is read, and put back.
func (q *question) bodySize() int {
	r := q.request
	if q.body == nil && (r.ContentLength >= 0 || r.Body == nil) {
		size := int(max(r.ContentLength, 0))
		q.body = &size
	}
	if q.body == nil {
		first, _ := io.ReadAll(io.LimitReader(r.Body, int64(q.limit)+1)) // what breaks off is read again, and breaks off then
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(first), r.Body), r.Body}
		size := len(first)
		q.body = &size
	}
	return *q.body
}
