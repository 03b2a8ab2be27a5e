package s3

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// policyType is the policy of a bucket.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
// *sourced*
func policyType() core.Type {
	k := setting(PolicyToken)
	k.Inputs = []string{"bucket", "policy"}
	k.Same = map[string]func(was, is any) bool{"policy": core.SameJSON}
	k.Rules = []core.Rule{policyDocumentRule, policySizeRule, policyActionsRule}
	k.Create = func(t *core.Tx, _ string, in core.Object) (core.Object, error) { return nil, checkPolicy(t, in) }
	k.Update = func(t *core.Tx, _ string, _, in core.Object) (core.Object, error) { return nil, checkPolicy(t, in) }
	k.Examples = []core.Object{{"policy": `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*",` +
		`"Resource":["arn:aws:s3:::` + exampleBucket + `","arn:aws:s3:::` + exampleBucket + `/*"],` +
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}}`}}
	return k
}

// policyDocumentRule is the grammar of a policy.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// *sourced*
func policyDocumentRule(in core.Object) *core.Refusal {
	raw, ok := in["policy"].(string)
	if !ok {
		return nil
	}
	if message := iam.CheckResourcePolicy(raw); message != "" {
		return &core.Refusal{Code: "MalformedPolicy", Property: "policy", Message: message}
	}
	return nil
}

// policySizeRule is how long a policy may be.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
// *sourced* (the code is inferred)
func policySizeRule(in core.Object) *core.Refusal {
	if n := len(in.Str("policy")); n > 20*1024 {
		return core.Invalid("PolicyTooLarge", "policy", "must have at most 20 KB, got %d bytes", n)
	}
	return nil
}

// policyActionsRule is that a policy is about S3.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
// *inferred*: which of S3's actions exist is not looked at
func policyActionsRule(in core.Object) *core.Refusal {
	policy := document(in.Str("policy"))
	for _, action := range append(policy.StrsAt("Statement.Action"), policy.StrsAt("Statement.NotAction")...) {
		if action != "*" && !strings.HasPrefix(strings.ToLower(action), "s3:") {
			return &core.Refusal{Code: "MalformedPolicy", Property: "policy", Message: "Policy has invalid action"}
		}
	}
	return nil
}

// checkPolicy is what S3 checks of a policy against its bucket.
func checkPolicy(t *core.Tx, in core.Object) error {
	policy := document(in.Str("policy"))
	if err := checkScope(in.Str("bucket"), policy); err != nil {
		return err
	}
	return checkNotPublic(t, in.Str("bucket"), policy)
}

// checkScope is that a policy is about its bucket or objects in it. A wildcard in the
// place of the bucket's name has no rules here; * alone is refused by AWS too.
// Source: https://github.com/noobaa/noobaa-core/issues/10058
// *sourced*
func checkScope(bucket string, policy core.Object) error {
	for _, resource := range append(policy.StrsAt("Statement.Resource"), policy.StrsAt("Statement.NotResource")...) {
		name, _, _ := strings.Cut(strings.TrimPrefix(resource, "arn:aws:s3:::"), "/")
		if name != bucket {
			return core.Refuse("MalformedPolicy", "Policy has invalid resource")
		}
	}
	return nil
}

// checkNotPublic is that a bucket which blocks public policies gets none. A statement
// with a condition counts as not public: what the condition asks is not looked at.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
// *sourced*
func checkNotPublic(t *core.Tx, bucket string, policy core.Object) error {
	public := slices.ContainsFunc(core.BlocksAt(policy, "Statement"), func(s core.Placed) bool {
		anyone := s.Block.Str("Principal") == "*" || slices.Contains(s.Block.StrsAt("Principal.AWS"), "*")
		return s.Block.Str("Effect") == "Allow" && anyone && !s.Block.Has("Condition")
	})
	if public && blocksPublicPolicy(t, bucket) {
		return core.Refuse("AccessDenied", "s3:PutBucketPolicy on the bucket '%s' is not allowed because public policies are "+
			"prevented by the BlockPublicPolicy setting in S3 Block Public Access", bucket)
	}
	return nil
}

// document is a policy; nil when it is none.
func document(raw string) core.Object {
	var out core.Object
	if json.Unmarshal([]byte(raw), &out) != nil {
		return nil
	}
	return out
}
