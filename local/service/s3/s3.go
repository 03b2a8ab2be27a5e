// Package s3 is Simple Storage Service: buckets, their settings and objects.
package s3

import "github.com/portico-iac/portico/local/core"

// Tokens of the types.
const (
	BucketToken            = "aws:s3/bucketV2:BucketV2"
	EncryptionToken        = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	LifecycleToken         = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	OwnershipControlsToken = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	ObjectToken            = "aws:s3/bucketObjectv2:BucketObjectv2"
	PolicyToken            = "aws:s3/bucketPolicy:BucketPolicy"
	PublicAccessBlockToken = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
)

// Service is what the local AWS has of S3.
func Service() core.Service {
	return core.Service{
		Types: []core.Type{
			bucketType(), encryptionType(), lifecycleType(), objectType(), ownershipControlsType(), policyType(), publicAccessBlockType(),
		},
		Functions: []core.Function{{Token: "aws:s3/getBucket:getBucket", Inputs: []string{"bucket"}, Run: getBucket}},
	}
}
