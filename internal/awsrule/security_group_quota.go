package awsrule

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// CloudFrontIngress is the inbound rules that admit the addresses from which CloudFront
// connects to origins, the IPv6 ones only for a dual-stack origin:
// https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
func CloudFrontIngress(dualStack bool) []Ingress {
	rules := []Ingress{{Key: "443-cloudfront", Port: awstable.HTTPSPort, PrefixList: awstable.CloudFrontPrefixList}}
	if dualStack {
		rules = append(rules, Ingress{Key: "443-cloudfront-ipv6", Port: awstable.HTTPSPort, PrefixList: awstable.CloudFrontIPv6PrefixList})
	}
	return rules
}

// SecurityGroupRuleQuota refuses a quota that no account can have.
func SecurityGroupRuleQuota(quota int) error {
	return Between(quota, 1, awstable.MaxSecurityGroupRuleQuota, "rules")
}

// IngressFits refuses address ranges that need more rules than one security
// group may hold. AWS counts IPv4 and IPv6 rules separately:
// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
func IngressFits(rules []Ingress, quota int) error {
	ports, count := map[int]bool{}, map[string]int{}
	for _, r := range rules {
		ports[r.Port] = true
		switch {
		case r.CIDRv4 != "":
			count["IPv4"]++
		case r.CIDRv6 != "":
			count["IPv6"]++
		}
	}
	for _, family := range []string{"IPv4", "IPv6"} {
		if n := count[family]; n > quota {
			return fmt.Errorf("must fit into one security group: %d %s ranges x %d ports = %d rules, the quota is %d; "+
				"merge ranges, or have the quota raised and set securityGroupRuleQuota",
				n/len(ports), family, len(ports), n, quota)
		}
	}
	return nil
}

// OutboundFits refuses one more route on a load balancer whose security group is
// full: each adds an outbound rule, and the quota holds for each direction:
// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
func OutboundFits(routes, quota int) error {
	return unless(routes < quota,
		"must have room in its security group for one more outbound rule: %d routes x 1 rule = %d rules, the quota is %d; "+
			"use a second load balancer, or have the quota raised and set securityGroupRuleQuota", routes+1, routes+1, quota)
}

// PrefixListFits refuses one of the lists of CloudFrontIngress whose weight does not fit
// into one security group: a rule that names a list counts as the list's maximum
// number of entries, or as the published weight when AWS returns no number. The
// lists of the two address families count separately:
// https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html#available-aws-managed-prefix-lists
func PrefixListFits(name string, maxEntries, quota int) error {
	maxEntries = cmp.Or(maxEntries, awstable.CloudFrontPrefixListWeight)
	family := "IPv4"
	if strings.Contains(name, ".ipv6.") {
		family = "IPv6"
	}
	return unless(maxEntries <= quota, "must hold the prefix list %s: 1 rule x %d entries = %d %s rules, the quota is %d; "+
		"have the quota \"inbound or outbound rules per security group\" raised and set securityGroupRuleQuota",
		name, maxEntries, maxEntries, family, quota)
}
