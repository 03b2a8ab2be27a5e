package elb

import (
	"strings"

	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/s3"
)

// logDelivery is the service that writes the logs of load balancers.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
const logDelivery = "logdelivery.elasticloadbalancing.amazonaws.com"

// logBlocks are the blocks of a load balancer that name a bucket.
var logBlocks = []string{"accessLogs", "connectionLogs"}

// logReferences are the buckets of logs: one that goes away is no obstacle to its deletion.
func logReferences() []core.Reference {
	var all []core.Reference
	for _, block := range logBlocks {
		all = append(all, core.Reference{
			Input: block + ".bucket", To: []string{s3.BucketToken}, Code: badLogs, Loose: true,
			Exists:  func(t *core.Tx, name string) bool { _, ok := s3.BucketOf(t, name); return ok },
			Message: func(_ *core.Tx, name string) string { return noAccess(name, "there is no such bucket") },
		})
	}
	return all
}

// badLogs is the code with which Elastic Load Balancing refuses a bucket.
const badLogs = "InvalidConfigurationRequest"

// noAccess is all that AWS says, and why it is so: AWS leaves that out.
func noAccess(bucket, why string) string {
	return "Access Denied for bucket: " + bucket + ". Please check S3bucket permission (" + why + ")"
}

// logPrefixRule refuses a prefix that holds what AWS adds to it.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
// *sourced* (the words are inferred)
func logPrefixRule(block core.Object) *core.Refusal {
	prefix := block.Str("prefix")
	if strings.Contains(prefix, "AWSLogs") || strings.HasPrefix(prefix, "/") || strings.HasSuffix(prefix, "/") {
		return core.Invalid(badLogs, "prefix", "must not have AWSLogs in it, nor a slash at either edge, got %q", prefix)
	}
	return nil
}

// checkLogs tries, as AWS does, to write into the buckets of logs that are switched on. A
// bucket whose default encryption is with a KMS key cannot be written to.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
// #bucket-permissions-troubleshooting *sourced* (the words about the Region are inferred)
func checkLogs(t *core.Tx, in core.Object) error {
	for _, name := range logBlocks {
		block := in.Block(name)
		if !block.Bool("enabled") {
			continue
		}
		bucket, ok := s3.BucketOf(t, block.Str("bucket"))
		switch {
		case !ok:
			return core.Refuse(badLogs, "%s", noAccess(block.Str("bucket"), "there is no such bucket"))
		case bucket.Str("region") != t.Region():
			return core.Refuse(badLogs, "S3Bucket: %s is not located in the same region with the LoadBalancer", block.Str("bucket"))
		case s3.Algorithm(t, bucket) != "AES256":
			return core.Refuse(badLogs, "%s", noAccess(block.Str("bucket"),
				"its default encryption is "+s3.Algorithm(t, bucket)+", and load balancers can write with S3's own keys, AES256, only"))
		}
		folder := strings.TrimPrefix(block.Str("prefix")+"/AWSLogs/", "/") + t.AccountID()
		may, err := s3.ServiceMay(t, bucket, logDelivery, iampolicy.Call{
			Action: "s3:PutObject", Resource: bucket.Str("arn") + "/" + folder + "/ELBAccessLogTestFile",
			Context: map[string][]string{
				"aws:SourceAccount": {t.AccountID()}, "aws:SourceArn": {t.ARN("elasticloadbalancing", "loadbalancer/app/"+in.Str("name"))},
			},
		})
		if err != nil {
			return err
		}
		if !may {
			return core.Refuse(badLogs, "%s", noAccess(block.Str("bucket"),
				"its policy does not let "+logDelivery+" put objects below "+folder))
		}
	}
	return nil
}
