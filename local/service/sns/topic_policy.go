package sns

import (
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// topicPolicyType is the policy of a topic, in place of the one that lets its account use it.
// Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
func topicPolicyType() core.Type {
	return core.Type{
		Token:        TopicPolicyToken,
		Inputs:       []string{"arn", "policy"},
		Fills:        core.Object{"owner": "{account}"},
		ID:           "{arn}",
		Same:         map[string]func(was, is any) bool{"policy": core.SameJSON},
		References:   []core.Reference{{Input: "arn", To: []string{TopicToken}, Code: "NotFound", Cascades: true}},
		FreeToDelete: "the topic gets its first policy back",
		Rules: []core.Rule{
			iam.DocumentRule(invalid, "policy", iam.ResourcePolicy),
			policyActionsRule,
		},
		Apply: checkPolicyResource,
	}
}

// policyActionsRule refuses actions of other services.
// Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
// *sourced*, the wording inferred
func policyActionsRule(in core.Object) *core.Refusal {
	for _, action := range iam.Document(in.Str("policy")).StrsAt("Statement.Action") {
		if action != "*" && !strings.HasPrefix(strings.ToLower(action), "sns:") {
			return core.Invalid(invalid, "policy", "statement action out of service scope: %s", action)
		}
	}
	return nil
}

// checkPolicyResource requires a policy to be about its own topic.
// Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
// *sourced*, the wording inferred
func checkPolicyResource(_ *core.Tx, topic string, in core.Object) (core.Object, error) {
	for _, resource := range iam.Document(in.Str("policy")).StrsAt("Statement.Resource") {
		if resource != topic {
			return nil, core.Refuse(invalid, "Policy statement resource must be the topic %s, got %s", topic, resource)
		}
	}
	return nil, nil
}
