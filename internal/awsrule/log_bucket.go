package awsrule

import (
	"fmt"
	"regexp"
	"strings"
)

// Values of LogBucketArgs.Sources.
const (
	LogSourceALB        = "alb"
	LogSourceCloudFront = "cloudfront"
	LogSourceFlowLogs   = "flow-logs"
)

// maxLogRetention is a hundred years. S3 itself takes any positive number of days.
const maxLogRetention = 36500

// BucketRetention is how long a bucket keeps logs.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
func BucketRetention(days int) error { return Between(days, 1, maxLogRetention, "days") }

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// BucketName refuses what cannot be the name of a bucket, an ARN above all.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func BucketName(name string) error {
	switch {
	case strings.HasPrefix(name, "arn:") || strings.HasPrefix(name, "s3:"):
		return fmt.Errorf("must be the name of a bucket alone, got %q; use %q", name, name[strings.LastIndexAny(name, ":/")+1:])
	case !bucketName.MatchString(name) || strings.Contains(name, ".."):
		return fmt.Errorf("must be the name of a bucket, 3-63 lower-case letters, digits, hyphens and dots, got %q", name)
	}
	return nil
}

// LogPrefix refuses a component's name that AWS would not take as the prefix of its logs.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
func LogPrefix(name string) error {
	return unless(!strings.Contains(name, "AWSLogs"),
		"must not be given to a component whose name has \"AWSLogs\" in it, got %q: the name is the prefix of its logs, and AWS adds AWSLogs itself; rename it", name)
}
