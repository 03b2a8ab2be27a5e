package requestpath

import (
	"cmp"
	"slices"
)

// WebACL is one web ACL of AWS WAF, which a distribution or a load balancer asks about
// every request. Its rules are asked by priority; the first whose statement matches and
// whose action ends the evaluation decides.
type WebACL struct {
	Name  string       `json:"name"`
	Rules []WebACLRule `json:"rules,omitempty"`
	// Default is done with what no rule decides about. Default: WebACLAllow.
	Default WebACLAction `json:"default,omitzero"`
	// BodyLimitBytes is how much of a body is inspected.
	// Default: 8192 at a load balancer, 16384 at a distribution.
	BodyLimitBytes int `json:"bodyLimitBytes,omitempty"`
}

// WebACLRule is one rule of a web ACL.
type WebACLRule struct {
	Name      string       `json:"name"`
	Priority  int          `json:"priority"`
	Action    WebACLAction `json:"action"`
	Statement Statement    `json:"statement"`
	// Assumed takes the statement to match wherever it is not known whether it does.
	// Default: false, it is then taken not to.
	Assumed bool `json:"assumed,omitempty"`
}

// Types of a web ACL's action. Allow and block end the evaluation, count does not. What
// CAPTCHA and challenge do is up to a token that a browser has or gets.
const (
	WebACLAllow     = "allow"
	WebACLBlock     = "block"
	WebACLCount     = "count"
	WebACLCaptcha   = "captcha"
	WebACLChallenge = "challenge"
)

// WebACLAction is what a rule, or the web ACL by default, does with a request.
type WebACLAction struct {
	// Type is one of the constants above.
	Type string `json:"type,omitempty"`
	// Status is that of a custom response to a blocked request. Default: 403.
	Status int `json:"status,omitempty"`
	// Location is the header of that name of a custom response. Default: none.
	Location string `json:"location,omitempty"`
}

// Statement says which requests a rule is about. At most one of its parts is given; an
// empty statement matches nothing, as an IP set without addresses does.
type Statement struct {
	Match *StringMatch `json:"match,omitempty"`
	Size  *SizeLimit   `json:"size,omitempty"`
	// Countries are two-letter codes of the sender's.
	Countries []string `json:"countries,omitempty"`
	// CIDRs are the addresses of an IP set.
	CIDRs []string    `json:"cidrs,omitempty"`
	Not   *Statement  `json:"not,omitempty"`
	And   []Statement `json:"and,omitempty"`
	Or    []Statement `json:"or,omitempty"`
	// Unknown names what of a request decides that a plan does not know, such as a group
	// of managed rules: whether it matches stays open.
	Unknown string `json:"unknown,omitempty"`
}

// Where a text is looked for.
const (
	MatchExactly = "EXACTLY"
	MatchPrefix  = "STARTS_WITH"
	MatchSuffix  = "ENDS_WITH"
	MatchPart    = "CONTAINS"
	MatchWord    = "CONTAINS_WORD"
)

// StringMatch looks for a text in a component, with regard to case.
type StringMatch struct {
	Component
	// Text is compared and, of a header, never repeated in a Trace.
	Text string `json:"text"`
	// Position is one of the constants above.
	Position string `json:"position"`
}

// SizeLimit compares the bytes of a component with a number.
type SizeLimit struct {
	Component
	// Operator is EQ, NE, LE, LT, GE or GT.
	Operator string `json:"operator"`
	Bytes    int    `json:"bytes"`
}

// What a statement looks at.
const (
	ComponentPath   = "path"
	ComponentQuery  = "query"
	ComponentMethod = "method"
	ComponentHeader = "header"
	ComponentBody   = "body"
)

// What a statement says about a body that is larger than what is inspected.
const (
	OversizeContinue = "CONTINUE"
	OversizeMatch    = "MATCH"
	OversizeNoMatch  = "NO_MATCH"
)

// Transformations of a text before it is looked at.
const (
	TransformNone      = "NONE"
	TransformLowercase = "LOWERCASE"
	TransformURLDecode = "URL_DECODE"
)

// Component is the part of a request that a statement looks at.
type Component struct {
	// Component is one of the constants above.
	Component string `json:"component"`
	// Header is the header's name with ComponentHeader. A request without it does not match.
	Header string `json:"header,omitempty"`
	// Oversize is what of a body beyond the limit counts. Default: OversizeContinue.
	Oversize string `json:"oversize,omitempty"`
	// Transformations are applied in this order; with one that is none of the constants
	// above, whether the statement matches stays open. Default: none.
	Transformations []string `json:"transformations,omitempty"`
}

func (a *WebACL) fill() {
	a.Default.Type = cmp.Or(a.Default.Type, WebACLAllow)
	byPriority := func(a, b WebACLRule) int { return cmp.Compare(a.Priority, b.Priority) }
	a.Rules = slices.SortedStableFunc(slices.Values(a.Rules), byPriority)
}

func (p *Plan) webACL(name string) *WebACL {
	return find(p.WebACLs, func(a *WebACL) bool { return a.Name == name })
}
