package awstable_test

import (
	"crypto/tls"
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

func TestLoadBalancerPolicyTLSOfNoPolicy(t *testing.T) {
	_, _, ok := awstable.LoadBalancerPolicyTLS("ELBSecurityPolicy-TLS14-1")
	assert.False(t, ok)
}

func TestViewerPolicies(t *testing.T) {
	for _, policy := range awstable.ViewerPolicies {
		oldest, _, _ := strings.Cut(policy, "_")
		assert.NotZero(t, awstable.TLSNumber(oldest), policy)
	}
}
