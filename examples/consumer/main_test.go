package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
)

func TestShop(t *testing.T) {
	g := componentstest.Deploy(t, shop)
	componentstest.AssertInvariants(t, g)
	assert.Equal(t, "https://shop.example.com", g.Output("url"))

	// Viewers reach the service over HTTPS only.
	listener := g.Get(t, "aws:lb/listener:Listener", "shop-https")
	assert.Equal(t, 443, listener.Input("port"))
	assert.Equal(t, "404", listener.Input("defaultActions[0].fixedResponse.statusCode"), "what no route takes")
	rule := g.One(t, "aws:lb/listenerRule:ListenerRule")
	assert.Equal(t, listener.Output("arn"), rule.Input("listenerArn"))
	assert.Equal(t, g.One(t, "aws:lb/targetGroup:TargetGroup").Output("arn"), rule.Input("actions[0].targetGroupArn"))

	// Its tasks are private, and there are two of them.
	service := g.One(t, "aws:ecs/service:Service")
	assert.Equal(t, false, service.Input("networkConfiguration.assignPublicIp"))
	assert.Equal(t, 2, service.Input("desiredCount"))
	assert.True(t, service.DependsOn(rule))
	for _, name := range []string{"shop-private-ap-northeast-1c", "shop-private-ap-northeast-1d"} {
		subnet := g.Get(t, "aws:ec2/subnet:Subnet", name)
		assert.Contains(t, service.Input("networkConfiguration.subnets"), subnet.ID)
	}
}

func TestShopPreviewsWhatItDeploys(t *testing.T) {
	componentstest.AssertSameGraph(t, componentstest.Deploy(t, shop), componentstest.Preview(t, shop))
}

func TestShopNeedsItsZone(t *testing.T) {
	g, err := componentstest.TryPreview(shop, componentstest.WithHostedZone("example.org"))
	assert.ErrorContains(t, err, "example.com")
	assert.Empty(t, g.Counts()["aws:acm/certificate:Certificate"])
}
