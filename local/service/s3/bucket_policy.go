package s3

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// policyType is the policy of a bucket.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
func policyType() core.Type {
	return setting(core.Type{
		Token:  PolicyToken,
		Inputs: []string{"bucket", "policy"},
		Same:   map[string]func(was, is any) bool{"policy": core.SameJSON},
		Rules: []core.Rule{
			iam.DocumentRule("MalformedPolicy", "policy", iam.ResourcePolicy),
			// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html (the code is inferred)
			core.AtMost("PolicyTooLarge", "policy", 20*1024),
			policyActionsRule,
		},
		Apply: checkPolicy,
	})
}

// policyActionsRule refuses actions of other services.
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
// *inferred*: which actions S3 has is not checked
func policyActionsRule(in core.Object) *core.Refusal {
	policy := iam.Document(in.Str("policy"))
	for _, action := range append(policy.StrsAt("Statement.Action"), policy.StrsAt("Statement.NotAction")...) {
		if action != "*" && !strings.HasPrefix(strings.ToLower(action), "s3:") {
			return &core.Refusal{Code: "MalformedPolicy", Property: "policy", Message: "Policy has invalid action"}
		}
	}
	return nil
}

// checkPolicy requires a policy to name its bucket or objects in it, and not to be public
// if the bucket blocks public policies. Wildcards in the bucket's name are not supported;
// AWS too refuses * alone.
// Source: https://github.com/noobaa/noobaa-core/issues/10058
func checkPolicy(t *core.Tx, bucket string, in core.Object) (core.Object, error) {
	policy := iam.Document(in.Str("policy"))
	for _, resource := range append(policy.StrsAt("Statement.Resource"), policy.StrsAt("Statement.NotResource")...) {
		name, _, _ := strings.Cut(strings.TrimPrefix(resource, "arn:aws:s3:::"), "/")
		if name != bucket {
			return nil, core.Refuse("MalformedPolicy", "Policy has invalid resource")
		}
	}
	return nil, checkNotPublic(t, bucket, policy)
}

// checkNotPublic refuses a public policy of a bucket that blocks them. A statement
// with a condition counts as not public, whatever the condition.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
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
