package iampolicy

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Concerning is a resource's policy as Allows reads it, with the statements alone that are
// about a service; with "", about anonymous callers.
// Sourced: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func Concerning(policy, service string) (string, error) {
	var doc struct {
		Statement oneOrMore[map[string]json.RawMessage]
	}
	if err := json.Unmarshal([]byte(policy), &doc); err != nil {
		return "", fmt.Errorf("reading policy: %w", err)
	}
	about := []map[string]json.RawMessage{}
	for _, s := range doc.Statement {
		named, isNot := s["Principal"], false
		if not, ok := s["NotPrincipal"]; ok {
			named, isNot = not, true
		}
		names, err := namesPrincipal(named, service)
		if err != nil {
			return "", err
		}
		if names != isNot {
			delete(s, "Principal")
			delete(s, "NotPrincipal")
			about = append(about, s)
		}
	}
	out, err := json.Marshal(map[string]any{"Statement": about})
	return string(out), err
}

// namesPrincipal says whether a Principal element names the service, or everybody.
func namesPrincipal(raw json.RawMessage, service string) (bool, error) {
	if string(raw) == `"*"` {
		return true, nil
	}
	var by map[string]oneOrMore[string]
	if err := json.Unmarshal(raw, &by); err != nil {
		return false, fmt.Errorf("reading a Principal: %w", err)
	}
	return slices.Contains(by["AWS"], "*") || service != "" && slices.Contains(by["Service"], service), nil
}
