package controls

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/glob"
)

// policy is what the controls look at of a policy document.
type policy struct{ Statement list[statement] }

type statement struct {
	Effect    string
	Principal any
	Action    list[string]
	NotAction list[string]
	Resource  list[string]
	Condition map[string]map[string]list[any]
}

// list is a JSON value or a list of such values, which mean the same in a policy.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(raw []byte) error {
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		return json.Unmarshal(raw, (*[]T)(l))
	}
	*l = make([]T, 1)
	return json.Unmarshal(raw, &(*l)[0])
}

func policyOf(document string) (p policy, ok bool) {
	return p, json.Unmarshal([]byte(document), &p) == nil
}

// everyone says whether the statement's principal is anybody.
func (s statement) everyone() bool {
	principal := s.Principal
	if named, is := principal.(map[string]any); is {
		principal = named["AWS"]
	}
	if several, is := principal.([]any); is {
		return slices.Contains(several, any("*"))
	}
	return principal == "*"
}

// acts says whether the statement's actions have this one among them.
func (s statement) acts(action string) bool {
	matches := func(pattern string) bool { return glob.Match(strings.ToLower(pattern), strings.ToLower(action)) }
	if len(s.NotAction) > 0 {
		return !slices.ContainsFunc(s.NotAction, matches)
	}
	return slices.ContainsFunc(s.Action, matches)
}

// wildcardOfAService says whether the statement allows every action of some service.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21
func (s statement) wildcardOfAService() bool {
	return s.Effect == "Allow" && (len(s.NotAction) > 0 ||
		slices.ContainsFunc(s.Action, func(a string) bool { return a == "*" || strings.HasSuffix(a, ":*") }))
}

// decryptsEverything says whether the statement allows decryption with every key. Conditions
// do not count.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-2
func (s statement) decryptsEverything() bool {
	all := func(resource string) bool {
		return resource == "*" || strings.HasPrefix(resource, "arn:") && strings.Contains(resource, ":kms:") && strings.HasSuffix(resource, "key/*")
	}
	return s.Effect == "Allow" && (s.acts("kms:Decrypt") || s.acts("kms:ReEncryptFrom")) && slices.ContainsFunc(s.Resource, all)
}

// eachPolicy decides a control of policy documents, which stand in property.
func eachPolicy(what, property, fault string, wrong func(statement) bool, kinds ...string) func(*resources) Finding {
	return alone(what, func(one resource) string {
		p, ok := policyOf(one.text(property))
		if !ok {
			return "has a document that cannot be read"
		}
		return unless(!slices.ContainsFunc(p.Statement, wrong), fault)
	}, kinds...)
}
