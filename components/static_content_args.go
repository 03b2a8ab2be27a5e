package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// StaticContentArgs configures a StaticContent.
type StaticContentArgs struct {
	// ExistingBucketName adopts a bucket that is managed elsewhere, in whatever Region if its
	// name is known when the program runs, else in the provider's. Nothing about the bucket is
	// changed: give it the policy that is the output bucketPolicyJson of the CloudFrontFront.
	// An object that is encrypted with a KMS key needs a key policy for CloudFront too. It must
	// not be set beside any other field. Default: a bucket is created.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
	ExistingBucketName pulumi.StringInput `pulumi:"existingBucketName"`

	// ForceDestroy deletes the files with the bucket. Without it S3 refuses to delete a
	// bucket that has objects (BucketNotEmpty), and so fails an update that takes the bucket
	// away, and the destruction of the stack: empty the bucket first, or set this to true,
	// update, and then take it away. Default: false.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
	ForceDestroy bool `pulumi:"forceDestroy"`

	// Tags are put on the bucket. Their keys must not begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

func (a *StaticContentArgs) validate(l *fault.List) {
	if a.ExistingBucketName == nil {
		checkTags(l, "tags", a.Tags, "")
		return
	}
	refuseBeside(l, "existingBucketName, with which no bucket is made", *a, "existingBucketName")
	if name, known := literal(a.ExistingBucketName); known {
		l.Check("existingBucketName", awsrule.BucketName(name))
	}
}
