package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// inBlocks is inBlock for blocks further down and for lists of blocks: the path
// "origins.customOriginConfig" reaches that block of every origin.
func inBlocks(path string, rules ...rule) rule {
	return func(in object) *refusal {
		for _, found := range blocksAt(in, path) {
			for _, r := range rules {
				if fault := r(found.block); fault != nil {
					return &refusal{
						code:     fault.code,
						property: join(found.where, fault.property),
						message:  join(found.where, fault.message),
					}
				}
			}
		}
		return nil
	}
}

// placed is a nested block and where it was found, as in "origins[1]".
type placed struct {
	where string
	block object
}

// blocksAt are the blocks under a dotted path; what is not known yet is left out.
func blocksAt(in object, path string) []placed {
	found := []placed{{block: in}}
	for _, key := range strings.Split(path, ".") {
		var next []placed
		for _, parent := range found {
			for i, b := range blocks(parent.block[key]) {
				where := join(parent.where, key)
				if parent.block.list(key) != nil {
					where = fmt.Sprintf("%s[%d]", where, i)
				}
				next = append(next, placed{where, b})
			}
		}
		found = next
	}
	return found
}

// onlyFields refuses every field of a block except those named, for which the
// local AWS has rules: changes lists supported inputs at the top level only.
func onlyFields(fields ...string) rule {
	return func(in object) *refusal {
		for _, key := range in.keys() {
			if !slices.Contains(fields, key) {
				return invalidf(unsupported, key, "has no rules there")
			}
		}
		return nil
	}
}

// matching is the rule that a string, when given, has a form, which says tells in
// words.
func matching(code, property string, form *regexp.Regexp, says string) rule {
	return func(in object) *refusal {
		if s, ok := in[property].(string); ok && !form.MatchString(s) {
			return invalidf(code, property, "must be %s, got %q", says, s)
		}
		return nil
	}
}

// atMost is the rule that a string, when given, is no longer than so many
// characters.
func atMost(code, property string, most int) rule {
	return func(in object) *refusal {
		if n := len([]rune(in.str(property))); n > most {
			return invalidf(code, property, "must have at most %d characters, got %d", most, n)
		}
		return nil
	}
}
