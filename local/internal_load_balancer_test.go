package local_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// An internal load balancer answers whom it admits in the VPC, and nobody else.
func TestAnInternalLoadBalancerAnswersTheVPC(t *testing.T) {
	t.Parallel()
	s := readyStack(t, stacks.VariantALB, map[string]any{
		"loadBalancer.internal": true, "loadBalancer.allowedCidrs": []string{"10.0.128.0/17"},
	})
	s.Up()
	request := requestpath.Request{Name: "app.example.com"}
	assert.Equal(t, requestpath.Timeout, s.Request(request).Reason)
	request.From = requestpath.Source{Kind: requestpath.FromVPC, Address: "10.0.128.9"}
	assert.Equal(t, 200, s.Request(request).Status)
	request.From.Address = "10.0.0.9"
	assert.Equal(t, requestpath.Timeout, s.Request(request).Reason, "a range that is not allowed")
	rejected := 0
	for _, r := range s.Check() {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		seen := s.Request(r.Request)
		assert.Equal(t, r.Chain.Traces[0].Outcome.Status, seen.Status, r.Name)
		assert.Equal(t, r.Chain.Traces[0].Outcome.Reason, seen.Reason, r.Name)
		if strings.HasPrefix(r.Name, "the internet, to load balancer web") {
			rejected++
		}
	}
	assert.Equal(t, 1, rejected)
	assert.Empty(t, s.Up().Changes())
	s.Destroy()
}

// The scheme of a load balancer cannot change in place, and a target group belongs to
// one load balancer.
func TestALoadBalancerBecomesInternal(t *testing.T) {
	t.Parallel()
	s := upStack(t, stacks.VariantALB)
	assert.Equal(t, 200, s.Get("https://app.example.com/").Status)
	s.Configure("portico:loadBalancer.internal", true)
	s.Configure("portico:loadBalancer.allowedCidrs", []string{"10.0.0.0/16"})
	s.Up()
	require.Len(t, s.Account().All(loadBalancerToken), 1)
	inside := requestpath.Request{Name: "app.example.com", From: requestpath.Source{Kind: requestpath.FromVPC}}
	assert.Equal(t, 200, s.Request(inside).Status)
	assert.Equal(t, requestpath.Timeout, s.Get("https://app.example.com/").Reason)
	assert.Empty(t, s.Up().Changes())
}

// An internal load balancer stands in the private subnets of an adopted VPC, where its
// target is.
func TestAnInternalLoadBalancerBeforeAnInstance(t *testing.T) {
	t.Parallel()
	s := variantStack(t, stacks.VariantALBEC2)
	s.Configure("portico:loadBalancer.internal", true)
	s.Configure("portico:loadBalancer.allowedCidrs", []string{"10.0.0.0/8"})
	_, err := s.TryPreview()
	require.ErrorContains(t, err, "portico:loadBalancer.internal: must be false, got true: the load balancer needs private subnets in 2 zones, and network has 0")
	s.Configure("portico:network.existing.privateSubnetIds", []string{cloudtest.SeededPrivateA, cloudtest.SeededPrivateC})
	s.Configure("portico:instanceTarget.instanceId", cloudtest.SeededThirdZoneInstance)
	_, err = s.TryPreview()
	require.ErrorContains(t, err, "portico:instanceTarget.instanceId: must be an instance in one of the load balancer's zones, ap-northeast-1a, ap-northeast-1c")
	s.Configure("portico:instanceTarget.instanceId", cloudtest.SeededInstance)
	s.Up()
	for _, r := range s.Check() {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
	}
	assert.Empty(t, s.Up().Changes())
}
