package iam

import "github.com/portico-iac/portico/local/core"

// policyType is a customer managed policy.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
func policyType() core.Type {
	return core.Type{
		Token:    PolicyToken,
		Global:   true,
		Name:     &core.Autoname{Property: "name", MaxLength: 128},
		Inputs:   []string{"description", "name", "path", "policy", "tags"},
		Defaults: core.Object{"path": "/"},
		Fills:    core.Object{"attachmentCount": 0.0, "namePrefix": "", "policyId": "ANPA{HEX17}"},
		ARN:      "iam:policy{path}{name}",
		Unique:   uniqueName("A policy called {name} already exists. Duplicate names are not allowed."),
		InUse:    "DeleteConflict",
		Same:     map[string]func(was, is any) bool{"policy": core.SameJSON},
		Rules: []core.Rule{
			nameRule(128),
			pathRule,
			core.AtMost(invalid, "description", 1000),
			DocumentRule(malformed, "policy", identityPolicy),
			sizeRule("policy", "PolicySize", 6144),
		},
	}
}

// rolePolicyType is an inline policy of a role. AWS would overwrite one of the same name;
// here that is refused, since two resources would then own it (inferred).
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
func rolePolicyType() core.Type {
	return core.Type{
		Token:      RolePolicyToken,
		Global:     true,
		Name:       &core.Autoname{Property: "name", MaxLength: 128},
		Inputs:     []string{"name", "policy", "role"},
		Fills:      core.Object{"namePrefix": ""},
		ID:         "{role}:{name}",
		References: []core.Reference{roleReference()},
		Unique: []core.Unique{{Inputs: []string{"role", "name"}, Code: "EntityAlreadyExists",
			Message: "The role {role} already has a policy named {name}."}},
		FreeToDelete: "nothing refers to a policy in a role",
		Same:         map[string]func(was, is any) bool{"policy": core.SameJSON},
		Rules:        []core.Rule{nameRule(128), DocumentRule(malformed, "policy", identityPolicy)},
		Apply:        checkInlineSize,
	}
}

// checkInlineSize is the quota of the inline policies of one role together.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func checkInlineSize(t *core.Tx, id string, in core.Object) (core.Object, error) {
	size := sizeOf(in.Str("policy"))
	for _, other := range t.Where(RolePolicyToken, "role", in.Str("role")) {
		if other.Str("id") != id {
			size += sizeOf(other.Str("policy"))
		}
	}
	if size > 10240 {
		return nil, core.Refuse("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role %s", in.Str("role"))
	}
	return nil, nil
}

// rolePolicyAttachmentType attaches a managed policy, of the account or of AWS, to a role.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
func rolePolicyAttachmentType() core.Type {
	return core.Type{
		Token:  AttachmentToken,
		Global: true,
		Inputs: []string{"policyArn", "role"},
		ID:     "{role}-{hex26}",
		References: []core.Reference{
			roleReference(),
			{
				Input: "policyArn", To: []string{PolicyToken}, Code: "NoSuchEntity",
				Exists:  func(_ *core.Tx, arn string) bool { return managedPolicies[arn] != "" },
				Message: func(_ *core.Tx, arn string) string { return "Policy " + arn + " does not exist or is not attachable." },
			},
		},
		// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
		Quotas:       []core.Quota{{Most: 10, Per: "role", Code: "LimitExceeded", Message: "Cannot exceed quota for PoliciesPerRole: 10"}},
		FreeToDelete: "nothing refers to an attachment",
	}
}
