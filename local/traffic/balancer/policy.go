package balancer

import (
	"crypto/tls"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// versionsOf are the least and the latest TLS version of a listener's security policy.
func versionsOf(policy string) (least, latest uint16) {
	oldest, newest, _ := awstable.BalancerPolicyTLS(policy)
	return awstable.TLSNumber(oldest), awstable.TLSNumber(newest)
}

// latestTowardsTargets is the latest TLS version that targets are spoken to in, which
// follows the listener's policy: 1.3 when that has 1.3, else 1.2; the least is always
// 1.0. An HTTP listener has no policy, which counts as one without 1.3.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
// (for HTTP listeners: inferred)
func latestTowardsTargets(policy string) uint16 {
	_, latest := versionsOf(policy)
	return max(latest, tls.VersionTLS12)
}

// ciphers are the suites for TLS 1.2 and below. Those with CBC are what older
// versions have; the keys here are ECDSA's and RSA's.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
var ciphers = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
	tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
	tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
}

// versionName is a TLS version as AWS writes it, "TLSv1.2"; "" without TLS.
func versionName(state *tls.ConnectionState) string {
	if state == nil {
		return ""
	}
	return awstable.TLSName(state.Version)
}

// cipherName is a cipher suite as OpenSSL and AWS write it, for example
// "ECDHE-ECDSA-AES128-GCM-SHA256".
func cipherName(state *tls.ConnectionState) string {
	name := tls.CipherSuiteName(state.CipherSuite)
	if state.Version == tls.VersionTLS13 {
		return name
	}
	return strings.NewReplacer("TLS_", "", "WITH_", "", "AES_", "AES", "CBC_", "", "_", "-").Replace(name)
}
