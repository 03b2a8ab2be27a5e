package core

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Rule is one rule of AWS, or of the real provider's schema, on the inputs alone.
// It returns nil when the rule is kept or does not apply. It also runs at preview,
// where a value may not be known yet and then reads as absent (Has tells that it
// was given): a rule must refuse nothing because of a value it cannot see.
type Rule func(in Object) *Refusal

// OneOf is the rule that a string, or each string of a list, is one of some values.
func OneOf(code, property string, values ...string) Rule {
	return func(in Object) *Refusal {
		for _, v := range in.StrsAt(property) {
			if !slices.Contains(values, v) {
				return Invalid(code, property, "must be one of %s, got %q", strings.Join(values, ", "), v)
			}
		}
		return nil
	}
}

// Within is the rule that a number, when given, lies in a range.
func Within(code, property string, least, most float64) Rule {
	return func(in Object) *Refusal {
		if n, ok := in.Num(property); ok && (n < least || n > most) {
			return Invalid(code, property, "must be %.10g-%.10g, got %.10g", least, most, n)
		}
		return nil
	}
}

// OneOfNumbers is the rule that a number is one of some values.
func OneOfNumbers(code, property string, values ...float64) Rule {
	return func(in Object) *Refusal {
		if n, ok := in.Num(property); ok && !slices.Contains(values, n) {
			return Invalid(code, property, "must be one of %v, got %v", values, n)
		}
		return nil
	}
}

// NotAbove is the rule that a number is at most another one, where both are given.
func NotAbove(code, property, other string) Rule {
	return func(in Object) *Refusal {
		n, ok := in.Num(property)
		most, isLimited := in.Num(other)
		if ok && isLimited && n > most {
			return Invalid(code, property, "must be at most %s, which is %v, got %v", other, most, n)
		}
		return nil
	}
}

// Matching is the rule that a string, or each string of a list, has a form, which
// says describes.
func Matching(code, property string, form *regexp.Regexp, says string) Rule {
	return func(in Object) *Refusal {
		for _, s := range in.StrsAt(property) {
			if !form.MatchString(s) {
				return Invalid(code, property, "must be %s, got %q", says, s)
			}
		}
		return nil
	}
}

// NotMatching is the rule that a string, or each string of a list, does not have a form,
// which says describes.
func NotMatching(code, property string, form *regexp.Regexp, says string) Rule {
	return func(in Object) *Refusal {
		for _, s := range in.StrsAt(property) {
			if form.MatchString(s) {
				return Invalid(code, property, "must not %s, got %q", says, s)
			}
		}
		return nil
	}
}

// AtMost is the rule that a string, or each string of a list, has at most so many
// characters.
func AtMost(code, property string, most int) Rule {
	return func(in Object) *Refusal {
		for _, s := range in.StrsAt(property) {
			if n := len([]rune(s)); n > most {
				return Invalid(code, property, "must have at most %d characters, got %d", most, n)
			}
		}
		return nil
	}
}

// AtMostItems is the rule that a list or a map has at most so many elements.
func AtMostItems(code, property string, most int) Rule {
	return func(in Object) *Refusal {
		if n := max(len(in.List(property)), len(in.Block(property))); n > most {
			return Invalid(code, property, "must be at most %d, got %d", most, n)
		}
		return nil
	}
}

// Distinct is the rule that the strings at a dotted path differ: those of a list, or
// of a field in a list of blocks.
func Distinct(code, path string) Rule {
	return func(in Object) *Refusal {
		values := in.StrsAt(path)
		for i, v := range values {
			if slices.Contains(values[:i], v) {
				return Invalid(code, path, "must differ, got %q twice", v)
			}
		}
		return nil
	}
}

// ExactlyOneOf is the provider's rule that just one of some inputs is given.
func ExactlyOneOf(properties ...string) Rule {
	return func(in Object) *Refusal {
		var given []string
		for _, p := range properties {
			if isGiven(in, p) {
				given = append(given, p)
			}
		}
		if len(given) == 1 {
			return nil
		}
		return &Refusal{Code: "InvalidParameterCombination", Property: properties[0],
			Message: fmt.Sprintf("Exactly one of [%s] must be configured, got [%s]",
				strings.Join(properties, ", "), strings.Join(given, ", "))}
	}
}

// NotBoth is the rule that an input is not given together with another.
func NotBoth(code, property, other string) Rule {
	return func(in Object) *Refusal {
		if isGiven(in, property) && isGiven(in, other) {
			return Invalid(code, property, "cannot be given together with %s", other)
		}
		return nil
	}
}

// Needs is the rule that an input is given only together with another.
func Needs(code, property, other string) Rule {
	return func(in Object) *Refusal {
		if isGiven(in, property) && !isGiven(in, other) {
			return Invalid(code, other, "must be given with %s", property)
		}
		return nil
	}
}

// Required is the rule that an input is given, a list with at least one element.
func Required(code, property string) Rule {
	return func(in Object) *Refusal {
		if !isGiven(in, property) {
			return Invalid(code, property, "is required")
		}
		return nil
	}
}

// Absent is the rule that an input is not given.
func Absent(code, property string) Rule {
	return func(in Object) *Refusal {
		if isGiven(in, property) {
			return Invalid(code, property, "cannot be given")
		}
		return nil
	}
}

// isGiven tells whether an input was given, known or not. An empty list counts as not
// given, as it does for the real provider.
func isGiven(in Object, property string) bool { return canonical(in[property], false) != nil }

// When applies rules only if an input has a value.
func When(property string, value any, rules ...Rule) Rule {
	return func(in Object) *Refusal {
		if in[property] != value {
			return nil
		}
		for _, rule := range rules {
			if fault := rule(in); fault != nil {
				message := fmt.Sprintf("%s with %s %v", fault.Message, property, value)
				return &Refusal{Code: fault.Code, Property: fault.Property, Message: message}
			}
		}
		return nil
	}
}

// InBlocks applies rules to every block at a dotted path: "origins.customOriginConfig"
// is that block of every origin.
func InBlocks(path string, rules ...Rule) Rule {
	return func(in Object) *Refusal {
		for _, found := range BlocksAt(in, path) {
			for _, r := range rules {
				if fault := r(found.Block); fault != nil {
					message := fault.Message
					if strings.HasPrefix(message, fault.Property) {
						message = Join(found.Path, message)
					}
					return &Refusal{Code: fault.Code, Property: Join(found.Path, fault.Property), Message: message}
				}
			}
		}
		return nil
	}
}

// Placed is a nested block with its path, such as "origins[1]".
type Placed struct {
	Path  string
	Block Object
}

// BlocksAt are the blocks at a dotted path; what is not known yet is left out.
func BlocksAt(in Object, path string) []Placed {
	found := []Placed{{Block: in}}
	for _, key := range strings.Split(path, ".") {
		var next []Placed
		for _, parent := range found {
			for i, b := range elements(parent.Block[key]) {
				block := AsObject(b)
				if block == nil {
					continue
				}
				where := Join(parent.Path, key)
				if parent.Block.List(key) != nil {
					where = fmt.Sprintf("%s[%d]", where, i)
				}
				next = append(next, Placed{where, block})
			}
		}
		found = next
	}
	return found
}
