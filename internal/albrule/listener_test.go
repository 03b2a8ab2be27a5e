package albrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/albrule"
)

func TestSSLPolicy(t *testing.T) {
	const only13 = "ELBSecurityPolicy-TLS13-1-3-2021-06"
	assert.NoError(t, albrule.SSLPolicy(albrule.DefaultSSLPolicy, albrule.AccessCloudFront))
	assert.NoError(t, albrule.SSLPolicy(only13, albrule.AccessInternet))
	assert.ErrorContains(t, albrule.SSLPolicy(only13, albrule.AccessCloudFront), "viewers would get 502")
	assert.ErrorContains(t, albrule.SSLPolicy("ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", albrule.AccessCloudFront), "viewers would get 502")
	assert.ErrorContains(t, albrule.SSLPolicy("TLSv1.2_2021", albrule.AccessInternet), "must be the name of a security policy")
}

func TestIdleTimeout(t *testing.T) {
	assert.NoError(t, albrule.IdleTimeout(1))
	assert.NoError(t, albrule.IdleTimeout(4000))
	assert.EqualError(t, albrule.IdleTimeout(0), "must be 1-4000 s, got 0")
	assert.EqualError(t, albrule.IdleTimeout(4001), "must be 1-4000 s, got 4001")
}
