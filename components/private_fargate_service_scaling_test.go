package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const typeScheduledAction = "aws:appautoscaling/scheduledAction:ScheduledAction"

// policies are the values that a service's policies track, by the metric.
func policies(g *componentstest.Graph) map[any]any {
	all := map[any]any{}
	for _, p := range g.OfType(typeScalingPolicy) {
		const tracked = "targetTrackingScalingPolicyConfiguration."
		all[p.Input(tracked+"predefinedMetricSpecification.predefinedMetricType")] = p.Input(tracked + "targetValue")
	}
	return all
}

func scaledBy(s components.AutoscalingArgs) fargateChange {
	return func(a *components.PrivateFargateServiceArgs) {
		s.MinCount, s.MaxCount = 2, 6
		a.Autoscaling = &s
	}
}

func TestCPUIsTheTargetUnlessAnotherIsGiven(t *testing.T) {
	const cpu, memory, requests = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"
	for _, tt := range []struct {
		given components.AutoscalingArgs
		want  map[any]any
	}{
		{components.AutoscalingArgs{}, map[any]any{cpu: 60}},
		{components.AutoscalingArgs{TargetMemoryPercent: 75}, map[any]any{memory: 75}},
		{components.AutoscalingArgs{RequestsPerTarget: 1000}, map[any]any{requests: 1000}},
		{components.AutoscalingArgs{TargetCpuPercent: 50, TargetMemoryPercent: 75, RequestsPerTarget: 1000}, map[any]any{cpu: 50, memory: 75, requests: 1000}},
	} {
		assert.Equal(t, tt.want, policies(componentstest.Deploy(t, fargate(scaledBy(tt.given)))))
	}
}

func TestRequestsAreCountedForTheFirstRoute(t *testing.T) {
	g := componentstest.Deploy(t, fargate(scaledBy(components.AutoscalingArgs{RequestsPerTarget: 1000}), func(a *components.PrivateFargateServiceArgs) {
		a.AdditionalRoutes = []*components.ServiceRouteArgs{{
			ExistingListener: &components.ExistingListenerArgs{ListenerArn: pulumi.String(someListenerArn)}, Hosts: []string{"two.example.com"},
		}}
	}))
	suffix := func(typ, name string) string { return g.Get(t, typ, name).Output("arnSuffix").(string) }
	policy := g.Get(t, typeScalingPolicy, "api-requests")
	assert.Equal(t, suffix(typeLoadBalancer, "web")+"/"+suffix(typeTargetGroup, "api"),
		policy.Input("targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.resourceLabel"))
	assert.Nil(t, policy.Input("targetTrackingScalingPolicyConfiguration.scaleInCooldown"))

	g = componentstest.Deploy(t, inNetwork(nil, scaledBy(components.AutoscalingArgs{RequestsPerTarget: 1000}), func(a *components.PrivateFargateServiceArgs) {
		a.Route = &components.ServiceRouteArgs{
			ExistingListener: &components.ExistingListenerArgs{ListenerArn: pulumi.String(someListenerArn)}, Hosts: []string{"two.example.com"},
		}
	}))
	assert.Contains(t, g.Get(t, typeScalingPolicy, "api-requests").Input(
		"targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.resourceLabel"), "app/shared/50dc6c495c0c9188/targetgroup/")
}

func TestSchedulesSetBothBounds(t *testing.T) {
	g := componentstest.Deploy(t, worker(scaledBy(components.AutoscalingArgs{
		ScaleInCooldownSeconds: pulumi.IntRef(600), ScaleOutCooldownSeconds: pulumi.IntRef(0),
		Schedules: []components.AutoscalingScheduleArgs{
			{Name: "night", Schedule: "cron(0 20 * * ? *)", TimeZone: "Asia/Tokyo", MinCount: pulumi.IntRef(0), MaxCount: pulumi.IntRef(1)},
			{Name: "morning", Schedule: "rate(1 day)"},
		},
	})))
	night, morning := g.Get(t, typeScheduledAction, "api-schedule-night"), g.Get(t, typeScheduledAction, "api-schedule-morning")
	assert.Equal(t, map[string]any{"minCapacity": 0, "maxCapacity": 1}, night.Input("scalableTargetAction"))
	assert.Equal(t, "cron(0 20 * * ? *)", night.Input("schedule"))
	assert.Equal(t, "Asia/Tokyo", night.Input("timezone"))
	assert.Equal(t, map[string]any{"minCapacity": 2, "maxCapacity": 6}, morning.Input("scalableTargetAction"), "those of autoscaling")
	assert.False(t, morning.Has("timezone"))
	assert.True(t, night.DependsOn(g.One(t, typeScalingTarget)))
	policy := g.One(t, typeScalingPolicy)
	assert.Equal(t, 600, policy.Input("targetTrackingScalingPolicyConfiguration.scaleInCooldown"))
	assert.Equal(t, 0, policy.Input("targetTrackingScalingPolicyConfiguration.scaleOutCooldown"))
}
