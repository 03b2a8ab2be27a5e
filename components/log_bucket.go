package components

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/iampolicy"
)

// LogBucket is a bucket for logs of load balancers, distributions and VPCs. Make it first
// and give it to the components whose logs it is to hold; they write below a prefix that
// begins with their name.
//
// It creates the bucket and its settings; or it adopts a bucket and makes nothing at all.
//
// Security posture: no public access, requests by TLS only, no ACLs (the bucket's owner
// owns all objects), encryption with S3's own keys, the only ones that load balancers can
// write with, and a policy that lets Sources write logs of this account and nothing else.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
type LogBucket struct {
	pulumi.ResourceState

	// BucketName is the bucket's name. What uses it is made after the bucket's policy.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	BucketArn  pulumi.StringOutput `pulumi:"bucketArn"`

	// What Register makes, for whatever the args do not offer; nothing of an adopted bucket.

	Bucket            *RawResource
	PublicAccessBlock *RawResource
	OwnershipControls *RawResource
	Encryption        *RawResource
	Lifecycle         *RawResource
	Policy            *RawResource

	planned
	args *LogBucketArgs
	// region is where the bucket is, "" when it is not known yet.
	region string
}

// NewLogBucket makes a LogBucket. Wrong args register nothing.
func NewLogBucket(ctx *pulumi.Context, name string, args *LogBucketArgs, opts ...pulumi.ResourceOption) (*LogBucket, error) {
	return construct(ctx, PlanLogBucket, name, args, opts)
}

// PlanLogBucket is the first half of NewLogBucket.
func PlanLogBucket(name string, args *LogBucketArgs) (*LogBucket, error) {
	c := &LogBucket{planned: planned{component: "LogBucket", name: name}, args: cmp.Or(args, &LogBucketArgs{}).withDefaults()}
	if args == nil {
		return c, c.withoutArgs("retentionDays")
	}
	return c, c.validate(c.args.validate)
}

// LookUp asks for the Region, in which a bucket that exists must be. Register does so when
// it was not done before.
func (c *LogBucket) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (err error) {
	c.lookedUp = true
	if c.region, err = regionOf(ctx, opts...); err != nil {
		return c.refuse(c.fault("", err))
	}
	if c.args.Existing == nil {
		return nil
	}
	name, known := literal(c.args.Existing.Name)
	if !known {
		return nil
	}
	found, err := lookUpBucket(ctx, name, opts...)
	if err == nil && c.region != "" && found.Region != c.region {
		err = fmt.Errorf("must be a bucket in %s, where the provider works, got %q of %s; "+
			"a load balancer takes a bucket of its own Region only: name another, or change aws:region", c.region, name, found.Region)
	}
	return c.refuse(c.fault("existing.name", err))
}

// Register is the second half of NewLogBucket.
func (c *LogBucket) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	steps := []step{lookUpOnce(c), c.makeBucket, c.makePolicy, c.handOn}
	if c.args.Existing != nil {
		steps = []step{lookUpOnce(c), c.adopt}
	}
	return c.register(ctx, TokenLogBucket, c.args, c, opts, steps...)
}

// adopt hands on the bucket that exists.
func (c *LogBucket) adopt(ctx *pulumi.Context) error {
	partition, err := aws.GetPartition(ctx, nil, pulumi.Parent(c))
	if err != nil {
		return c.fault("", lookupFailed(err, "the partition"))
	}
	c.BucketName = c.args.Existing.Name.ToStringOutput()
	c.BucketArn = pulumi.Sprintf("arn:%s:s3:::%s", partition.Partition, c.BucketName)
	return nil
}

func (c *LogBucket) makeBucket(ctx *pulumi.Context) error {
	made, err := newPrivateBucket(ctx, c, c.name, c.args.ForceDestroy, c.args.Tags, pulumi.Map{
		"id":         pulumi.String("expire"),
		"expiration": pulumi.Map{"days": pulumi.Int(c.args.RetentionDays)},
	})
	c.Bucket, c.PublicAccessBlock, c.OwnershipControls = made.bucket, made.publicAccessBlock, made.ownershipControls
	c.Encryption, c.Lifecycle = made.encryption, made.lifecycle
	return err
}

// makePolicy lets the sources write. It comes after the block of public access: S3 changes
// one of the two at a time (OperationAborted).
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
func (c *LogBucket) makePolicy(ctx *pulumi.Context) error {
	caller, err := aws.GetCallerIdentity(ctx, nil, pulumi.Parent(c))
	if err != nil {
		return c.fault("", lookupFailed(err, "the account"))
	}
	partition, err := aws.GetPartition(ctx, nil, pulumi.Parent(c))
	if err != nil {
		return c.fault("", lookupFailed(err, "the partition"))
	}
	may := func(source string) bool { return slices.Contains(c.args.Sources, source) }
	c.Policy, err = newRaw(ctx, typeBucketPolicy, c.name, pulumi.Map{
		"bucket": c.Bucket.ID(),
		"policy": c.Bucket.ID().ToStringOutput().ApplyT(func(name string) (string, error) {
			bucket := iampolicy.LogBucket{Partition: partition.Partition, Region: c.region, Account: caller.AccountId, Name: name}
			return bucket.Policy(iampolicy.LogWriters{
				LoadBalancers: may(LogSourceALB), Distributions: may(LogSourceCloudFront), FlowLogs: may(LogSourceFlowLogs),
			}).JSON()
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{c.PublicAccessBlock, c.OwnershipControls}))
	return err
}

// handOn hands on the bucket with its settings among its dependencies: AWS tries whether a
// load balancer may write when it is told of the bucket.
func (c *LogBucket) handOn(ctx *pulumi.Context) error {
	after := func(text pulumi.StringOutput) pulumi.StringOutput {
		return pulumi.OutputWithDependencies(ctx.Context(), text, c.Policy, c.Encryption, c.Lifecycle).(pulumi.StringOutput)
	}
	c.BucketName, c.BucketArn = after(c.Bucket.ID().ToStringOutput()), after(c.Bucket.Arn)
	return nil
}

// checkLogRegion refuses a bucket in another Region than the component's.
func checkLogRegion(p *planned, c pulumi.Resource, b *LogBucket) step {
	return func(ctx *pulumi.Context) error {
		if b == nil {
			return nil
		}
		region, err := regionOf(ctx, pulumi.Parent(c))
		if err == nil && region != "" && b.region != "" && region != b.region {
			err = fmt.Errorf("must be a bucket in %s, where the component is, got LogBucket %q in %s; make one with the component's provider",
				region, b.name, b.region)
		}
		return p.fault("logBucket", err)
	}
}
