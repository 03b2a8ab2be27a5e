package components

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of LogBucketArgs.Sources.
const (
	// LogSourceALB: load balancers write access and connection logs.
	LogSourceALB = awsrule.LogSourceALB
	// LogSourceCloudFront: distributions write standard logs (v2).
	LogSourceCloudFront = awsrule.LogSourceCloudFront
	// LogSourceFlowLogs: VPCs write flow logs.
	LogSourceFlowLogs = awsrule.LogSourceFlowLogs
)

// LogBucketArgs configures a LogBucket.
type LogBucketArgs struct {
	// RetentionDays is how long logs are kept, 1-36500 days; S3 deletes them then.
	// Required without Existing.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
	RetentionDays int `pulumi:"retentionDays"`

	// Existing adopts a bucket instead of creating one. Of the other fields only Sources
	// may be given with it. Default: a bucket is created.
	Existing *ExistingLogBucketArgs `pulumi:"existing"`

	// Sources are the services that may write into the bucket: "alb", "cloudfront" and
	// "flow-logs". A component with a source that is not among them is refused. Default:
	// all of them.
	Sources []string `pulumi:"sources"`

	// ForceDestroy deletes the logs with the bucket. Without it S3 refuses to delete a
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

// ExistingLogBucketArgs adopts a bucket that is managed elsewhere. Nothing about it is
// changed: its policy must let the services write, and its default encryption must not be
// with a KMS key if load balancers do; docs/existing-infrastructure.md has the statements.
type ExistingLogBucketArgs struct {
	// Name of the bucket, which must be in the Region of the load balancer and the VPC.
	// Required.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
	Name pulumi.StringInput `pulumi:"name"`
}

func (a LogBucketArgs) withDefaults() *LogBucketArgs {
	if a.Sources == nil {
		a.Sources = []string{LogSourceALB, LogSourceCloudFront, LogSourceFlowLogs}
	}
	return &a
}

func (a *LogBucketArgs) validate(l *fault.List) {
	awsrule.EachOneOf(l, "sources", a.Sources, LogSourceALB, LogSourceCloudFront, LogSourceFlowLogs)
	if len(a.Sources) == 0 {
		l.Addf("sources", "must not be empty: nothing could write into the bucket; leave it out for all sources")
	}
	if a.Existing != nil {
		refuseBeside(l, "existing, which makes nothing", *a, "existing", "sources")
		if name, known := literal(a.Existing.Name); a.Existing.Name == nil {
			l.Addf("existing.name", "is required: the name of the bucket")
		} else if known {
			l.Check("existing.name", awsrule.BucketName(name))
		}
		return
	}
	if a.RetentionDays == 0 {
		l.Addf("retentionDays", "is required: the days after which logs are deleted, such as 90; or adopt a bucket with existing")
	} else {
		l.Check("retentionDays", awsrule.BucketRetention(a.RetentionDays))
	}
	checkTags(l, "tags", a.Tags, "")
}

// checkLogBucket records what a component cannot do with the bucket that it is given.
func checkLogBucket(l *fault.List, b *LogBucket, name, source string) {
	if b == nil || b.faulty {
		return
	}
	l.Check("logBucket", awsrule.LogPrefix(name))
	if !slices.Contains(b.args.Sources, source) {
		l.Addf("logBucket", "must have %q among its sources, got LogBucket %q with %q; add it, or leave sources out", source, b.name, b.args.Sources)
	}
}
