package awstable

import "strings"

const (
	// RecommendedLoadBalancerPolicy is the security policy that AWS recommends for
	// Application Load Balancers, and that its console sets.
	// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
	RecommendedLoadBalancerPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
	// DefaultLoadBalancerPolicy is that of a listener for which none is given.
	// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
	DefaultLoadBalancerPolicy = "ELBSecurityPolicy-2016-08"
)

// loadBalancerPolicyTLS are the oldest and the newest TLS version that a load
// balancer's security policy accepts, by how the policy's name begins.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
var loadBalancerPolicyTLS = []struct{ prefix, oldest, newest string }{
	{"ELBSecurityPolicy-TLS13-1-3-", TLS13, TLS13},
	{"ELBSecurityPolicy-TLS13-1-2-", TLS12, TLS13},
	{"ELBSecurityPolicy-TLS13-1-1-", TLS11, TLS13},
	{"ELBSecurityPolicy-TLS13-1-0-", TLS10, TLS13},
	{"ELBSecurityPolicy-FS-1-2-", TLS12, TLS12},
	{"ELBSecurityPolicy-FS-1-1-", TLS11, TLS12},
	{"ELBSecurityPolicy-FS-2018-06", TLS10, TLS12},
	{"ELBSecurityPolicy-TLS-1-2-", TLS12, TLS12},
	{"ELBSecurityPolicy-TLS-1-1-", TLS11, TLS12},
	{"ELBSecurityPolicy-TLS-1-0-", TLS10, TLS12},
	{"ELBSecurityPolicy-2016-08", TLS10, TLS12},
	{"ELBSecurityPolicy-2015-05", TLS10, TLS12},
}

// LoadBalancerPolicyTLS are the oldest and the newest TLS version that a load
// balancer's security policy accepts; false when there is no such policy.
func LoadBalancerPolicyTLS(policy string) (oldest, newest string, ok bool) {
	for _, p := range loadBalancerPolicyTLS {
		if strings.HasPrefix(policy, p.prefix) {
			return p.oldest, p.newest, true
		}
	}
	return "", "", false
}

// SecurityHubLoadBalancerPolicies are the security policies that Security Hub's control
// ELB.17 recommends.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17
var SecurityHubLoadBalancerPolicies = []string{
	"ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
	RecommendedLoadBalancerPolicy, "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
	"ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
}

// SecurityHubViewerPolicies are the security policies of CloudFront that Security Hub's
// control CloudFront.15 recommends.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-15
var SecurityHubViewerPolicies = []string{RecommendedViewerPolicy, "TLSv1.2_2025", "TLSv1.3_2025"}

// RecommendedViewerPolicy is the newest of ViewerPolicies.
const RecommendedViewerPolicy = "TLSv1.2_2021"

// ViewerPolicies are the security policies of CloudFront towards viewers that the
// AWS provider of this version accepts; AWS has newer ones (TLSv1.2_2025,
// TLSv1.3_2025). Each begins with the oldest TLS version that it accepts.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html,
// https://github.com/hashicorp/terraform-provider-aws/issues/43840
// (that this version of the provider has that list is inferred)
var ViewerPolicies = []string{
	"SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", RecommendedViewerPolicy,
}
