package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	getLoadBalancerToken = "aws:lb/getLoadBalancer:getLoadBalancer"
	getListenerToken     = "aws:lb/getListener:getListener"
)

func TestLookingLoadBalancersUp(t *testing.T) {
	b := newBalanced(t)
	want := b.state(loadBalancerToken, b.balancer)
	for _, by := range []object{{"arn": b.balancer}, {"name": want.str("name")}} {
		got := b.call(getLoadBalancerToken, by)
		for _, key := range []string{"id", "arn", "dnsName", "zoneId", "vpcId", "internal", "idleTimeout"} {
			assert.Equal(t, want[key], got[key], key)
		}
		assert.Equal(t, want.strs("securityGroups"), got.strs("securityGroups"))
	}
	_, err := b.invoke(getLoadBalancerToken, object{"name": "other"})
	assert.ErrorContains(t, err, "couldn't find resource")

	b.create(loadBalancerToken, "tagged", balancerInputs(object{"tags": object{"team": "a"}}))
	assert.Regexp(t, `^tagged-`, b.call(getLoadBalancerToken, object{"tags": object{"team": "a"}}).str("name"))
	_, err = b.invoke(getLoadBalancerToken, object{})
	assert.ErrorContains(t, err, "more than one matches")
}

func TestLookingListenersUp(t *testing.T) {
	b := newBalanced(t)
	one, other := b.group("one", nil), b.group("other", nil)
	b.update(listenerToken, b.secure, b.listenerInputs(443, object{
		"protocol": "HTTPS", "certificateArn": b.certificate, "defaultActions": []any{forwardTo(one, other)}}))
	for _, by := range []object{{"arn": b.secure}, {"loadBalancerArn": b.balancer, "port": 443.0}} {
		got := b.call(getListenerToken, by)
		assert.Equal(t, b.secure, got.str("arn"))
		assert.Equal(t, b.balancer, got.str("loadBalancerArn"))
		assert.Equal(t, "HTTPS", got.str("protocol"))
		assert.Equal(t, b.certificate, got.str("certificateArn"))
		require.Len(t, got.objects("defaultActions"), 1)
		forwards := got.objects("defaultActions")[0].objects("forwards")
		require.Len(t, forwards, 1)
		assert.Len(t, forwards[0].objects("targetGroups"), 2)
	}
	redirect := object{"type": "redirect", "redirect": object{"statusCode": "HTTP_301", "protocol": "HTTPS"}}
	b.update(listenerToken, b.plain, b.listenerInputs(80, object{"defaultActions": []any{redirect}}))
	action := b.call(getListenerToken, object{"arn": b.plain}).objects("defaultActions")[0]
	assert.Equal(t, "#{host}", action.objects("redirects")[0].str("host"))
	assert.Equal(t, "HTTPS", action.objects("redirects")[0].str("protocol"))

	_, err := b.invoke(getListenerToken, object{"loadBalancerArn": b.balancer})
	assert.ErrorContains(t, err, "must be specified")
	_, err = b.invoke(getListenerToken, object{"loadBalancerArn": b.balancer, "port": 81.0})
	assert.ErrorContains(t, err, "couldn't find resource")
}
