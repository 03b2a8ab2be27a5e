package cloud

import (
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
)

const (
	iamRoleToken       = "aws:iam/role:Role"
	iamRolePolicyToken = "aws:iam/rolePolicy:RolePolicy"
	iamAttachmentToken = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	iamProfileToken    = "aws:iam/instanceProfile:InstanceProfile"
	iamPolicyToken     = "aws:iam/policy:Policy"
)

// iamArea is what is supported of Identity and Access Management.
func iamArea() area {
	return area{kinds: []kind{
		iamRoleKind(), iamInstanceProfileKind(),
		iamRolePolicyKind(), iamRolePolicyAttachmentKind(), iamPolicyKind(),
	}}
}

// iamRoleKind is a role. managedPolicyArns and inlinePolicies are left out: they
// fight with the resources that attach policies one by one.
func iamRoleKind() kind {
	return kind{
		token:    iamRoleToken,
		inputs:   iam.RoleArgs{}.ElementType(),
		state:    reflect.TypeOf(iam.Role{}),
		global:   true,
		autoname: &autoname{property: "name", maxLength: 64},
		required: []string{"assumeRolePolicy"},
		changes: map[string]change{
			"assumeRolePolicy":    updates,
			"description":         updates,
			"forceDetachPolicies": updates,
			"maxSessionDuration":  updates,
			"name":                replaces,
			"path":                replaces,
			"tags":                updates,
		},
		defaults:  object{"forceDetachPolicies": false, "maxSessionDuration": 3600.0, "path": "/"},
		overrides: sameDocument("assumeRolePolicy"),
		rules: []rule{
			iamNameRule(64),
			iamPathRule,
			documentRule("assumeRolePolicy", trustPolicy),
			sessionDurationRule,
			iamDescriptionRule,
		},
		create: createRole,
		update: updateRole,
		remove: removeRole,
	}
}

// createRole makes a role; names are unique in the account.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
// *sourced*
func createRole(t *tx, in object) (string, object, error) {
	name := in.str("name")
	if _, taken := t.get(iamRoleToken, name); taken {
		return "", nil, refuse("EntityAlreadyExists", "Role with name %s already exists.", name)
	}
	if err := checkTrustSize(in); err != nil {
		return "", nil, err
	}
	return name, iamOutputs(t, "role", "AROA", in).with(object{
		"managedPolicyArns": list(), "inlinePolicies": list(),
	}), nil
}

// updateRole changes what of a role changes in place.
func updateRole(_ *tx, _ string, _, in object) (object, error) {
	return nil, checkTrustSize(in)
}

// iamOutputs are the outputs that everything IAM has in common: the ARN with its
// path, an id that is never used again, and when it was made.
func iamOutputs(t *tx, kind, idPrefix string, in object) object {
	return object{
		"arn":        t.arn("iam", kind+in.str("path")+in.str("name")),
		"uniqueId":   idPrefix + strings.ToUpper(t.hex(17)),
		"createDate": t.now().Format(time.RFC3339),
		"namePrefix": "",
	}
}

// removeRole refuses to delete a role to which policies are still attached,
// unless the resource says that they may be detached. The provider itself takes
// the role out of instance profiles first.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
// *sourced*; that instance profiles are no obstacle is the provider's doing, inferred
func removeRole(t *tx, id string, state object) error {
	for _, token := range []string{iamAttachmentToken, iamRolePolicyToken} {
		for _, attached := range t.where(token, "role", id) {
			if !state.boolean("forceDetachPolicies") {
				return refuse("DeleteConflict", "Cannot delete entity, must %s first.", map[string]string{
					iamAttachmentToken: "detach all policies",
					iamRolePolicyToken: "delete policies",
				}[token])
			}
			t.drop(token, attached.str("id"))
		}
	}
	for _, profile := range t.where(iamProfileToken, "role", id) {
		t.set(iamProfileToken, profile.str("id"), profile.without("role"))
	}
	return nil
}

// iamInstanceProfileKind is what carries a role onto an instance.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
// *sourced*
func iamInstanceProfileKind() kind {
	return kind{
		token:    iamProfileToken,
		inputs:   iam.InstanceProfileArgs{}.ElementType(),
		state:    reflect.TypeOf(iam.InstanceProfile{}),
		global:   true,
		autoname: &autoname{property: "name", maxLength: 128},
		changes: map[string]change{
			"name": replaces,
			"path": replaces,
			"role": updates,
			"tags": updates,
		},
		defaults: object{"path": "/"},
		rules:    []rule{iamNameRule(128), iamPathRule},
		create: func(t *tx, in object) (string, object, error) {
			name := in.str("name")
			if _, taken := t.get(iamProfileToken, name); taken {
				return "", nil, refuse("EntityAlreadyExists", "Instance Profile %s already exists.", name)
			}
			if err := checkRole(t, in); err != nil {
				return "", nil, err
			}
			return name, iamOutputs(t, "instance-profile", "AIPA", in), nil
		},
		update: func(t *tx, _ string, _, in object) (object, error) {
			return nil, checkRole(t, in)
		},
	}
}

// checkRole refuses a role that does not exist, where one is named.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
// *sourced*
func checkRole(t *tx, in object) error {
	if !in.has("role") {
		return nil
	}
	if _, ok := t.get(iamRoleToken, in.str("role")); !ok {
		return refuse("NoSuchEntity", "The role with name %s cannot be found.", in.str("role"))
	}
	return nil
}

// iamName is the characters of the names of roles, profiles and policies.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// *sourced*
var iamName = regexp.MustCompile(`^[\w+=,.@-]+$`)

// iamNameRule is the characters and the length of a name of IAM's.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// *sourced*
func iamNameRule(maxLength int) rule {
	return func(in object) *refusal {
		name, ok := in["name"].(string)
		if !ok || iamName.MatchString(name) && len(name) <= maxLength {
			return nil
		}
		return invalidf("ValidationError", "name",
			"must have 1-%d of the characters A-Z a-z 0-9 and +=,.@_-, got %q", maxLength, name)
	}
}

// iamPath is a path: slashes at both ends, printable ASCII between them.
var iamPath = regexp.MustCompile(`^/([\x21-\x7e]{1,510}/)?$`)

// iamPathRule is the form of a path.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
// *sourced*
func iamPathRule(in object) *refusal {
	if p, ok := in["path"].(string); ok && !iamPath.MatchString(p) {
		return invalidf("ValidationError", "path", "must begin and end with a slash and have at most 512 characters, got %q", p)
	}
	return nil
}

// sessionDurationRule is how long a session of a role may last, in seconds.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
// *sourced*
var sessionDurationRule = within("ValidationError", "maxSessionDuration", 3600, 43200)

// iamDescriptionRule is how long a description may be.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
// *sourced*
func iamDescriptionRule(in object) *refusal {
	if n := len([]rune(in.str("description"))); n > 1000 {
		return invalidf("ValidationError", "description", "must have at most 1000 characters, got %d", n)
	}
	return nil
}

// checkTrustSize is the quota of a role's trust policy, as accounts have it
// unless they asked for more.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// *sourced*
func checkTrustSize(in object) error {
	if unspaced(in.str("assumeRolePolicy")) > 2048 {
		return refuse("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")
	}
	return nil
}

// sameDocument takes policy documents for equal when their JSON
// is, as the real provider does.
func sameDocument(property string) func(old, in object) map[string]change {
	return func(old, in object) map[string]change {
		if in.known(property) && sameJSON(old.str(property), in.str(property)) {
			return map[string]change{property: 0}
		}
		return nil
	}
}
