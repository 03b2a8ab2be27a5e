package core_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/core"
)

// says is what a rule refuses, "" for nothing.
func says(rule core.Rule, in core.Object) string {
	if fault := rule(in); fault != nil {
		return fault.Error()
	}
	return ""
}

func TestConstraints(t *testing.T) {
	unknown := core.Unknown{}
	for name, tc := range map[string]struct {
		rule core.Rule
		in   core.Object
		want string
	}{
		"required":              {core.Required("C", "a"), core.Object{"a": ""}, ""},
		"required, unknown":     {core.Required("C", "a"), core.Object{"a": unknown}, ""},
		"required, not given":   {core.Required("C", "a"), core.Object{}, "C: a is required"},
		"required, empty":       {core.Required("C", "a"), core.Object{"a": []any{}}, "C: a is required"},
		"absent":                {core.Absent("C", "a"), core.Object{"a": []any{}}, ""},
		"absent, given":         {core.Absent("C", "a"), core.Object{"a": unknown}, "C: a cannot be given"},
		"needs":                 {core.Needs("C", "a", "b"), core.Object{"a": 1.0, "b": unknown}, ""},
		"needs, neither":        {core.Needs("C", "a", "b"), core.Object{}, ""},
		"needs, alone":          {core.Needs("C", "a", "b"), core.Object{"a": 1.0}, "C: b must be given with a"},
		"not both":              {core.NotBoth("C", "a", "b"), core.Object{"a": 1.0, "b": []any{}}, ""},
		"both":                  {core.NotBoth("C", "a", "b"), core.Object{"a": 1.0, "b": 2.0}, "C: a cannot be given together with b"},
		"one of, beside empty":  {core.ExactlyOneOf("a", "b"), core.Object{"a": 1.0, "b": []any{}}, ""},
		"number":                {core.OneOfNumbers("C", "a", 1, 3), core.Object{"a": 3.0}, ""},
		"number, unknown":       {core.OneOfNumbers("C", "a", 1, 3), core.Object{"a": unknown}, ""},
		"other number":          {core.OneOfNumbers("C", "a", 1, 3), core.Object{"a": 2.0}, "C: a must be one of [1 3], got 2"},
		"not above":             {core.NotAbove("C", "a", "b"), core.Object{"a": 2.0, "b": 2.0}, ""},
		"not above, unknown":    {core.NotAbove("C", "a", "b"), core.Object{"a": 2.0, "b": unknown}, ""},
		"above":                 {core.NotAbove("C", "a", "b"), core.Object{"a": 3.0, "b": 2.0}, "C: a must be at most b, which is 2, got 3"},
		"not matching":          {core.NotMatching("C", "a", regexp.MustCompile("^x"), "begin with x"), core.Object{"a": "yx"}, ""},
		"matching":              {core.NotMatching("C", "a", regexp.MustCompile("^x"), "begin with x"), core.Object{"a": "x"}, `C: a must not begin with x, got "x"`},
		"when":                  {core.When("a", true, core.Required("C", "b")), core.Object{"a": true}, "C: b is required with a true"},
		"when it has another":   {core.When("a", "x", core.Required("C", "b")), core.Object{"a": "y"}, ""},
		"when it is not known":  {core.When("a", "x", core.Required("C", "b")), core.Object{"a": unknown}, ""},
		"when nothing is wrong": {core.When("a", "x", core.Required("C", "b")), core.Object{"a": "x", "b": 1.0}, ""},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tc.want, says(tc.rule, tc.in)) })
	}
}
