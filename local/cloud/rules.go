package cloud

import (
	"fmt"
	"slices"
	"strings"
)

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

// inBlock applies rules to a nested block; its refusals name the property inside
// the block.
func inBlock(property string, rules ...rule) rule {
	return func(in object) *refusal {
		block := in.object(property)
		for _, r := range rules {
			if fault := r(block); fault != nil {
				return &refusal{
					code:     fault.code,
					property: property + "." + fault.property,
					message:  property + "." + fault.message,
				}
			}
		}
		return nil
	}
}

// unsupportedBlock refuses a property of a block that the local AWS has no rules
// for: changes lists supported inputs at the top level only.
func unsupportedBlock(properties ...string) rule {
	return func(in object) *refusal {
		for _, p := range properties {
			if in.has(p) {
				return invalidf("unsupported by the local AWS", p, "has no rules there")
			}
		}
		return nil
	}
}
