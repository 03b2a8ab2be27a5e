// Package edgefunction writes the code of Portico's own CloudFront functions, and
// recognizes it.
package edgefunction

import (
	_ "embed"
	"encoding/json"
	"strings"
)

// What a function does about slashes at the end of a path.
const (
	AddSlash    = "add"
	RemoveSlash = "remove"
)

// Rules are what a function does with a viewer's request. At most one redirect comes of
// them, to https, with the query: 301 for GET and HEAD, 308 for other methods, which
// keeps method and body.
type Rules struct {
	// Names are the names for which viewers are redirected to others.
	Names map[string]string `json:"names,omitempty"`
	// TrailingSlash is AddSlash, to paths whose last part has no dot, or RemoveSlash, of
	// every path but /. Paths below /.well-known/ stay as they are.
	TrailingSlash string `json:"trailingSlash,omitempty"`
	// SinglePage is the path that the origin is asked for in place of each path whose last
	// part has no dot, except / and what is below /.well-known/.
	SinglePage string `json:"singlePage,omitempty"`
}

// IsZero tells whether the rules change nothing.
func (r Rules) IsZero() bool { return len(r.Names) == 0 && r.TrailingSlash == "" && r.SinglePage == "" }

//go:embed rules.js
var script string

const rulesBegin = "var rules = "

// Code is the function, for the runtime cloudfront-js-2.0.
func (r Rules) Code() string {
	rules, _ := json.Marshal(r) // it has nothing that JSON has not
	return rulesBegin + string(rules) + ";\n\n" + script
}

// Recognize returns the rules of code that Code has written; false for any other code.
func Recognize(code string) (Rules, bool) {
	var r Rules
	first, _, _ := strings.Cut(code, ";\n")
	if json.Unmarshal([]byte(strings.TrimPrefix(first, rulesBegin)), &r) != nil {
		return Rules{}, false
	}
	return r, r.Code() == code
}
