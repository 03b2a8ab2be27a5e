package requestpath

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// tlsVersions are all versions, the oldest first.
var tlsVersions = awstable.TLSVersions()

// tlsBetween are the versions from oldest to newest, both included.
func tlsBetween(oldest, newest string) []string {
	from, to := slices.Index(tlsVersions, oldest), slices.Index(tlsVersions, newest)
	if from < 0 || to < from {
		return nil
	}
	return tlsVersions[from : to+1]
}

// tlsUpTo are the versions that a viewer of the given newest one speaks. An
// unknown one stands for the newest there is.
func tlsUpTo(newest string) []string {
	if !slices.Contains(tlsVersions, newest) {
		newest = TLS13
	}
	if newest == SSL3 {
		return []string{SSL3}
	}
	return tlsBetween(TLS10, newest)
}

// newest is the newest version that both sides speak.
func newest(a, b []string) (string, bool) {
	for _, v := range slices.Backward(tlsVersions) {
		if slices.Contains(a, v) && slices.Contains(b, v) {
			return v, true
		}
	}
	return "", false
}

// viewerTLS are the versions of a distribution's security policy: all from the one in
// its name on. An unknown policy has none.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
func viewerTLS(policy string) []string {
	oldest, _, _ := strings.Cut(policy, "_")
	return tlsBetween(oldest, TLS13)
}

// policyTLS are the versions of a load balancer's policy, none of an unknown one.
func policyTLS(policy string) []string {
	oldest, newest, _ := awstable.LoadBalancerPolicyTLS(policy)
	return tlsBetween(oldest, newest)
}

// backendTLS are the versions that a load balancer offers to its targets. They follow
// the listener's policy.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
func backendTLS(policy string) []string {
	if strings.HasPrefix(policy, "ELBSecurityPolicy-TLS13-") {
		return tlsBetween(TLS10, TLS13)
	}
	return tlsBetween(TLS10, TLS12)
}
