package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
)

func TestPlatform(t *testing.T) {
	g := componentstest.Deploy(t, platform)
	componentstest.AssertInvariants(t, g)
	componentstest.AssertSameGraph(t, g, componentstest.Preview(t, platform))

	assert.Equal(t, g.Get(t, "aws:lb/listener:Listener", "apps-https").ID, g.Output("listenerArn"))
	assert.Empty(t, g.OfType("aws:lb/listenerRule:ListenerRule"), "rules belong to the teams")
	assert.Len(t, g.Output("privateSubnetIds"), 2)
	assert.Equal(t, true, g.One(t, "aws:lb/loadBalancer:LoadBalancer").Input("enableDeletionProtection"))
	assert.Equal(t, []any{"*.apps.example.com"}, recordNames(g, "A"))
}

func recordNames(g *componentstest.Graph, recordType string) []any {
	var names []any
	for _, record := range g.OfType("aws:route53/record:Record") {
		if record.Input("type") == recordType {
			names = append(names, record.Input("name"))
		}
	}
	return names
}
