package iam

import "github.com/portico-iac/portico/local/core"

// roleType is a role. Its unique id is never used again. managedPolicyArns and
// inlinePolicies are not supported: they conflict with the resources that attach
// policies one by one.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
func roleType() core.Type {
	return core.Type{
		Token:  RoleToken,
		Global: true,
		Name:   &core.Autoname{Property: "name", MaxLength: 64},
		Inputs: []string{
			"assumeRolePolicy", "description", "forceDetachPolicies", "maxSessionDuration", "name", "path", "tags",
		},
		Defaults: core.Object{"forceDetachPolicies": false, "maxSessionDuration": 3600.0, "path": "/"},
		Fills: core.Object{
			"createDate": "{now}", "inlinePolicies": core.List(), "managedPolicyArns": core.List(), "namePrefix": "",
			"uniqueId": "AROA{HEX17}",
		},
		ID:     "{name}",
		ARN:    "iam:role{path}{name}",
		Unique: uniqueName("Role with name {name} already exists."),
		InUse:  "DeleteConflict",
		Same:   map[string]func(was, is any) bool{"assumeRolePolicy": core.SameJSON},
		Rules: []core.Rule{
			nameRule(64),
			pathRule,
			DocumentRule(malformed, "assumeRolePolicy", trustPolicy),
			sizeRule("assumeRolePolicy", "ACLSizePerRole", 2048),
			core.Within(invalid, "maxSessionDuration", 3600, 43200),
			core.AtMost(invalid, "description", 1000),
		},
		Delete: removeRole,
	}
}

// removeRole takes a role out of instance profiles, as the real provider does, and
// detaches its policies if forceDetachPolicies is true; otherwise they prevent deletion.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
// *sourced*; that the provider handles instance profiles is inferred
func removeRole(t *core.Tx, id string, state core.Object) error {
	if state.Bool("forceDetachPolicies") {
		for _, token := range []string{AttachmentToken, RolePolicyToken} {
			for _, policy := range t.Where(token, "role", id) {
				t.Drop(token, policy.Str("id"))
			}
		}
	}
	for _, profile := range t.Where(ProfileToken, "role", id) {
		t.Set(ProfileToken, profile.Str("id"), profile.Without("role"))
	}
	return nil
}

// instanceProfileType is the profile through which an instance has a role.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
func instanceProfileType() core.Type {
	role := roleReference()
	role.Loose = true
	return core.Type{
		Token:        ProfileToken,
		Global:       true,
		Name:         &core.Autoname{Property: "name", MaxLength: 128},
		Inputs:       []string{"name", "path", "role", "tags"},
		Defaults:     core.Object{"path": "/"},
		Fills:        core.Object{"createDate": "{now}", "namePrefix": "", "uniqueId": "AIPA{HEX17}"},
		ID:           "{name}",
		ARN:          "iam:instance-profile{path}{name}",
		References:   []core.Reference{role},
		Unique:       uniqueName("Instance Profile {name} already exists."),
		FreeToDelete: "instances lose their role",
		Rules:        []core.Rule{nameRule(128), pathRule},
	}
}
