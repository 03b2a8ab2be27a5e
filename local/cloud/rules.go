package cloud

import (
	"fmt"
	"slices"
	"strings"
)

// unsupported stands where a refusal has AWS's error code, when it is the local
// AWS that has no rules for something: AWS itself might take it.
const unsupported = "unsupported by the local AWS"

// invalidf is a refusal of one input.
func invalidf(code, property, format string, a ...any) *refusal {
	return &refusal{code: code, property: property, message: property + " " + fmt.Sprintf(format, a...)}
}

// oneOf is the rule that a property, when given, has one of some values.
func oneOf(code, property string, values ...string) rule {
	return func(in object) *refusal {
		if v, ok := in[property].(string); ok && !slices.Contains(values, v) {
			return invalidf(code, property, "must be one of %s, got %q", strings.Join(values, ", "), v)
		}
		return nil
	}
}

// within is the rule that a number, when given, lies in a range.
func within(code, property string, least, most float64) rule {
	return func(in object) *refusal {
		if n, ok := in.num(property); ok && (n < least || n > most) {
			return invalidf(code, property, "must be %v-%v, got %v", least, most, n)
		}
		return nil
	}
}
