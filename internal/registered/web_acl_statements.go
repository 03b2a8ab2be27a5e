package registered

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// statementReader reads the statement of a rule of a web ACL.
type statementReader struct {
	*reader
	acl  *resource
	rule string
	// open says what of the statement is not known.
	open []string
}

func (s *statementReader) leavesOpen(text string) {
	if !slices.Contains(s.open, text) {
		s.open = append(s.open, text)
	}
}

func (s *statementReader) unknown(text string) requestpath.Statement {
	s.leavesOpen(text)
	return requestpath.Statement{Unknown: text}
}

// statement reads a block in which one kind of statement is given.
// Sourced: https://docs.aws.amazon.com/waf/latest/APIReference/API_Statement.html
func (s *statementReader) statement(o object) requestpath.Statement {
	for _, kind := range slices.Sorted(maps.Keys(o)) {
		block := o.block(kind)
		if !o.has(kind) {
			continue
		}
		switch kind {
		case "andStatement":
			return requestpath.Statement{And: s.statements(block)}
		case "orStatement":
			return requestpath.Statement{Or: s.statements(block)}
		case "notStatement":
			if inner := s.statements(block); len(inner) == 1 {
				return requestpath.Statement{Not: &inner[0]}
			}
		case "byteMatchStatement":
			return s.stringMatch(block)
		case "sizeConstraintStatement":
			if part, ok := s.component(block); ok {
				return requestpath.Statement{Size: &requestpath.SizeLimit{Component: part, Operator: block.str("comparisonOperator"), Bytes: block.num("size")}}
			}
		case "geoMatchStatement":
			if !block.has("forwardedIpConfig") {
				s.leavesOpen("the country of a sender is not known")
				return requestpath.Statement{Countries: block.strs("countryCodes")}
			}
		case "ipSetReferenceStatement":
			if set := s.one(typeIPSet, block.str("arn")); set != nil && !block.has("ipSetForwardedIpConfig") {
				return requestpath.Statement{CIDRs: set.strs("addresses")}
			}
		case "managedRuleGroupStatement":
			return s.managedGroup(block)
		case "rateBasedStatement":
			s.note(s.acl, "rules["+s.rule+"]", "a rate limit does not decide about a single request: requests are walked as if it was not reached")
			return requestpath.Statement{}
		}
		return s.unknown("whether a request meets its " + kind + " is not described")
	}
	return s.unknown("its statement cannot be read")
}

func (s *statementReader) statements(o object) []requestpath.Statement {
	var out []requestpath.Statement
	for _, inner := range o.blocks("statements") {
		out = append(out, s.statement(inner))
	}
	return out
}

// stringMatch replaces the values of headers that distributions add, and leaves open what
// is a secret otherwise.
func (s *statementReader) stringMatch(o object) requestpath.Statement {
	part, ok := s.component(o)
	if !ok {
		return s.unknown("whether a request meets its byteMatchStatement is not described")
	}
	m := &requestpath.StringMatch{Component: part, Text: o.str("searchString"), Position: o.str("positionalConstraint")}
	_, readable := o["searchString"].(SecretText)
	switch encrypted := o.secret("searchString"); {
	case part.Header != "" && s.values.guards(part.Header):
		if m.Position != requestpath.MatchExactly {
			return s.unknown("what of header " + part.Header + " it looks for is not described")
		}
		m.Transformations = nil
		m.Text = s.values.id(part.Header, m.Text)
		if encrypted {
			m.Text = s.values.secretID(part.Header)
		}
	case encrypted || readable:
		return s.unknown("what it looks for is a secret")
	}
	return requestpath.Statement{Match: m}
}

// component is what a statement looks at; false when that is not described.
func (s *statementReader) component(o object) (out requestpath.Component, ok bool) {
	field := o.block("fieldToMatch")
	switch {
	case field.has("uriPath"):
		out.Component = requestpath.ComponentPath
	case field.has("queryString"):
		out.Component = requestpath.ComponentQuery
	case field.has("method"):
		out.Component = requestpath.ComponentMethod
	case field.has("singleHeader"):
		out.Component, out.Header = requestpath.ComponentHeader, strings.ToLower(field.block("singleHeader").str("name"))
	case field.has("body"):
		out.Component, out.Oversize = requestpath.ComponentBody, cmp.Or(field.block("body").str("oversizeHandling"), requestpath.OversizeContinue)
		if o.has("searchString") {
			s.leavesOpen("the text of a body is not known")
		}
	default:
		return out, false
	}
	transformations := o.blocks("textTransformations")
	slices.SortStableFunc(transformations, func(a, b object) int { return cmp.Compare(a.num("priority"), b.num("priority")) })
	for _, kind := range pluck(transformations, "type") {
		if !slices.Contains([]string{requestpath.TransformNone, requestpath.TransformLowercase, requestpath.TransformURLDecode}, kind) {
			s.leavesOpen("the transformation " + kind + " is not described")
		}
		if kind != requestpath.TransformNone {
			out.Transformations = append(out.Transformations, kind)
		}
	}
	return out, true
}
