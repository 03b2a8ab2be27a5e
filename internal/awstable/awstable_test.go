package awstable_test

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awstable"
)

func TestTLSVersions(t *testing.T) {
	for number, name := range map[uint16]string{
		tls.VersionTLS10: awstable.TLS10, tls.VersionTLS11: awstable.TLS11,
		tls.VersionTLS12: awstable.TLS12, tls.VersionTLS13: awstable.TLS13,
	} {
		assert.Equal(t, number, awstable.TLSNumber(name))
		assert.Equal(t, name, awstable.TLSName(number))
	}
	assert.Empty(t, awstable.TLSName(0x0305))
	assert.Zero(t, awstable.TLSNumber("TLSv1.4"))
	assert.Equal(t, []string{"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}, awstable.TLSVersions())
}

// The versions that each policy accepts are a range of what there is.
func TestLoadBalancerPolicies(t *testing.T) {
	all := awstable.TLSVersions()
	for _, policy := range awstable.LoadBalancerPolicies {
		oldest, newest, ok := awstable.LoadBalancerPolicyTLS(policy)
		assert.True(t, ok, policy)
		assert.GreaterOrEqual(t, slices.Index(all, oldest), slices.Index(all, awstable.TLS10), policy)
		assert.LessOrEqual(t, slices.Index(all, oldest), slices.Index(all, newest), policy)
		assert.Equal(t, strings.Contains(policy, "-TLS13-"), newest == awstable.TLS13, policy)
	}
	_, _, ok := awstable.LoadBalancerPolicyTLS("ELBSecurityPolicy-TLS14-1")
	assert.False(t, ok)
}

func TestViewerPolicies(t *testing.T) {
	for _, policy := range awstable.ViewerPolicies {
		oldest, _, _ := strings.Cut(policy, "_")
		assert.NotZero(t, awstable.TLSNumber(oldest), policy)
	}
}
