// Package awsrule holds AWS's rules for what the components are given, as functions
// on plain values. A rule returns what is wrong and how to fix it; the caller adds
// the path of the field. The facts that rules rest on are in package awstable.
package awsrule

import (
	"fmt"
	"slices"
	"strings"
)

// Between refuses n when it is below lo or above hi. The unit, "s" or "MiB" for
// example, follows the bounds; it may be empty.
func Between(n, lo, hi int, unit string) error {
	if n < lo || n > hi {
		return fmt.Errorf("must be %d-%d%s, got %d", lo, hi, spaced(unit), n)
	}
	return nil
}

// OneOf refuses value when it is not among allowed.
func OneOf(value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	quoted := make([]string, len(allowed))
	for i, a := range allowed {
		quoted[i] = fmt.Sprintf("%q", a)
	}
	return fmt.Errorf("must be one of %s, got %q", strings.Join(quoted, ", "), value)
}

func spaced(unit string) string {
	if unit == "" {
		return ""
	}
	return " " + unit
}
