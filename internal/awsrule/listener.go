package awsrule

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// SSLPolicy refuses what is no security policy of a load balancer.
func SSLPolicy(policy string) error {
	return unless(strings.HasPrefix(policy, "ELBSecurityPolicy-"),
		"must be the name of a security policy such as %s, got %q", awstable.RecommendedLoadBalancerPolicy, policy)
}

// OnlyTLS13 says whether a policy leaves out TLS 1.2, the newest version that
// CloudFront is known to speak to origins.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
func OnlyTLS13(policy string) bool {
	oldest, _, _ := awstable.LoadBalancerPolicyTLS(policy)
	return oldest == awstable.TLS13
}

// IdleTimeout refuses what AWS does not take, in seconds:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
func IdleTimeout(seconds int) error { return Between(seconds, 1, 4000, "s") }

var listenerARN = regexp.MustCompile(`^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener/app/[^/]+/[0-9a-f]+/[0-9a-f]+$`)

// ListenerARN refuses what is not the ARN of an Application Load Balancer's
// listener, above all the ARN of the load balancer itself.
func ListenerARN(arn string) error {
	return unless(listenerARN.MatchString(arn),
		"must be the ARN of an Application Load Balancer's listener, "+
			"arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>, got %q", arn)
}

// AdoptedListener refuses a listener that is not HTTPS: requests to it travel in
// plain text, and target groups of HTTP2 and GRPC need one:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version
func AdoptedListener(protocol string, port int) error {
	return unless(protocol == ProtocolHTTPS, "must be an HTTPS listener, got one of %s on port %d", protocol, port)
}

// ListenerSecurityGroup is the one security group of a load balancer. With
// several, which of them is to let requests out to the targets is not for a
// program to guess.
func ListenerSecurityGroup(groups []string) (string, error) {
	if len(groups) != 1 {
		return "", fmt.Errorf("must belong to a load balancer with exactly one security group, got %d: %s",
			len(groups), strings.Join(groups, ", "))
	}
	return groups[0], nil
}
