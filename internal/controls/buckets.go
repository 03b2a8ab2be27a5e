package controls

import (
	"fmt"
	"slices"
)

const (
	typeBucketPolicy = "aws:s3/bucketPolicy:BucketPolicy"
	typePublicBlock  = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	typeAccountBlock = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
	typeOwnership    = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
)

// bucketTypes and the types of buckets' settings; one setting has two types, before and after the
// provider renamed it.
var (
	bucketTypes    = []string{"aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket"}
	lifecycleTypes = []string{
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
	}
	accessLogTypes = []string{"aws:s3/bucketLoggingV2:BucketLoggingV2", "aws:s3/bucketLogging:BucketLogging"}
)

// publicSettings are the four of Block Public Access.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8
var publicSettings = []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"}

// buckets are the controls of S3.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html
var buckets = []Control{
	{
		ID: "S3.1", CIS: "3.1.4", Title: "The account blocks public access to buckets",
		Why:   "it is a setting of the account, which other buckets may contradict; the buckets of a stack block public access themselves",
		Set:   "nothing here: block public access for the account, once",
		check: accountSetting("bucket", bucketTypes, typeAccountBlock, blocksAll),
	},
	{ID: "S3.2", Title: "Buckets cannot be read by the public", check: eachBucket(notBlocked, typePublicBlock)},
	{ID: "S3.3", Title: "Buckets cannot be written by the public", check: eachBucket(notBlocked, typePublicBlock)},
	{
		ID: "S3.5", CIS: "3.1.1", Title: "Buckets refuse requests without TLS",
		check: eachBucket(func(all []resource) string {
			for _, one := range all {
				if p, ok := policyOf(one.text("policy")); ok && slices.ContainsFunc(p.Statement, deniesPlain) {
					return ""
				}
			}
			return "takes them"
		}, typeBucketPolicy),
	},
	{
		ID: "S3.6", Title: "Other accounts may not change a bucket",
		check: eachBucket(func(all []resource) string {
			for _, one := range all {
				p, ok := policyOf(one.text("policy"))
				if !ok || slices.ContainsFunc(p.Statement, lendsBucket) {
					return "lets them"
				}
			}
			return ""
		}, typeBucketPolicy),
	},
	{ID: "S3.8", CIS: "3.1.4", Title: "Buckets block public access", check: eachBucket(notBlocked, typePublicBlock)},
	{
		ID: "S3.9", Title: "Buckets log who reads them",
		Why: "a bucket for logs would log into itself or need a second one; one with static content is read by its distribution, which has logs of its own",
		Set: "nothing: no argument sets it; a `BucketLogging` of `LogBucket.BucketName` or `StaticContent.BucketName` does",
		check: eachBucket(func(all []resource) string {
			return unless(slices.ContainsFunc(all, func(l resource) bool { return l.text("targetBucket") != "" }), "does not")
		}, accessLogTypes...),
	},
	{
		ID: "S3.12", Title: "Buckets do without ACLs",
		check: eachBucket(func(all []resource) string {
			return unless(slices.ContainsFunc(all, func(o resource) bool {
				return o.text("rule", "objectOwnership") == "BucketOwnerEnforced"
			}), "has them")
		}, typeOwnership),
	},
	{
		ID: "S3.13", Title: "Buckets have a lifecycle",
		check: eachBucket(func(all []resource) string {
			return unless(slices.ContainsFunc(all, func(l resource) bool {
				return slices.ContainsFunc(l.blocks("rules"), func(rule resource) bool { return rule.text("status") == "Enabled" })
			}), "has none")
		}, lifecycleTypes...),
	},
}

// eachBucket decides a control of buckets by a setting, which is a resource of its own.
func eachBucket(wrong func(settings []resource) string, kinds ...string) func(*resources) Finding {
	return each("bucket", func(r *resources, b resource) string { return wrong(r.about(b, "bucket", kinds...)) }, bucketTypes...)
}

func notBlocked(all []resource) string {
	return unless(slices.ContainsFunc(all, blocksAll), "does not block the public")
}

func blocksAll(block resource) bool {
	return !slices.ContainsFunc(publicSettings, func(setting string) bool { return !block.flag(setting) })
}

// deniesPlain says whether a statement denies everything to everyone without TLS.
func deniesPlain(s statement) bool {
	return s.Effect == "Deny" && s.everyone() && s.acts("s3:GetObject") && s.acts("s3:PutObject") &&
		fmt.Sprint(s.Condition["Bool"]["aws:SecureTransport"]) == "[false]"
}

// lentActions are what no other account may do with a bucket.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6
var lentActions = []string{
	"s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration", "s3:PutObjectAcl",
}

func lendsBucket(s statement) bool {
	named, _ := s.Principal.(map[string]any)
	return s.Effect == "Allow" && (s.everyone() || named["AWS"] != nil) && slices.ContainsFunc(lentActions, s.acts)
}
