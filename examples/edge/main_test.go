package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
)

const (
	distributionToken = "aws:cloudfront/distribution:Distribution"
	ruleToken         = "aws:lb/listenerRule:ListenerRule"
	passwordToken     = "random:index/randomPassword:RandomPassword"
)

func versions(current, previous string) componentstest.Option {
	return componentstest.WithConfig(map[string]string{
		"edge:secretVersion": current, "edge:previousSecretVersion": previous,
	})
}

func TestOnlyTheDistributionIsServed(t *testing.T) {
	g := componentstest.Deploy(t, edge, componentstest.WithStack("edge", "prod"))
	componentstest.AssertInvariants(t, g)
	assert.Equal(t, "https://example.com", g.Output("url"))

	// No rule of any group names an address; the load balancer admits CloudFront's
	// prefix list, and answers 403 to whoever lacks the header.
	for _, rule := range g.OfType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") {
		assert.False(t, rule.Has("cidrIpv4"), rule.Name)
	}
	listener := g.One(t, "aws:lb/listener:Listener")
	assert.Equal(t, 443, listener.Input("port"))
	assert.Equal(t, "403", listener.Input("defaultActions[0].fixedResponse.statusCode"))

	// The viewers' certificate is made in us-east-1, through the provider for it.
	virginia := g.One(t, "pulumi:providers:aws")
	assert.Equal(t, "us-east-1", virginia.Input("region"))
	assert.Equal(t, virginia.URN, g.Get(t, "aws:acm/certificate:Certificate", "viewer").Provider)
	assert.Empty(t, g.Get(t, "aws:acm/certificate:Certificate", "origin").Provider)
}

// TestRotationHasNoOutage follows the three states of a rotation: the value that
// the distribution sends is among those that the origin accepts in each of them
// and in the one before, since the rule changes before the distribution.
func TestRotationHasNoOutage(t *testing.T) {
	var acceptedBefore any
	for i, step := range []componentstest.Option{versions("1", ""), versions("2", "1"), versions("2", "")} {
		g := componentstest.Deploy(t, edge, componentstest.WithStack("edge", "prod"), step)
		componentstest.AssertInvariants(t, g)
		distribution, rule := g.One(t, distributionToken), g.One(t, ruleToken)

		const header = "origins[0].customHeaders[0].value"
		componentstest.AssertSecret(t, distribution, header)
		sent, accepted := distribution.Input(header), rule.Input("conditions[1].httpHeader.values")
		assert.Contains(t, accepted, sent, "step %d", i)
		assert.True(t, distribution.DependsOn(rule), "step %d", i)
		assert.Len(t, accepted, len(g.OfType(passwordToken)), "step %d", i)
		if i == 2 {
			assert.Contains(t, acceptedBefore, sent, "what the old rule accepts is sent already")
		}
		acceptedBefore = accepted
	}
}

func TestPreviewIsWhatIsDeployed(t *testing.T) {
	stack := componentstest.WithStack("edge", "prod")
	componentstest.AssertSameGraph(t, componentstest.Deploy(t, edge, stack), componentstest.Preview(t, edge, stack))
}
