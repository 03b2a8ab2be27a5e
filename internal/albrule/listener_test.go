package albrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/albrule"
)

func TestSSLPolicy(t *testing.T) {
	assert.NoError(t, albrule.SSLPolicy(albrule.DefaultSSLPolicy))
	assert.ErrorContains(t, albrule.SSLPolicy("TLSv1.2_2021"), "must be the name of a security policy")
}

func TestOnlyTLS13(t *testing.T) {
	assert.True(t, albrule.OnlyTLS13("ELBSecurityPolicy-TLS13-1-3-2021-06"))
	assert.True(t, albrule.OnlyTLS13("ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"))
	assert.False(t, albrule.OnlyTLS13(albrule.DefaultSSLPolicy))
	assert.False(t, albrule.OnlyTLS13(""))
}

func TestIdleTimeout(t *testing.T) {
	assert.NoError(t, albrule.IdleTimeout(1))
	assert.NoError(t, albrule.IdleTimeout(4000))
	assert.EqualError(t, albrule.IdleTimeout(0), "must be 1-4000 s, got 0")
	assert.EqualError(t, albrule.IdleTimeout(4001), "must be 1-4000 s, got 4001")
}

func TestListenerARN(t *testing.T) {
	assert.NoError(t, albrule.ListenerARN("arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2"))
	for _, arn := range []string{
		"",
		"arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188",
		"arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/net/web/50dc6c495c0c9188/f2f7dc8efc522ab2",
	} {
		assert.ErrorContains(t, albrule.ListenerARN(arn), "must be the ARN of an Application Load Balancer's listener")
	}
}

func TestAdoptedListener(t *testing.T) {
	assert.NoError(t, albrule.AdoptedListener("HTTPS", 8443))
	assert.EqualError(t, albrule.AdoptedListener("HTTP", 80), "must be an HTTPS listener, got one of HTTP on port 80")
}

func TestAdoptedSecurityGroup(t *testing.T) {
	group, err := albrule.AdoptedSecurityGroup([]string{"sg-1"})
	assert.NoError(t, err)
	assert.Equal(t, "sg-1", group)
	_, err = albrule.AdoptedSecurityGroup([]string{"sg-1", "sg-2"})
	assert.ErrorContains(t, err, "exactly one security group, got 2: sg-1, sg-2")
	_, err = albrule.AdoptedSecurityGroup(nil)
	assert.ErrorContains(t, err, "got 0")
}
