package iampolicy

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/glob"
)

// Call is one API call as IAM sees it.
type Call struct {
	Action, Resource string
	// Context maps a condition key to its values in the request; a key that the
	// request does not carry is absent.
	Context map[string][]string
	// IgnoreConditions is for calls whose context is not known: a statement that
	// allows does so whatever its conditions, one that denies only without any.
	IgnoreConditions bool
}

// value returns the values of a condition key, whose case does not matter.
// Sourced: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
func (c Call) value(key string) []string {
	for name, values := range c.Context {
		if strings.EqualFold(name, key) {
			return values
		}
	}
	return nil
}

// Allows reports whether policies, as JSON, together allow a call: some statement
// allows it and none denies it. It knows Allow and Deny, actions and resources and
// their negations, wildcards and a few condition operators. What it does not know
// is an error, never a guess.
// Sourced: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func Allows(policies []string, call Call) (bool, error) {
	allowed := false
	for _, policy := range policies {
		var doc struct {
			Version, ID string
			Statement   oneOrMore[statement]
		}
		if err := decode(policy, &doc); err != nil {
			return false, fmt.Errorf("reading policy: %w", err)
		}
		for _, s := range doc.Statement {
			applies, err := s.appliesTo(call)
			switch {
			case err != nil:
				return false, err
			case applies && s.Effect == "Deny":
				return false, nil
			case applies:
				allowed = true
			}
		}
	}
	return allowed, nil
}

// decode reads JSON and refuses members that are not known, and anything behind it.
func decode(text string, into any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("there is more behind the document")
	}
	return nil
}

type statement struct {
	Sid, Effect           string
	Action, NotAction     oneOrMore[string]
	Resource, NotResource oneOrMore[string]
	Condition             map[string]map[string]json.RawMessage
}

// oneOrMore is a JSON value or a list of such values: IAM takes either.
type oneOrMore[T any] []T

func (o *oneOrMore[T]) UnmarshalJSON(b []byte) error {
	if strings.HasPrefix(string(b), "[") {
		return decode(string(b), (*[]T)(o))
	}
	*o = make([]T, 1)
	return decode(string(b), &(*o)[0])
}

// appliesTo reports whether the statement, whatever its effect, is about the call.
func (s statement) appliesTo(call Call) (bool, error) {
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return false, fmt.Errorf("effect must be Allow or Deny, got %q", s.Effect)
	case (s.Action == nil) == (s.NotAction == nil):
		return false, errors.New("statement must have either Action or NotAction")
	case (s.Resource == nil) == (s.NotResource == nil):
		return false, errors.New("statement must have either Resource or NotResource")
	}
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
	ignoringCase := func(pattern, s string) bool { return glob.Match(strings.ToLower(pattern), strings.ToLower(s)) }
	if anyMatches(append(s.Action, s.NotAction...), call.Action, ignoringCase) == (s.Action == nil) ||
		anyMatches(append(s.Resource, s.NotResource...), call.Resource, glob.Match) == (s.Resource == nil) {
		return false, nil
	}
	if call.IgnoreConditions {
		return s.Effect == "Allow" || len(s.Condition) == 0, nil
	}
	for operator, keys := range s.Condition {
		for key, raw := range keys {
			holds, err := conditionHolds(operator, raw, call.value(key))
			if err != nil || !holds {
				return false, err
			}
		}
	}
	return true, nil
}

// conditionHolds reports whether the values of a key in a request satisfy a
// condition.
// Sourced: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func conditionHolds(operator string, raw json.RawMessage, got []string) (bool, error) {
	var want oneOrMore[string]
	if err := json.Unmarshal(raw, &want); err != nil {
		return false, fmt.Errorf("reading condition %s: %w", operator, err)
	}
	base, forAll := strings.CutPrefix(operator, "ForAllValues:")
	var match func(pattern, value string) bool
	switch base {
	case "StringEquals":
		match = func(pattern, value string) bool { return pattern == value }
	case "Bool":
		match = strings.EqualFold
	case "StringLike", "ArnLike":
		match = glob.Match
	default:
		return false, fmt.Errorf("condition operator %q is not supported", operator)
	}
	if !forAll && len(got) == 0 {
		return false, nil
	}
	// ForAllValues holds for an absent key; without it a request carries one value.
	return !slices.ContainsFunc(got, func(v string) bool { return !anyMatches(want, v, match) }), nil
}

func anyMatches(patterns []string, s string, match func(pattern, s string) bool) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, s) })
}
