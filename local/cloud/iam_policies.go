package cloud

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
)

// awsManagedPolicies are the policies of AWS's own that exist here.
// Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
// *sourced*
var awsManagedPolicies = []string{
	"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
	"arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
	"arn:aws:iam::aws:policy/ReadOnlyAccess",
	"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
}

// iamRolePolicyKind is a policy inside a role.
func iamRolePolicyKind() kind {
	return kind{
		token:    iamRolePolicyToken,
		inputs:   iam.RolePolicyArgs{}.ElementType(),
		state:    reflect.TypeOf(iam.RolePolicy{}),
		global:   true,
		autoname: &autoname{property: "name", maxLength: 128},
		required: []string{"policy", "role"},
		changes: map[string]change{
			"name":   replaces,
			"policy": updates,
			"role":   replaces,
		},
		overrides: sameDocument("policy"),
		rules:     []rule{iamNameRule(128), documentRule("policy", identityPolicy)},
		create:    createRolePolicy,
		update: func(t *tx, id string, _, in object) (object, error) {
			return nil, checkInlineSize(t, id, in)
		},
	}
}

// createRolePolicy puts a policy into a role. AWS would silently overwrite one of
// the same name; here that is refused, since two resources would then own it
// (inferred).
func createRolePolicy(t *tx, in object) (string, object, error) {
	if err := checkRole(t, in); err != nil {
		return "", nil, err
	}
	id := in.str("role") + ":" + in.str("name")
	if _, taken := t.get(iamRolePolicyToken, id); taken {
		return "", nil, refuse("EntityAlreadyExists", "The role %s already has a policy named %s.", in.str("role"), in.str("name"))
	}
	if err := checkInlineSize(t, id, in); err != nil {
		return "", nil, err
	}
	return id, object{"namePrefix": ""}, nil
}

// checkInlineSize is the quota of all policies inside one role together.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// *sourced*
func checkInlineSize(t *tx, id string, in object) error {
	size := unspaced(in.str("policy"))
	for _, other := range t.where(iamRolePolicyToken, "role", in.str("role")) {
		if other.str("id") != id {
			size += unspaced(other.str("policy"))
		}
	}
	if size > 10240 {
		return refuse("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role %s", in.str("role"))
	}
	return nil
}

// iamRolePolicyAttachmentKind attaches a policy of the account, or of AWS's, to
// a role.
func iamRolePolicyAttachmentKind() kind {
	return kind{
		token:    iamAttachmentToken,
		inputs:   iam.RolePolicyAttachmentArgs{}.ElementType(),
		state:    reflect.TypeOf(iam.RolePolicyAttachment{}),
		global:   true,
		required: []string{"role"},
		changes: map[string]change{
			"policyArn": replaces,
			"role":      replaces,
		},
		create: func(t *tx, in object) (string, object, error) {
			if err := checkRole(t, in); err != nil {
				return "", nil, err
			}
			if err := checkAttachable(t, in.str("policyArn")); err != nil {
				return "", nil, err
			}
			if err := checkAttachmentQuota(t, in.str("role"), in.str("policyArn")); err != nil {
				return "", nil, err
			}
			return in.str("role") + "-" + t.hex(26), object{}, nil
		},
	}
}

// checkAttachable refuses a policy that neither AWS nor the account has.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
// *sourced*
func checkAttachable(t *tx, arn string) error {
	if slices.Contains(awsManagedPolicies, arn) {
		return nil
	}
	if _, ok := t.get(iamPolicyToken, arn); ok {
		return nil
	}
	return refuse("NoSuchEntity", "Policy %s does not exist or is not attachable.", arn)
}

// checkAttachmentQuota is how many policies one role can have attached; attaching
// one again changes nothing.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// *sourced*
func checkAttachmentQuota(t *tx, role, arn string) error {
	attached := map[string]bool{arn: true}
	for _, a := range t.where(iamAttachmentToken, "role", role) {
		attached[a.str("policyArn")] = true
	}
	if len(attached) > 10 {
		return refuse("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")
	}
	return nil
}

// iamPolicyKind is a policy of the account's own.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
// *sourced*
func iamPolicyKind() kind {
	return kind{
		token:    iamPolicyToken,
		inputs:   iam.PolicyArgs{}.ElementType(),
		state:    reflect.TypeOf(iam.Policy{}),
		global:   true,
		autoname: &autoname{property: "name", maxLength: 128},
		required: []string{"policy"},
		changes: map[string]change{
			"description": replaces,
			"name":        replaces,
			"path":        replaces,
			"policy":      updates,
			"tags":        updates,
		},
		defaults:  object{"path": "/"},
		overrides: sameDocument("policy"),
		rules: []rule{
			iamNameRule(128),
			iamPathRule,
			iamDescriptionRule,
			documentRule("policy", identityPolicy),
		},
		create: createPolicy,
		update: func(_ *tx, _ string, _, in object) (object, error) {
			return nil, checkPolicySize(in)
		},
		remove: func(t *tx, id string, _ object) error {
			if len(t.where(iamAttachmentToken, "policyArn", id)) > 0 {
				return refuse("DeleteConflict", "Cannot delete a policy attached to entities.")
			}
			return nil
		},
	}
}

// createPolicy makes a policy; its ARN is its id.
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
// *sourced*
func createPolicy(t *tx, in object) (string, object, error) {
	if err := checkPolicySize(in); err != nil {
		return "", nil, err
	}
	out := iamOutputs(t, "policy", "ANPA", in)
	arn := out.str("arn")
	if _, taken := t.get(iamPolicyToken, arn); taken {
		return "", nil, refuse("EntityAlreadyExists",
			"A policy called %s already exists. Duplicate names are not allowed.", in.str("name"))
	}
	return arn, object{
		"arn": arn, "policyId": out.str("uniqueId"), "namePrefix": "", "attachmentCount": 0.0,
	}, nil
}

// checkPolicySize is the quota of a policy that can be attached.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// *sourced*
func checkPolicySize(in object) error {
	if unspaced(in.str("policy")) > 6144 {
		return refuse("LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
	}
	return nil
}

// roleByArn finds a role by its ARN.
func roleByArn(t *tx, arn string) (object, bool) {
	if !strings.HasPrefix(arn, "arn:aws:iam::") {
		return nil, false
	}
	token, role, ok := t.byArn(arn)
	return role, ok && token == iamRoleToken
}
