package awstable

// Quotas of security group rules.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
const (
	// SecurityGroupRuleQuota is how many inbound rules AWS allows in one security
	// group, per address family, unless the quota was raised; as many outbound ones.
	SecurityGroupRuleQuota = 60
	// MaxSecurityGroupRuleQuota: rules per group times groups per network interface
	// may not exceed 1000.
	MaxSecurityGroupRuleQuota = 1000
)
