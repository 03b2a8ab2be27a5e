package iam

import (
	"slices"

	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local/core"
)

// managedPolicies are the AWS managed policies that exist here. Their documents have only
// the actions that the local AWS evaluates.
// Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSTaskExecutionRolePolicy.html
var managedPolicies = map[string]string{
	"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore": nothing,
	"arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy":  nothing,
	"arn:aws:iam::aws:policy/ReadOnlyAccess":               nothing,
	"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy": `{"Statement":{"Effect":"Allow","Resource":"*","Action":[
		"ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage",
		"logs:CreateLogStream","logs:PutLogEvents"]}}`,
}

// nothing is a policy without statements.
const nothing = `{"Statement":[]}`

// RoleByArn finds a role by its ARN.
func RoleByArn(t *core.Tx, arn string) (core.Object, bool) {
	token, role, ok := t.ByARN(arn)
	return role, ok && token == RoleToken
}

// RoleMay tells whether the policies of a role allow an action on a resource. Conditions
// count as true: the local AWS does not evaluate them. A policy that cannot be evaluated
// allows nothing.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func RoleMay(t *core.Tx, role core.Object, action, resource string) bool {
	allowed, err := iampolicy.Allows(policiesOf(t, role.Str("id")), iampolicy.Call{
		Action: action, Resource: resource, IgnoreConditions: true,
	})
	return err == nil && allowed
}

// policiesOf are the documents of a role's inline and attached policies.
func policiesOf(t *core.Tx, role string) []string {
	var out []string
	for _, inline := range t.Where(RolePolicyToken, "role", role) {
		out = append(out, inline.Str("policy"))
	}
	for _, attached := range t.Where(AttachmentToken, "role", role) {
		arn := attached.Str("policyArn")
		if own, ok := t.Get(PolicyToken, arn); ok {
			out = append(out, own.Str("policy"))
		} else if document, ok := managedPolicies[arn]; ok {
			out = append(out, document)
		}
	}
	return out
}

// Trusts tells whether a role's trust policy lets a service assume it.
func Trusts(role core.Object, service string) bool {
	document := Document(role.Str("assumeRolePolicy"))
	return slices.ContainsFunc(core.BlocksAt(document, "Statement"), func(s core.Placed) bool {
		return s.Block.Str("Effect") == "Allow" && slices.Contains(s.Block.StrsAt("Principal.Service"), service)
	})
}
