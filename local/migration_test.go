package local_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/stacks"
)

const migrationKey = "portico:services[0].migration"

func migrationWith(tag string) map[string]any {
	return map[string]any{"image": image + tag, "command": []string{"migrate"}}
}

// migrations is how many have succeeded.
func migrations(stack *local.Stack) int { return len(stack.Account().All(ecs.RunToken)) }

// A migration runs once per revision and before the service moves. One that fails is red
// and leaves the old tasks in service, and the next update tries again.
func TestAMigrationRunsBeforeTheServiceMoves(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantALB)
	first := revisionOf(t, stack)
	stop := askThroughout(t, stack)

	stack.Configure(imageKey, image+"1.29")
	for tag, reason := range map[string]string{
		"fails-to-start": "ended with exit code 1: Essential container in task exited (log group app-logs-",
		"fails-to-pull":  "did not start: CannotPullContainerError",
		"never-ends":     "has not ended within 300 s and runs on; the next update waits for it (log group app-logs-",
	} {
		stack.Configure(migrationKey, migrationWith(tag))
		_, err := stack.TryUp()
		require.ErrorContains(t, err, "invoking Lambda Function (app-migration-", tag)
		assert.ErrorContains(t, err, reason)
		assert.ErrorContains(t, err, "the container's last line", "the function may read the log")
		assert.Equal(t, first, revisionOf(t, stack), tag)
		_, err = stack.TryUp()
		require.ErrorContains(t, err, reason, "the next update tries again")
	}
	assert.Zero(t, migrations(stack))

	stack.Configure(migrationKey, migrationWith("1.29"))
	stack.Preview()
	assert.Zero(t, migrations(stack), "a preview runs nothing")
	stack.Up()
	assert.Equal(t, 1, migrations(stack))
	second := revisionOf(t, stack)
	assert.NotEqual(t, first, second)
	assert.Empty(t, stack.Up().Changes())
	assert.Empty(t, stack.Refresh().Changes())
	assert.Empty(t, stack.Up().Changes())
	assert.Equal(t, 1, migrations(stack), "nothing has changed")

	stack.Configure("portico:services[0].desiredCount", 3)
	stack.Configure("portico:services[0].migration.timeoutSeconds", 60)
	stack.Up()
	assert.Equal(t, 1, migrations(stack), "no new revision")
	stack.Configure("portico:services[0].desiredCount", 2)
	stack.Configure(imageKey, image+"1.30")
	stack.Up()
	assert.Equal(t, 2, migrations(stack), "a new revision")

	stack.Configure("portico:services", []any{map[string]any{"image": image + "1.30"}})
	stack.Up()
	stop()
	assert.Equal(t, 2, migrations(stack), "removing it runs nothing")
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
	left, err := stack.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}
