package awsrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

func TestSSLPolicy(t *testing.T) {
	assert.NoError(t, awsrule.SSLPolicy(awstable.RecommendedLoadBalancerPolicy))
	assert.ErrorContains(t, awsrule.SSLPolicy("TLSv1.2_2021"), "must be the name of a security policy")
}

func TestOnlyTLS13(t *testing.T) {
	assert.True(t, awsrule.OnlyTLS13("ELBSecurityPolicy-TLS13-1-3-2021-06"))
	assert.True(t, awsrule.OnlyTLS13("ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"))
	assert.False(t, awsrule.OnlyTLS13(awstable.RecommendedLoadBalancerPolicy))
	assert.False(t, awsrule.OnlyTLS13(""))
}

func TestIdleTimeout(t *testing.T) {
	assert.NoError(t, awsrule.IdleTimeout(1))
	assert.NoError(t, awsrule.IdleTimeout(4000))
	assert.EqualError(t, awsrule.IdleTimeout(0), "must be 1-4000 s, got 0")
	assert.EqualError(t, awsrule.IdleTimeout(4001), "must be 1-4000 s, got 4001")
}

func TestListenerARN(t *testing.T) {
	assert.NoError(t, awsrule.ListenerARN("arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2"))
	for _, arn := range []string{
		"",
		"arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188",
		"arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/net/web/50dc6c495c0c9188/f2f7dc8efc522ab2",
	} {
		assert.ErrorContains(t, awsrule.ListenerARN(arn), "must be the ARN of an Application Load Balancer's listener")
	}
}

func TestAdoptedListener(t *testing.T) {
	assert.NoError(t, awsrule.AdoptedListener("HTTPS", 8443))
	assert.EqualError(t, awsrule.AdoptedListener("HTTP", 80), "must be an HTTPS listener, got one of HTTP on port 80")
}

func TestAdoptedSecurityGroup(t *testing.T) {
	group, err := awsrule.ListenerSecurityGroup([]string{"sg-1"})
	assert.NoError(t, err)
	assert.Equal(t, "sg-1", group)
	_, err = awsrule.ListenerSecurityGroup([]string{"sg-1", "sg-2"})
	assert.ErrorContains(t, err, "exactly one security group, got 2: sg-1, sg-2")
	_, err = awsrule.ListenerSecurityGroup(nil)
	assert.ErrorContains(t, err, "got 0")
}
