package ecs_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ecs"
)

// placed counts the tasks of a service by capacity provider.
func placed(f cloudtest.Fargate, service string) map[string]int {
	count := map[string]int{}
	for _, task := range f.Tasks(service) {
		count[task.Str("capacityProvider")]++
	}
	return count
}

func strategy(items ...core.Object) core.Object {
	all := make([]any, len(items))
	for i, item := range items {
		all[i] = item
	}
	return core.Object{"capacityProviderStrategies": all, "forceNewDeployment": true}
}

func provider(name string, base, weight int) core.Object {
	return core.Object{"capacityProvider": name, "base": base, "weight": weight}
}

// withoutLaunchType are the inputs of a service whose strategy says where its tasks run.
func withoutLaunchType(f cloudtest.Fargate, more core.Object) core.Object {
	return f.ServiceInputs(more).Without("launchType")
}

func TestServiceOnCapacityProviders(t *testing.T) {
	f := cloudtest.NewFargate(t)
	half := strategy(provider("FARGATE", 1, 50), provider("FARGATE_SPOT", 0, 50)).With(core.Object{"desiredCount": 5})
	f.Refused(ecs.ServiceToken, "web", withoutLaunchType(f, half), "cannot contain a capacity provider that is not associated with the cluster")
	name := f.State(ecs.ClusterToken, f.Cluster).Str("name")
	providers, _ := f.Create(ecs.CapacityProvidersToken, "main", core.Object{"clusterName": name, "capacityProviders": core.List("FARGATE", "FARGATE_SPOT")})
	f.Refused(ecs.CapacityProvidersToken, "again", core.Object{"clusterName": name}, "are another resource's already")
	f.Refused(ecs.CapacityProvidersToken, "x", core.Object{"clusterName": name, "capacityProviders": core.List("fleet")}, "must be one of FARGATE, FARGATE_SPOT")

	id, _ := f.Create(ecs.ServiceToken, "web", withoutLaunchType(f, half))
	assert.Equal(t, map[string]int{"FARGATE": 3, "FARGATE_SPOT": 2}, placed(f, id))
	assert.ErrorContains(t, f.TryDelete(ecs.CapacityProvidersToken, providers), "ResourceInUseException")
	first := f.Tasks(id)

	most := strategy(provider("FARGATE", 1, 0), provider("FARGATE_SPOT", 0, 100)).With(core.Object{"desiredCount": 5})
	assert.Empty(t, f.ChangeOf(ecs.ServiceToken, id, withoutLaunchType(f, most)).Replaces)
	f.Update(ecs.ServiceToken, id, withoutLaunchType(f, most))
	assert.Equal(t, map[string]int{"FARGATE": 1, "FARGATE_SPOT": 4}, placed(f, id))
	assert.NotEqual(t, first, f.Tasks(id), "a new deployment")
	quiet := f.ChangeOf(ecs.ServiceToken, id, withoutLaunchType(f, half.With(core.Object{"forceNewDeployment": false})))
	assert.Equal(t, []string{"capacityProviderStrategies"}, quiet.Replaces, "without a new deployment")
	assert.Equal(t, []string{"capacityProviderStrategies", "launchType"}, f.ChangeOf(ecs.ServiceToken, id, f.ServiceInputs(nil)).Replaces, "back to a launch type")
	f.Delete(ecs.ServiceToken, id)
	f.Delete(ecs.CapacityProvidersToken, providers)

	plain, _ := f.Create(ecs.ServiceToken, "plain", f.ServiceInputs(nil))
	assert.Equal(t, map[string]int{"": 2}, placed(f, plain))
	assert.Equal(t, []string{"capacityProviderStrategies"}, f.ChangeOf(ecs.ServiceToken, plain, withoutLaunchType(f, half)).Replaces)
}

func TestStrategyRefusals(t *testing.T) {
	f := cloudtest.NewFargate(t)
	for name, tt := range map[string]struct {
		in  core.Object
		why string
	}{
		"neither":     {nil, "launchType must be FARGATE"},
		"two bases":   {strategy(provider("FARGATE", 1, 1), provider("FARGATE_SPOT", 1, 1)), "must have one base, got 2"},
		"no weight":   {strategy(provider("FARGATE", 1, 0)), "must have a weight greater than zero"},
		"twice":       {strategy(provider("FARGATE", 0, 1), provider("FARGATE", 0, 1)), "got FARGATE again"},
		"a fleet":     {strategy(provider("fleet", 0, 1)), "must be one of FARGATE, FARGATE_SPOT"},
		"much weight": {strategy(provider("FARGATE", 0, 1001)), "weight must be 0-1000"},
	} {
		t.Run(name, func(t *testing.T) {
			f.For(t).Refused(ecs.ServiceToken, "web", withoutLaunchType(f, tt.in), tt.why)
		})
	}
	f.Refused(ecs.ServiceToken, "web", f.ServiceInputs(strategy(provider("FARGATE", 0, 1))), "Specifying both a launch type and capacity provider strategy")
}
