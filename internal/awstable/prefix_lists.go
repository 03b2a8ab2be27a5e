package awstable

// The prefix lists of the addresses from which CloudFront connects to origins. A
// security group rule that names one counts as CloudFrontPrefixListWeight rules.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html#available-aws-managed-prefix-lists
const (
	CloudFrontPrefixList       = "com.amazonaws.global.cloudfront.origin-facing"
	CloudFrontIPv6PrefixList   = "com.amazonaws.global.ipv6.cloudfront.origin-facing"
	CloudFrontPrefixListWeight = 55
)
