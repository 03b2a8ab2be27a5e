package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/stacks"
)

const (
	tokenLoadBalancer = "aws:lb/loadBalancer:LoadBalancer"
	tokenEndpoint     = "aws:ec2/vpcEndpoint:VpcEndpoint"
)

// settings are what hardening changes of one stack.
func settings(t *testing.T, g *componentstest.Graph) map[string]any {
	t.Helper()
	all := map[string]any{"endpoints": len(g.OfType(tokenEndpoint))}
	for _, lb := range g.OfType(tokenLoadBalancer) {
		all["protection"], all["mode"] = lb.Input("enableDeletionProtection"), lb.Input("desyncMitigationMode")
	}
	for _, i := range g.OfType(tokenInstance) {
		all["protection"], all["monitoring"] = i.Input("disableApiTermination"), i.Input("monitoring")
	}
	return all
}

func TestHardeningTurnsOnWhatItCan(t *testing.T) {
	type set = map[string]any
	for _, variant := range []string{stacks.VariantALB, stacks.VariantCloudFrontALB} {
		assert.Equal(t, set{"endpoints": 1, "protection": false, "mode": nil}, settings(t, deployConfiguration(t, variant)))
		assert.Equal(t, set{"endpoints": 3, "protection": true, "mode": "defensive"}, settings(t, deployConfiguration(t, variant+hardened)))
	}
	assert.Equal(t, set{"endpoints": 1, "protection": nil, "monitoring": nil}, settings(t, deployConfiguration(t, "cloudfront-ec2")))
	assert.Equal(t, set{"endpoints": 1, "protection": true, "monitoring": true}, settings(t, deployConfiguration(t, "cloudfront-ec2"+hardened)))
	assert.Equal(t, set{"endpoints": 0, "protection": true, "mode": "defensive"}, settings(t, deployConfiguration(t, "alb-ec2"+hardened)))
}

// What a field says goes before hardening, false and an empty list too.
func TestAFieldGoesBeforeHardening(t *testing.T) {
	type set = map[string]any
	alb, ec2 := with(minimal(stacks.VariantALB), "hardening", "fsbp"), with(minimal(stacks.VariantCloudFrontEC2), "hardening", "fsbp")
	for _, tt := range []struct {
		config map[string]string
		want   set
	}{
		{with(alb, "loadBalancer.deletionProtection", "false"), set{"endpoints": 3, "protection": false, "mode": "defensive"}},
		{with(alb, "loadBalancer.desyncMitigationMode", "strictest"), set{"endpoints": 3, "protection": true, "mode": "strictest"}},
		{with(alb, "loadBalancer.idleTimeoutSeconds", "90"), set{"endpoints": 3, "protection": true, "mode": "defensive"}},
		{with(alb, "network.interfaceEndpoints", "[]"), set{"endpoints": 1, "protection": true, "mode": "defensive"}},
		{with(alb, "network.interfaceEndpoints", `["ecr.api"]`), set{"endpoints": 2, "protection": true, "mode": "defensive"}},
		{
			with(alb, "network.nat", "none", "services[0].image", "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1"),
			set{"endpoints": 4, "protection": true, "mode": "defensive"}, // with that for logs
		},
		{with(ec2, "tlsInstance.terminationProtection", "false"), set{"endpoints": 1, "protection": false, "monitoring": true}},
		{with(ec2, "tlsInstance.detailedMonitoring", "false"), set{"endpoints": 1, "protection": true, "monitoring": false}},
	} {
		assert.Equal(t, tt.want, settings(t, deploy(t, tt.config)), "%v", tt.config)
	}
}
