// Package s3 is Simple Storage Service: buckets and their settings.
package s3

import "github.com/portico-iac/portico/local/core"

// Tokens of the types.
const (
	BucketToken            = "aws:s3/bucketV2:BucketV2"
	EncryptionToken        = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	LifecycleToken         = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	OwnershipControlsToken = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	PolicyToken            = "aws:s3/bucketPolicy:BucketPolicy"
	PublicAccessBlockToken = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
)

// settings are the types that say something of a bucket, one resource of each at
// most. They go with the bucket.
var settings = []string{EncryptionToken, LifecycleToken, OwnershipControlsToken, PolicyToken, PublicAccessBlockToken}

// Service is what the local AWS has of S3.
func Service() core.Service {
	return core.Service{Types: []core.Type{
		bucketType(), encryptionType(), lifecycleType(), ownershipControlsType(), policyType(), publicAccessBlockType(),
	}}
}

// setting is what the types that say something of a bucket have in common. That AWS
// would overwrite what the bucket has, and that a second resource is refused here
// instead, is inferred.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
// *sourced*
func setting(token string) core.Type {
	return core.Type{
		Token: token,
		ID:    "{bucket}",
		References: []core.Reference{{
			Input: "bucket", To: []string{BucketToken}, Code: "NoSuchBucket", Loose: true,
			Message: func(*core.Tx, string) string { return "The specified bucket does not exist" },
		}},
		FreeToDelete: "the bucket has AWS's default again",
	}
}
