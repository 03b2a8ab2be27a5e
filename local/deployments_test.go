package local_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/stacks"
)

const (
	imageKey = "portico:services[0].image"
	image    = "public.ecr.aws/nginx/nginx:"
)

// revisionOf is the revision that the stack's only service has, and that all of its
// tasks run.
func revisionOf(t *testing.T, stack *local.Stack) string {
	t.Helper()
	account := stack.Account()
	services := account.All(ecs.ServiceToken)
	require.Len(t, services, 1)
	revision := core.Object(services[0]).Str("taskDefinition")
	tasks := account.All(ecs.TaskToken)
	require.Len(t, tasks, 2)
	for _, task := range tasks {
		assert.Equal(t, revision, task["taskDefinition"])
	}
	return revision
}

// isKept asserts that a service could still be given a revision.
func isKept(t *testing.T, stack *local.Stack, revision string) {
	t.Helper()
	account := stack.Account()
	if account.Get(ecs.DefinitionToken, revision) == nil {
		assert.Equal(t, "ACTIVE", account.Get(ecs.RevisionToken, revision)["status"], revision)
	}
}

// askThroughout keeps sending a request over the account as it is at that moment, until
// the returned function is called. Each must be answered with 200.
func askThroughout(t *testing.T, stack *local.Stack) (stop func()) {
	t.Helper()
	ended, asked := make(chan struct{}), make(chan int)
	go func() {
		for count := 1; ; count++ {
			seen := stack.Get("https://app.example.com/")
			assert.Equal(t, 200, seen.Status, seen.Reason)
			select {
			case <-ended:
				asked <- count
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() {
		close(ended)
		assert.Greater(t, <-asked, 1)
	}
}

// An update whose new tasks fail is red and says what runs, the old tasks answer every
// request, and the corrected image is deployed by the next update.
func TestADeploymentThatFailsIsRedAndTheOldTasksServeOn(t *testing.T) {
	for tag, reason := range map[string]string{
		"fails-to-pull": "CannotPullContainerError", "fails-to-start": "EssentialContainerExited", "fails-health-checks": "Task failed ELB health checks",
	} {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			stack := upStack(t, stacks.VariantALB)
			first := revisionOf(t, stack)
			stop := askThroughout(t, stack)

			stack.Configure(imageKey, image+tag)
			_, err := stack.TryUp()
			require.ErrorContains(t, err, `PrivateFargateService "app": its tasks must run the revision asked for, `)
			assert.ErrorContains(t, err, "but run "+first+": ")
			assert.ErrorContains(t, err, "the deployment failed and was rolled back to "+first+": tasks stopped: ", "as in the service's events")
			assert.ErrorContains(t, err, reason)
			t.Log(err)
			assert.Equal(t, first, revisionOf(t, stack))
			isKept(t, stack, first)
			assert.Contains(t, names(stack.Preview().Changes()), "update app", "the next update tries again")
			_, err = stack.TryUp()
			require.ErrorContains(t, err, "but run "+first+": ", "and fails for the same reason")
			assert.Equal(t, first, revisionOf(t, stack))
			isKept(t, stack, first)

			stack.Configure(imageKey, image+"1.29")
			stack.Up()
			assert.NotEqual(t, first, revisionOf(t, stack))
			stop()
			assert.Empty(t, stack.Up().Changes())
			assert.Empty(t, stack.Refresh().Changes())
			assert.Empty(t, stack.Preview().Changes())
			stack.Destroy()
			left, err := stack.Account().DiffFromSeed()
			require.NoError(t, err)
			assert.Empty(t, left)
			isKept(t, stack, first)
		})
	}
}

// Without a circuit breaker the provider waits in vain, and ends with the reason.
func TestADeploymentThatFailsWithoutACircuitBreaker(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{"services[0].circuitBreaker": "false"})
	stack.Up()
	first := revisionOf(t, stack)
	stop := askThroughout(t, stack)
	stack.Configure(imageKey, image+"fails-health-checks")
	_, err := stack.TryUp()
	require.ErrorContains(t, err, "update: timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s): "+
		"tasks stopped: Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:")
	t.Log(err)
	assert.Equal(t, first, revisionOf(t, stack))
	isKept(t, stack, first)
	stack.Configure(imageKey, image+"1.29")
	stack.Up()
	stop()
	assert.NotEqual(t, first, revisionOf(t, stack))
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
}

// A first deployment has nothing to go back to. The provider fails to notice that its tasks
// are unhealthy; viewers do not.
func TestAFirstDeploymentThatFails(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{"services[0].image": image + "fails-to-start"})
	_, err := stack.TryUp()
	require.ErrorContains(t, err, "create: timeout while waiting for state to become 'tfSTABLE'")
	assert.ErrorContains(t, err, "EssentialContainerExited: Essential container in task exited (container app, image "+image+"fails-to-start, exit code 1)")
	t.Log(err)
	stack.Configure(imageKey, image+"fails-health-checks")
	assert.Contains(t, stack.Up().Output, "failed: tasks stopped: Task failed ELB health checks", "as in the service's events")
	assert.Equal(t, 503, stack.Get("https://app.example.com/").Status)
	stack.Configure(imageKey, image+"stable")
	stack.Up()
	assert.Equal(t, 200, stack.Get("https://app.example.com/").Status)
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
}
