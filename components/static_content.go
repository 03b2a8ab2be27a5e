package components

import (
	"cmp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// StaticContent is files that a distribution serves beside a service: a private bucket,
// and the origin access control by which CloudFront signs what it asks of it. Make it
// first, and give it to one CloudFrontFront, some of whose behaviors are served by
// "static-content". Uploading the files is yours.
//
// It creates the bucket with its settings, or adopts a bucket, and the access control.
// The bucket's policy comes with the CloudFrontFront: it names the distribution.
//
// Security posture: no public access, requests by TLS only, no ACLs (the bucket's owner
// owns all objects), encryption with S3's own keys. Only the one distribution may read.
// It may list the bucket too, so that S3 answers 404 for a missing file and not 403;
// viewers do not get the list, since a behavior that would give it to them is refused.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
type StaticContent struct {
	pulumi.ResourceState

	// BucketName is where the files go: the path without its first slash is the key.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	BucketArn  pulumi.StringOutput `pulumi:"bucketArn"`
	// BucketDomainName is the bucket's name in its Region, by which CloudFront asks.
	BucketDomainName pulumi.StringOutput `pulumi:"bucketDomainName"`

	// What Register makes, for whatever the args do not offer; of an adopted bucket the
	// access control alone.

	Bucket              *RawResource
	PublicAccessBlock   *RawResource
	OwnershipControls   *RawResource
	Encryption          *RawResource
	Lifecycle           *RawResource
	OriginAccessControl *cloudfront.OriginAccessControl

	planned
	args *StaticContentArgs
	// region is where the provider works, and domainName that of an adopted bucket; "" when
	// not known yet.
	region, domainName string
	// front is the name of the CloudFrontFront that serves it, "" before one is planned.
	front string
}

// NewStaticContent makes a StaticContent. Wrong args register nothing; nil stands for the
// defaults.
func NewStaticContent(ctx *pulumi.Context, name string, args *StaticContentArgs, opts ...pulumi.ResourceOption) (*StaticContent, error) {
	return construct(ctx, PlanStaticContent, name, args, opts)
}

// PlanStaticContent is the first half of NewStaticContent.
func PlanStaticContent(name string, args *StaticContentArgs) (*StaticContent, error) {
	c := &StaticContent{planned: planned{component: "StaticContent", name: name}, args: cmp.Or(args, &StaticContentArgs{})}
	return c, c.validate(func(l *fault.List) { c.args.validate(l) })
}

// LookUp asks for the Region, and for the bucket that is adopted if its name is known.
// Register does so when it was not done before.
func (c *StaticContent) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (err error) {
	c.lookedUp = true
	if c.region, err = regionOf(ctx, opts...); err != nil {
		return c.refuse(c.fault("", err))
	}
	name, known := literal(c.args.ExistingBucketName)
	if !known {
		return nil
	}
	found, err := lookUpBucket(ctx, name, opts...)
	c.domainName = found.BucketRegionalDomainName
	return c.refuse(c.fault("existingBucketName", err))
}

// Register is the second half of NewStaticContent.
func (c *StaticContent) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	steps := []step{lookUpOnce(c), c.makeBucket, c.makeAccessControl}
	if c.args.ExistingBucketName != nil {
		steps = []step{lookUpOnce(c), c.adopt, c.makeAccessControl}
	}
	return c.register(ctx, TokenStaticContent, c.args, c, opts, steps...)
}

func (c *StaticContent) makeBucket(ctx *pulumi.Context) error {
	made, err := newPrivateBucket(ctx, c, c.name, c.args.ForceDestroy, c.args.Tags, pulumi.Map{"id": pulumi.String("abandoned-uploads")})
	if err != nil {
		return err
	}
	c.Bucket, c.PublicAccessBlock, c.OwnershipControls = made.bucket, made.publicAccessBlock, made.ownershipControls
	c.Encryption, c.Lifecycle = made.encryption, made.lifecycle
	c.BucketName, c.BucketArn, c.BucketDomainName = c.Bucket.ID().ToStringOutput(), c.Bucket.Arn, c.Bucket.BucketRegionalDomainName
	return nil
}

// adopt hands on the bucket that exists. One whose name is not known when the program runs
// is taken to be in the provider's Region.
func (c *StaticContent) adopt(ctx *pulumi.Context) error {
	partition, err := aws.GetPartition(ctx, nil, pulumi.Parent(c))
	if err != nil {
		return c.fault("", lookupFailed(err, "the partition"))
	}
	c.BucketName = c.args.ExistingBucketName.ToStringOutput()
	c.BucketArn = pulumi.Sprintf("arn:%s:s3:::%s", partition.Partition, c.BucketName)
	c.BucketDomainName = pulumi.String(c.domainName).ToStringOutput()
	if c.domainName == "" {
		c.BucketDomainName = pulumi.Sprintf("%s.s3.%s.amazonaws.com", c.BucketName, c.region)
	}
	return nil
}

// maxAccessControlName is the longest name of an origin access control.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
const maxAccessControlName = 64

func (c *StaticContent) makeAccessControl(ctx *pulumi.Context) (err error) {
	name := awsrule.PhysicalName(maxAccessControlName-randomSuffix, c.name)
	c.OriginAccessControl, err = cloudfront.NewOriginAccessControl(ctx, name, &cloudfront.OriginAccessControlArgs{
		Description:                   pulumi.Sprintf("%s: CloudFront reads %s", c.name, c.BucketName),
		OriginAccessControlOriginType: pulumi.String("s3"),
		SigningBehavior:               pulumi.String("always"),
		SigningProtocol:               pulumi.String("sigv4"),
	}, pulumi.Parent(c))
	return err
}

// settings are what of the bucket must be there before its policy: S3 changes one of them
// at a time (OperationAborted).
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
func (c *StaticContent) settings() []pulumi.Resource {
	return slices.DeleteFunc([]pulumi.Resource{c.PublicAccessBlock, c.OwnershipControls}, isNil)
}
