// Package awsrule holds AWS's rules for what the components are given, as functions
// on plain values. A rule returns what is wrong and how to fix it; the caller adds
// the path of the field. The facts that rules rest on are in package awstable.
package awsrule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/fault"
)

// Between refuses n when it is below lo or above hi. The unit, "s" or "MiB" for
// example, follows the bounds; it may be empty.
func Between(n, lo, hi int, unit string) error {
	if unit != "" {
		unit = " " + unit
	}
	return unless(lo <= n && n <= hi, "must be %d-%d%s, got %d", lo, hi, unit, n)
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

// unless is the refusal of what is not ok.
func unless(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// EachOneOf records the values that are not among allowed, and those that are there twice.
func EachOneOf(l *fault.List, path string, values []string, allowed ...string) {
	checkEach(l, path, values, func(value string) error { return OneOf(value, allowed...) })
}

// checkEach records the faults of each value, and those that are there twice.
func checkEach(l *fault.List, path string, values []string, rule func(string) error) {
	for i, v := range values {
		at := fault.Index(path, i)
		l.Check(at, rule(v))
		if slices.Contains(values[:i], v) {
			l.Addf(at, "is a duplicate of %q: remove it", v)
		}
	}
}
