package albrule

import (
	"fmt"
	"strings"

	"github.com/portico-iac/portico/internal/limit"
)

// DefaultSSLPolicy is what AWS recommends and its console sets; the API's own
// default still admits TLS 1.0:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
const DefaultSSLPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

// SSLPolicy refuses what is no security policy of a load balancer, and behind
// CloudFront the policies that speak TLS 1.3 only: CloudFront's ciphers towards
// origins are all of TLS 1.2 and below:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-ciphers-cloudfront-to-origin.html
func SSLPolicy(policy, access string) error {
	switch {
	case !strings.HasPrefix(policy, "ELBSecurityPolicy-"):
		return fmt.Errorf("must be the name of a security policy such as %s, got %q", DefaultSSLPolicy, policy)
	case access == AccessCloudFront && strings.HasPrefix(policy, "ELBSecurityPolicy-TLS13-1-3-"):
		return fmt.Errorf("must admit TLS 1.2 behind CloudFront, got %s; viewers would get 502: "+
			"CloudFront has no TLS 1.3 cipher towards origins; use %s", policy, DefaultSSLPolicy)
	}
	return nil
}

// IdleTimeout refuses what AWS does not take, in seconds:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
func IdleTimeout(seconds int) error { return limit.Between(seconds, 1, 4000, "s") }
