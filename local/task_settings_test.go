package local_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/stacks"
)

// agents counts the running tasks by the status of the agent of ECS Exec.
func agents(stack *local.Stack) map[any]int {
	count := map[any]int{}
	for _, task := range stack.Account().All(ecs.TaskToken) {
		count[task["executeCommandAgent"]]++
	}
	return count
}

// What says how the container runs comes and goes while viewers ask; each is a deployment.
func TestTaskSettingsAreTurnedOnAndOff(t *testing.T) {
	t.Parallel()
	const service = "portico:services[0]."
	stack := readyStack(t, stacks.VariantALB, map[string]any{imageKey[len("portico:"):]: image + "fails-own-check"})
	stack.Up()
	first := revisionOf(t, stack)
	stop := askThroughout(t, stack)

	stack.Configure(service+"containerHealthCheck.command", []string{"CMD-SHELL", "check"})
	_, err := stack.TryUp()
	require.ErrorContains(t, err, "Task failed container health checks")
	assert.Equal(t, first, revisionOf(t, stack), "rolled back")

	stack.Configure(imageKey, image+"stable")
	stack.Configure(service+"user", "1000:1000")
	stack.Configure(service+"readonlyRootFilesystem", "true")
	stack.Configure(service+"writablePaths", []string{"/tmp"})
	stack.Up()
	locked := revisionOf(t, stack)
	assert.NotEqual(t, first, locked)
	assert.Empty(t, stack.Up().Changes())
	assert.Empty(t, stack.Refresh().Changes())
	assert.Equal(t, map[any]int{"": 2}, agents(stack))

	stack.Configure(service+"containerHealthCheck", nil)
	stack.Configure(service+"readonlyRootFilesystem", "false")
	stack.Configure(service+"writablePaths", nil)
	stack.Configure(service+"user", nil)
	stack.Configure(service+"enableExecuteCommand", "true")
	stack.Up()
	assert.NotEqual(t, locked, revisionOf(t, stack))
	assert.Equal(t, map[any]int{"RUNNING": 2}, agents(stack))
	assert.Empty(t, stack.Up().Changes())

	stack.Configure(service+"enableExecuteCommand", nil)
	stack.Up()
	stop()
	assert.Equal(t, map[any]int{"": 2}, agents(stack))
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
	left, err := stack.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}

// Without NAT, the agent of ECS Exec runs where there is an endpoint of ssmmessages.
func TestExecWithoutNAT(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{
		"services[0].image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1", "services[0].enableExecuteCommand": "true",
		"network.nat": "none", "network.interfaceEndpoints": []string{"ecr.api", "ecr.dkr", "logs", "ssmmessages"},
	})
	stack.Up()
	assert.Equal(t, map[any]int{"RUNNING": 2}, agents(stack))
	stack.Destroy()
}
