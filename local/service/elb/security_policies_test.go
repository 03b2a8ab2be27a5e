package elb

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awstable"
)

// The versions that each policy accepts are a range of what there is.
func TestSecurityPolicies(t *testing.T) {
	all := awstable.TLSVersions()
	for _, policy := range securityPolicies {
		oldest, newest, ok := awstable.LoadBalancerPolicyTLS(policy)
		assert.True(t, ok, policy)
		assert.GreaterOrEqual(t, slices.Index(all, oldest), slices.Index(all, awstable.TLS10), policy)
		assert.LessOrEqual(t, slices.Index(all, oldest), slices.Index(all, newest), policy)
		assert.Equal(t, strings.Contains(policy, "-TLS13-"), newest == awstable.TLS13, policy)
	}
}
