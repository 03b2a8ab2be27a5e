// Package iam is Identity and Access Management: roles, their policies and
// instance profiles.
package iam

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// Tokens of the types.
const (
	RoleToken       = "aws:iam/role:Role"
	RolePolicyToken = "aws:iam/rolePolicy:RolePolicy"
	AttachmentToken = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	ProfileToken    = "aws:iam/instanceProfile:InstanceProfile"
	PolicyToken     = "aws:iam/policy:Policy"
)

// Service is what the local AWS has of IAM.
func Service() core.Service {
	return core.Service{Types: []core.Type{
		roleType(), instanceProfileType(), rolePolicyType(), rolePolicyAttachmentType(), policyType(),
	}}
}

// roleReference is an input that names a role.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
func roleReference() core.Reference {
	return core.Reference{Input: "role", To: []string{RoleToken}, Code: "NoSuchEntity", Message: func(_ *core.Tx, role string) string {
		return "The role with name " + role + " cannot be found."
	}}
}

// uniqueName allows one resource of a type with a name.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
func uniqueName(message string) []core.Unique {
	return []core.Unique{{Inputs: []string{"name"}, Code: "EntityAlreadyExists", Message: message}}
}

// The codes with which IAM refuses an input.
const (
	invalid   = "ValidationError"
	malformed = "MalformedPolicyDocument"
)

// nameRule limits the characters and the length of the name of a role, a profile or a policy.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func nameRule(most int) core.Rule {
	form := regexp.MustCompile(fmt.Sprintf(`^[\w+=,.@-]{1,%d}$`, most))
	return core.Matching(invalid, "name", form, fmt.Sprintf("1-%d of the characters A-Z a-z 0-9 and +=,.@_-", most))
}

// pathRule is the form of a path: slashes at both ends, printable ASCII between them.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
var pathRule = core.Matching(invalid, "path", regexp.MustCompile(`^/([\x21-\x7e]{1,510}/)?$`),
	"at most 512 characters that begin and end with a slash")

// sizeRule is the default quota of the size of a policy document.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func sizeRule(property, quota string, most int) core.Rule {
	return func(in core.Object) *core.Refusal {
		if sizeOf(in.Str(property)) > most {
			return &core.Refusal{Code: "LimitExceeded", Property: property,
				Message: fmt.Sprintf("Cannot exceed quota for %s: %d", quota, most)}
		}
		return nil
	}
}

// sizeOf is how many characters of a document IAM counts: it ignores white space.
func sizeOf(document string) int {
	return len(strings.Join(strings.Fields(document), ""))
}
