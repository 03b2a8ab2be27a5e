// Package policytest evaluates IAM policies in tests: it answers whether a
// rendered policy allows a given API call, so that a test can hold a policy
// against the calls that a program really makes.
//
// It knows what the policies here use: Allow and Deny, wildcards in actions and
// resources, and a few condition operators. What it does not know is an error,
// never a guess.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
package policytest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Call is one API call as IAM sees it.
type Call struct {
	Action   string
	Resource string
	// Context maps a condition key to its values in the request; a key that the
	// request does not carry is absent.
	Context map[string][]string
}

// Allows says whether the policy, by itself, allows the call: some statement
// allows it and none denies it.
func Allows(policy string, call Call) (bool, error) {
	var doc struct {
		Version   string
		Statement []statement
	}
	dec := json.NewDecoder(strings.NewReader(policy))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return false, fmt.Errorf("reading policy: %w", err)
	}
	allowed := false
	for _, s := range doc.Statement {
		matches, err := s.matches(call)
		switch {
		case err != nil:
			return false, err
		case matches && s.Effect == "Deny":
			return false, nil
		case matches && s.Effect == "Allow":
			allowed = true
		}
	}
	return allowed, nil
}

type statement struct {
	Sid       string
	Effect    string
	Action    oneOrMore
	Resource  oneOrMore
	Condition map[string]map[string]oneOrMore
}

// oneOrMore is a JSON string or a list of strings: IAM takes either.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

func (s statement) matches(call Call) (bool, error) {
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return false, fmt.Errorf("effect must be Allow or Deny, got %q", s.Effect)
	}
	// Actions are case-insensitive, resources are not.
	fold := func(pattern, value string) bool { return like(strings.ToLower(pattern), strings.ToLower(value)) }
	if !anyMatch(s.Action, call.Action, fold) || !anyMatch(s.Resource, call.Resource, like) {
		return false, nil
	}
	for operator, keys := range s.Condition {
		for key, want := range keys {
			holds, err := condition(operator, want, call.Context[key])
			if err != nil || !holds {
				return false, err
			}
		}
	}
	return true, nil
}

func condition(operator string, want, got []string) (bool, error) {
	base, forAll := strings.CutPrefix(operator, "ForAllValues:")
	var match func(pattern, value string) bool
	switch base {
	case "StringEquals":
		match = func(pattern, value string) bool { return pattern == value }
	case "StringLike", "ArnLike":
		match = like
	default:
		return false, fmt.Errorf("condition operator %q is not known here", operator)
	}
	if !forAll && len(got) == 0 {
		return false, nil
	}
	// ForAllValues holds for an absent key; without it a request carries one value.
	return !slices.ContainsFunc(got, func(v string) bool { return !anyMatch(want, v, match) }), nil
}

func anyMatch(patterns []string, value string, match func(pattern, value string) bool) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, value) })
}

// like matches IAM's wildcards: * is any text, ? one character.
func like(pattern, value string) bool {
	p := regexp.QuoteMeta(pattern)
	p = strings.NewReplacer(`\*`, `(?s:.*)`, `\?`, `(?s:.)`).Replace(p)
	return regexp.MustCompile("^" + p + "$").MatchString(value)
}
