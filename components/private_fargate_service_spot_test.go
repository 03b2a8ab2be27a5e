package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const typeCapacityProviders = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"

func spot(percent int, base *int) fargateChange {
	return func(a *components.PrivateFargateServiceArgs) { a.SpotPercent, a.OnDemandBase = &percent, base }
}

func TestSpotShare(t *testing.T) {
	item := func(provider string, base, weight int) map[string]any {
		return map[string]any{"capacityProvider": provider, "base": base, "weight": weight}
	}
	for _, tt := range []struct {
		percent int
		base    *int
		want    []any
	}{
		{70, nil, []any{item("FARGATE", 1, 30), item("FARGATE_SPOT", 0, 70)}},
		{70, pulumi.IntRef(3), []any{item("FARGATE", 3, 30), item("FARGATE_SPOT", 0, 70)}},
		{100, nil, []any{item("FARGATE", 1, 0), item("FARGATE_SPOT", 0, 100)}},
		{100, pulumi.IntRef(0), []any{item("FARGATE_SPOT", 0, 100)}},
		{0, nil, []any{item("FARGATE", 1, 100)}},
	} {
		g := componentstest.Deploy(t, worker(spot(tt.percent, tt.base)))
		service, providers := g.One(t, typeService), g.One(t, typeCapacityProviders)
		assert.Equal(t, tt.want, service.Input("capacityProviderStrategies"))
		assert.False(t, service.Has("launchType"))
		assert.Equal(t, true, service.Input("forceNewDeployment"), "else another share would replace the service")
		assert.Equal(t, []any{"FARGATE", "FARGATE_SPOT"}, providers.Input("capacityProviders"))
		assert.Equal(t, g.One(t, typeCluster).Output("name"), providers.Input("clusterName"))
		assert.True(t, service.DependsOn(providers))
	}
	g := componentstest.Deploy(t, worker())
	assert.Equal(t, "FARGATE", g.One(t, typeService).Input("launchType"))
	assert.False(t, g.One(t, typeService).Has("forceNewDeployment"))
	assert.Empty(t, g.OfType(typeCapacityProviders))
}

func TestSpotInAGivenClusterLeavesItsProviders(t *testing.T) {
	g := componentstest.Deploy(t, worker(spot(50, nil), func(a *components.PrivateFargateServiceArgs) {
		a.ClusterArn = pulumi.String("arn:aws:ecs:ap-northeast-1:123456789012:cluster/shared")
	}))
	assert.Empty(t, g.OfType(typeCapacityProviders))
	assert.True(t, g.One(t, typeService).Has("capacityProviderStrategies"))
}
