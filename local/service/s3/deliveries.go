package s3

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// LogDelivery is the service that writes flow logs and the logs of distributions.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-vended-logs-permissions-V2.html
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
const LogDelivery = "delivery.logs.amazonaws.com"

// BucketOf finds a bucket by its ARN, or the ARN of a folder in it, in whatever Region.
func BucketOf(t *core.Tx, arn string) (bucket core.Object, ok bool) {
	name, _, _ := strings.Cut(strings.TrimPrefix(arn, bucketARN), "/")
	token, bucket, ok := t.ByARN(bucketARN + name)
	return bucket, ok && token == BucketToken
}

// bucketARN is how the ARNs of buckets begin, which have no Region and no account.
const bucketARN = "arn:aws:s3:::"

// Algorithm is the default encryption of a bucket: AES256 unless it says otherwise.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html
func Algorithm(t *core.Tx, bucket core.Object) string {
	in := t.In(bucket.Str("region"))
	encryption, _ := in.Get(EncryptionToken, bucket.Str("id"))
	for _, algorithm := range encryption.StrsAt("rules.applyServerSideEncryptionByDefault.sseAlgorithm") {
		return algorithm
	}
	return "AES256"
}

// ServiceMay tells whether the policy of a bucket lets a service call an action on a
// resource over TLS, in a context of condition keys. Conditions with operators that the
// local AWS does not evaluate are an error.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func ServiceMay(t *core.Tx, bucket core.Object, service string, call iampolicy.Call) (bool, error) {
	policy, _ := t.In(bucket.Str("region")).Get(PolicyToken, bucket.Str("id"))
	about := []any{}
	for _, s := range core.BlocksAt(iam.Document(policy.Str("policy")), "Statement") {
		if concerns(s.Block, service) {
			about = append(about, s.Block.Without("Principal", "NotPrincipal"))
		}
	}
	document, err := json.Marshal(core.Object{"Statement": about})
	if err != nil {
		return false, err
	}
	secure := map[string][]string{"aws:SecureTransport": {"true"}}
	for key, values := range call.Context {
		secure[key] = values
	}
	call.Context = secure
	allowed, err := iampolicy.Allows([]string{string(document)}, call)
	if err != nil {
		return false, core.Refuse(core.Unsupported, "the policy of bucket %s: %v", bucket.Str("id"), err)
	}
	return allowed, nil
}

// concerns tells whether a statement is about a service.
func concerns(s core.Object, service string) bool {
	names := func(element string) bool {
		return s.Str(element) == "*" || slices.Contains(s.StrsAt(element+".AWS"), "*") || slices.Contains(s.StrsAt(element+".Service"), service)
	}
	if s.Has("NotPrincipal") {
		return !names("NotPrincipal")
	}
	return names("Principal")
}
