package components

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Types of S3. Its package of the SDK is not imported.
const (
	typeBucket            = "aws:s3/bucketV2:BucketV2"
	typeBucketPublic      = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	typeBucketOwnership   = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	typeBucketEncryption  = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	typeBucketLifecycle   = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	typeBucketPolicy      = "aws:s3/bucketPolicy:BucketPolicy"
	functionGetBucket     = "aws:s3/getBucket:getBucket"
	abandonedUploadsAfter = 7 // days
)

// privateBucket is a bucket that is not for the public, with its settings.
type privateBucket struct {
	bucket, publicAccessBlock, ownershipControls, encryption, lifecycle *RawResource
}

// newPrivateBucket makes a bucket without public access and without ACLs, encrypted with
// S3's own keys. Uploads that are abandoned are deleted, and objects as the lifecycle rule
// says.
func newPrivateBucket(
	ctx *pulumi.Context, parent pulumi.Resource, name string, forceDestroy bool, tags map[string]string, rule pulumi.Map,
) (b privateBucket, err error) {
	b.bucket, err = newRaw(ctx, typeBucket, name, pulumi.Map{
		"forceDestroy": pulumi.Bool(forceDestroy),
		"tags":         resourceTags(tags),
	}, pulumi.Parent(parent))
	if err != nil {
		return b, err
	}
	rule["status"] = pulumi.String("Enabled")
	rule["filter"] = pulumi.Map{"prefix": pulumi.String("")}
	rule["abortIncompleteMultipartUpload"] = pulumi.Map{"daysAfterInitiation": pulumi.Int(abandonedUploadsAfter)}
	yes := pulumi.Bool(true)
	for _, setting := range []struct {
		made   **RawResource
		token  string
		inputs pulumi.Map
	}{
		{&b.publicAccessBlock, typeBucketPublic, pulumi.Map{
			"blockPublicAcls": yes, "blockPublicPolicy": yes, "ignorePublicAcls": yes, "restrictPublicBuckets": yes,
		}},
		{&b.ownershipControls, typeBucketOwnership, pulumi.Map{
			"rule": pulumi.Map{"objectOwnership": pulumi.String("BucketOwnerEnforced")},
		}},
		{&b.encryption, typeBucketEncryption, pulumi.Map{
			"rules": pulumi.Array{pulumi.Map{
				"applyServerSideEncryptionByDefault": pulumi.Map{"sseAlgorithm": pulumi.String("AES256")},
			}},
		}},
		{&b.lifecycle, typeBucketLifecycle, pulumi.Map{"rules": pulumi.Array{rule}}},
	} {
		setting.inputs["bucket"] = b.bucket.ID()
		if *setting.made, err = newRaw(ctx, setting.token, name, setting.inputs, pulumi.Parent(parent)); err != nil {
			return b, err
		}
	}
	return b, nil
}

// existingBucket is what is asked of a bucket that exists.
type existingBucket struct {
	Region                   string `pulumi:"region"`
	BucketRegionalDomainName string `pulumi:"bucketRegionalDomainName"`
}

func lookUpBucket(ctx *pulumi.Context, name string, opts ...pulumi.InvokeOption) (found existingBucket, err error) {
	err = ctx.Invoke(functionGetBucket, &struct {
		Bucket string `pulumi:"bucket"`
	}{name}, &found, append(slices.Clone(opts), pulumi.Version(sdkVersion()))...)
	if err != nil {
		err = lookupFailed(err, "bucket %q", name)
	}
	return found, err
}
