package s3

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// setting completes a type that configures a bucket: one resource of it per bucket,
// deleted together with the bucket. AWS would overwrite the bucket's configuration; a
// second resource is refused here instead (inferred).
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
func setting(k core.Type) core.Type {
	k.ID = "{bucket}"
	k.References = []core.Reference{{
		Input: "bucket", To: []string{BucketToken}, Code: "NoSuchBucket", Cascades: true,
		Message: func(*core.Tx, string) string { return "The specified bucket does not exist" },
	}}
	k.FreeToDelete = "the bucket has AWS's default again"
	return k
}

// publicAccessBlockType is which public access a bucket blocks.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
func publicAccessBlockType() core.Type {
	return setting(core.Type{
		Token:  PublicAccessBlockToken,
		Inputs: []string{"blockPublicAcls", "blockPublicPolicy", "bucket", "ignorePublicAcls", "restrictPublicBuckets"},
		Defaults: core.Object{
			"blockPublicAcls": false, "blockPublicPolicy": false, "ignorePublicAcls": false, "restrictPublicBuckets": false,
		},
	})
}

// blocksPublicPolicy tells whether a bucket refuses public policies. Without a block of
// its own it does, as every new bucket.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
// *sourced*; that deleting a block brings the default back is a simplification: AWS
// then blocks nothing
func blocksPublicPolicy(t *core.Tx, bucket string) bool {
	block, ok := t.Get(PublicAccessBlockToken, bucket)
	return !ok || block.Bool("blockPublicPolicy")
}

// ownershipControlsType is who owns the objects that other accounts upload.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_OwnershipControlsRule.html
func ownershipControlsType() core.Type {
	return setting(core.Type{
		Token:  OwnershipControlsToken,
		Inputs: []string{"bucket", "rule.objectOwnership"},
		Rules: []core.Rule{core.InBlocks("rule",
			core.OneOf("MalformedXML", "objectOwnership", "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"))},
	})
}

// encryptionType is the default encryption of a bucket.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
func encryptionType() core.Type {
	const byDefault = "rules.applyServerSideEncryptionByDefault"
	return setting(core.Type{
		Token:  EncryptionToken,
		Inputs: []string{"bucket", byDefault + ".kmsMasterKeyId", byDefault + ".sseAlgorithm", "rules.bucketKeyEnabled"},
		Rules: []core.Rule{
			core.AtMostItems("MalformedXML", "rules", 1), // inferred: the API has a list, of which a bucket has one
			core.InBlocks(byDefault,
				core.OneOf("MalformedXML", "sseAlgorithm", "AES256", "aws:kms", "aws:kms:dsse"),
				core.Matching("KMS.NotFoundException", "kmsMasterKeyId", kmsKey, "the id, the alias or the ARN of a KMS key"),
				// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html (the code is inferred)
				core.When("sseAlgorithm", "AES256", core.Absent("InvalidArgument", "kmsMasterKeyId"))),
		},
	})
}

// kmsKey is a key's id or alias, or the ARN of either. S3 does not check that the key
// exists before it encrypts with it.
var kmsKey = regexp.MustCompile(`^(arn:aws:kms:[a-z0-9-]+:\d{12}:)?((key/)?(mrk-)?[0-9a-f-]{32,36}|alias/[A-Za-z0-9/_-]{1,250})$`)

// lifecycleType is when the objects of a bucket expire. Transitions to other storage
// classes are not supported.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
// *sourced* (the default of transitionDefaultMinimumObjectSize too)
func lifecycleType() core.Type {
	const invalid, most = "InvalidArgument", 1<<31 - 1
	return setting(core.Type{
		Token: LifecycleToken,
		Inputs: []string{
			"bucket", "rules.abortIncompleteMultipartUpload.daysAfterInitiation", "rules.expiration.days",
			"rules.filter.prefix", "rules.id", "rules.noncurrentVersionExpiration.noncurrentDays", "rules.status",
		},
		Fills: core.Object{"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
		Rules: []core.Rule{
			core.AtMostItems("MalformedXML", "rules", 1000),
			core.Distinct(invalid, "rules.id"),
			core.InBlocks("rules",
				core.AtMost(invalid, "id", 255),
				core.OneOf("MalformedXML", "status", "Enabled", "Disabled"),
				ruleActionRule),
			core.InBlocks("rules.abortIncompleteMultipartUpload", core.Within(invalid, "daysAfterInitiation", 1, most)),
			core.InBlocks("rules.expiration", core.Within(invalid, "days", 1, most)),
			core.InBlocks("rules.noncurrentVersionExpiration", core.Within(invalid, "noncurrentDays", 1, most)),
		},
	})
}

// ruleActionRule requires an action of a rule.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
// *sourced* (the words are inferred)
func ruleActionRule(rule core.Object) *core.Refusal {
	if rule.Has("abortIncompleteMultipartUpload") || rule.Has("expiration") || rule.Has("noncurrentVersionExpiration") {
		return nil
	}
	return &core.Refusal{Code: "InvalidRequest", Property: "expiration", Message: "At least one action needs to be specified in a rule"}
}
