package elb_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/elb"
)

const (
	getLoadBalancerToken = "aws:lb/getLoadBalancer:getLoadBalancer"
	getListenerToken     = "aws:lb/getListener:getListener"
)

func TestLookingLoadBalancersUp(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	want := b.State(elb.LoadBalancerToken, b.LoadBalancer)
	for _, by := range []core.Object{{"arn": b.LoadBalancer}, {"name": want.Str("name")}} {
		got := b.Call(getLoadBalancerToken, by)
		for _, key := range []string{"id", "arn", "dnsName", "zoneId", "vpcId", "internal", "idleTimeout"} {
			assert.Equal(t, want[key], got[key], key)
		}
		assert.Equal(t, want.Strs("securityGroups"), got.Strs("securityGroups"))
	}
	_, err := b.TryCall(getLoadBalancerToken, core.Object{"name": "other"})
	assert.ErrorContains(t, err, "couldn't find resource")

	b.Create(elb.LoadBalancerToken, "tagged", cloudtest.LoadBalancerInputs(core.Object{"tags": core.Object{"team": "a"}}))
	assert.Regexp(t, `^tagged-`, b.Call(getLoadBalancerToken, core.Object{"tags": core.Object{"team": "a"}}).Str("name"))
	_, err = b.TryCall(getLoadBalancerToken, core.Object{})
	assert.ErrorContains(t, err, "more than one matches")
}

func TestLookingListenersUp(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	one, other := b.TargetGroup("one", nil), b.TargetGroup("other", nil)
	b.Update(elb.ListenerToken, b.Secure, b.ListenerInputs(443, core.Object{
		"protocol": "HTTPS", "certificateArn": b.Certificate, "defaultActions": []any{cloudtest.ForwardTo(one, other)}}))
	for _, by := range []core.Object{{"arn": b.Secure}, {"loadBalancerArn": b.LoadBalancer, "port": 443.0}} {
		got := b.Call(getListenerToken, by)
		assert.Equal(t, b.Secure, got.Str("arn"))
		assert.Equal(t, b.LoadBalancer, got.Str("loadBalancerArn"))
		assert.Equal(t, "HTTPS", got.Str("protocol"))
		assert.Equal(t, b.Certificate, got.Str("certificateArn"))
		require.Len(t, got.Blocks("defaultActions"), 1)
		forwards := got.Blocks("defaultActions")[0].Blocks("forwards")
		require.Len(t, forwards, 1)
		assert.Len(t, forwards[0].Blocks("targetGroups"), 2)
	}
	redirect := core.Object{"type": "redirect", "redirect": core.Object{"statusCode": "HTTP_301", "protocol": "HTTPS"}}
	b.Update(elb.ListenerToken, b.Plain, b.ListenerInputs(80, core.Object{"defaultActions": []any{redirect}}))
	action := b.Call(getListenerToken, core.Object{"arn": b.Plain}).Blocks("defaultActions")[0]
	assert.Equal(t, "#{host}", action.Blocks("redirects")[0].Str("host"))
	assert.Equal(t, "HTTPS", action.Blocks("redirects")[0].Str("protocol"))

	_, err := b.TryCall(getListenerToken, core.Object{"loadBalancerArn": b.LoadBalancer})
	assert.ErrorContains(t, err, "must be specified")
	_, err = b.TryCall(getListenerToken, core.Object{"loadBalancerArn": b.LoadBalancer, "port": 81.0})
	assert.ErrorContains(t, err, "couldn't find resource")
}
