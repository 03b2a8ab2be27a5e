package cloud

import (
	"encoding/json"
	"slices"
	"strings"
)

// managedAllows is what AWS's own policies allow, as far as the local AWS acts
// on it: on any resource.
// Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSTaskExecutionRolePolicy.html
// *sourced*
var managedAllows = map[string][]string{
	"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy": append(slices.Clone(ecrActions),
		"logs:CreateLogStream", "logs:PutLogEvents"),
}

// roleMay tells whether the policies of a role let it do something. Conditions
// are taken for fulfilled: what they ask is not known here.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// *sourced*
func roleMay(t *tx, role object, action, resource string) bool {
	allowed := false
	for _, document := range documentsOf(t, role.str("id")) {
		for _, s := range manyOrOne(document["Statement"]) {
			statement := asObject(s)
			if !statementCovers(statement, "Action", action, true) || !statementCovers(statement, "Resource", resource, false) {
				continue
			}
			if statement.str("Effect") == "Deny" && !statement.has("Condition") {
				return false
			}
			allowed = allowed || statement.str("Effect") == "Allow"
		}
	}
	return allowed
}

// documentsOf are the policies of a role, inside it and attached to it.
func documentsOf(t *tx, role string) []object {
	var out []object
	read := func(raw string) {
		var document map[string]any
		if json.Unmarshal([]byte(raw), &document) == nil {
			out = append(out, document)
		}
	}
	for _, inline := range t.where(iamRolePolicyToken, "role", role) {
		read(inline.str("policy"))
	}
	for _, attached := range t.where(iamAttachmentToken, "role", role) {
		arn := attached.str("policyArn")
		if own, ok := t.get(iamPolicyToken, arn); ok {
			read(own.str("policy"))
		}
		if actions := managedAllows[arn]; len(actions) > 0 {
			out = append(out, object{"Statement": map[string]any{
				"Effect": "Allow", "Action": list(actions...), "Resource": "*",
			}})
		}
	}
	return out
}

// statementCovers tells whether an element of a statement, or its negation, is about a
// name. Actions are compared without regard to case.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
// *sourced*
func statementCovers(statement object, element, name string, fold bool) bool {
	has := func(key string) bool {
		return slices.ContainsFunc(manyOrOne(statement[key]), func(v any) bool {
			pattern, _ := v.(string)
			if fold {
				return wildcardMatch(strings.ToLower(pattern), strings.ToLower(name))
			}
			return wildcardMatch(pattern, name)
		})
	}
	if statement.has("Not" + element) {
		return !has("Not" + element)
	}
	return has(element)
}

// wildcardMatch tells whether a name fits a pattern in which * stands for any
// characters and ? for one.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
// *sourced*
func wildcardMatch(pattern, name string) bool {
	if pattern == "" {
		return name == ""
	}
	switch pattern[0] {
	case '*':
		for i := range len(name) + 1 {
			if wildcardMatch(pattern[1:], name[i:]) {
				return true
			}
		}
		return false
	case '?':
		return name != "" && wildcardMatch(pattern[1:], name[1:])
	}
	return name != "" && name[0] == pattern[0] && wildcardMatch(pattern[1:], name[1:])
}
