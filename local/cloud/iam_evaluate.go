package cloud

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/iampolicy"
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
// are taken for fulfilled: what they ask is not known here. A policy that cannot be
// evaluated, which checkDocument lets none be, allows nothing.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// *sourced*
func roleMay(t *tx, role object, action, resource string) bool {
	allowed, err := iampolicy.Allows(policiesOf(t, role.str("id")), iampolicy.Call{Action: action, Resource: resource, IgnoreConditions: true})
	return err == nil && allowed
}

// policiesOf are the policies of a role, inside it and attached to it, as JSON.
func policiesOf(t *tx, role string) []string {
	var out []string
	for _, inline := range t.where(iamRolePolicyToken, "role", role) {
		out = append(out, inline.str("policy"))
	}
	for _, attached := range t.where(iamAttachmentToken, "role", role) {
		arn := attached.str("policyArn")
		if own, ok := t.get(iamPolicyToken, arn); ok {
			out = append(out, own.str("policy"))
		}
		if actions := managedAllows[arn]; len(actions) > 0 {
			out = append(out, allowingAll(actions))
		}
	}
	return out
}

// allowingAll is a policy that allows actions on any resource, as JSON.
func allowingAll(actions []string) string {
	return `{"Statement":{"Effect":"Allow","Resource":"*","Action":["` + strings.Join(actions, `","`) + `"]}}`
}
