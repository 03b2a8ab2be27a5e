package local_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/autoscaling"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/stacks"
)

const scalingKey = "portico:services[0].autoscaling"

// trackedBy are the metrics that a stack's policies track.
func trackedBy(stack *local.Stack) []string {
	var all []string
	for _, p := range stack.Account().All(autoscaling.ScalingPolicyToken) {
		all = append(all, core.Object(p).StrsAt("targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType")...)
	}
	return all
}

// Scaling by requests and memory, with schedules, is turned on and off while viewers ask, and
// touches neither the service nor its tasks.
func TestScalingIsTurnedOnAndOff(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{"services[0].autoscaling": map[string]any{"minCount": 2, "maxCount": 4}})
	stack.Up()
	tasks := stack.Account().All(ecs.TaskToken)
	stop := askThroughout(t, stack)
	stack.Configure(scalingKey, map[string]any{
		"minCount": 2, "maxCount": 4, "requestsPerTarget": 1000, "targetMemoryPercent": 80, "scaleInCooldownSeconds": 600,
		"schedules": []any{
			map[string]any{"name": "night", "schedule": "cron(0 20 * * ? *)", "timeZone": "Asia/Tokyo", "minCount": 1, "maxCount": 1},
			map[string]any{"name": "morning", "schedule": "cron(0 6 * * ? *)", "timeZone": "Asia/Tokyo"},
		},
	})
	assert.ElementsMatch(t, []string{
		"create app-memory", "create app-requests", "create app-schedule-night", "create app-schedule-morning", "delete app",
	}, names(stack.Up().Changes()))
	assert.ElementsMatch(t, []string{"ALBRequestCountPerTarget", "ECSServiceAverageMemoryUtilization"}, trackedBy(stack))
	assert.Empty(t, stack.Up().Changes())
	assert.Empty(t, stack.Refresh().Changes())

	stack.Configure(scalingKey, map[string]any{"minCount": 2, "maxCount": 4})
	stack.Up()
	assert.Equal(t, []string{"ECSServiceAverageCPUUtilization"}, trackedBy(stack))
	assert.Empty(t, stack.Account().All(autoscaling.ScheduledToken))
	stop()
	assert.Equal(t, tasks, stack.Account().All(ecs.TaskToken), "the same tasks as before")
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
	left, err := stack.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}

// placement counts the running tasks by capacity provider.
func placement(stack *local.Stack) map[any]int {
	count := map[any]int{}
	for _, task := range stack.Account().All(ecs.TaskToken) {
		count[task["capacityProvider"]]++
	}
	return count
}

// A service gets and loses Fargate Spot while viewers ask: the service is replaced, and the
// new one's tasks run before the old ones stop. From one share to another it is a deployment.
func TestSpotIsTurnedOnAndOff(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{"services[0].desiredCount": 4})
	stack.Up()
	assert.Equal(t, map[any]int{"": 4}, placement(stack))
	replaced := []string{"create-replacement app", "replace app", "delete-replaced app"}
	stop := askThroughout(t, stack)
	stack.Configure("portico:services[0].spotPercent", 50)
	assert.ElementsMatch(t, append([]string{"create app-cluster"}, replaced...), names(stack.Up().Changes()))
	assert.Equal(t, map[any]int{"FARGATE": 3, "FARGATE_SPOT": 1}, placement(stack))
	assert.Empty(t, stack.Up().Changes())
	assert.Empty(t, stack.Refresh().Changes())

	stack.Configure("portico:services[0].spotPercent", 100)
	assert.Equal(t, []string{"update app"}, names(stack.Up().Changes()))
	assert.Equal(t, map[any]int{"FARGATE": 1, "FARGATE_SPOT": 3}, placement(stack))

	stack.Configure("portico:services[0].spotPercent", nil)
	assert.ElementsMatch(t, append([]string{"delete app-cluster"}, replaced...), names(stack.Up().Changes()))
	stop()
	assert.Equal(t, map[any]int{"": 4}, placement(stack))
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
	left, err := stack.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}
