package lambda

import (
	"fmt"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ecs"
)

// taskRunner is the function with which a PrivateFargateService runs its migration:
// internal/taskrunner/index.py.
const taskRunner = "c73274420e5d374995b5e27ba0570eb49c8e7d77c868e1b8b98bd273f4022c9a"

// runTask does what that function does.
func runTask(t *core.Tx, c call) (any, error) {
	definition := c.event.Str("taskDefinition")
	if err := c.may(t, "*", "ecs:ListTasks"); err != nil {
		return nil, err
	}
	if err := c.may(t, definition, "ecs:RunTask"); err != nil {
		return nil, err
	}
	for _, role := range ecs.RolesOf(t, definition) {
		if err := c.may(t, role, "iam:PassRole"); err != nil {
			return nil, err
		}
	}
	outcome, err := ecs.RunTask(t, ecs.Run{
		Cluster: c.variables.Str("CLUSTER"), TaskDefinition: definition,
		Subnets:        strings.Split(c.variables.Str("SUBNETS"), ","),
		SecurityGroups: strings.Split(c.variables.Str("SECURITY_GROUPS"), ","),
	})
	if err != nil {
		return nil, err
	}
	if err := c.may(t, outcome.Task, "ecs:DescribeTasks"); err != nil {
		return nil, err
	}
	var ended string
	switch {
	case outcome.Runs:
		return nil, fmt.Errorf("the task %s has not ended within %s s and runs on; the next update waits for it%s",
			outcome.Task, c.variables.Str("TIMEOUT_SECONDS"), c.lastLines(t, outcome.Task))
	case outcome.ExitCode == nil:
		ended = "did not start"
	case *outcome.ExitCode != 0:
		ended = fmt.Sprintf("ended with exit code %d", *outcome.ExitCode)
	default:
		return map[string]any{"taskArn": outcome.Task, "exitCode": 0}, nil
	}
	return nil, fmt.Errorf("the task %s %s: %s%s", outcome.Task, ended, outcome.Reason, c.lastLines(t, outcome.Task))
}

// lastLines names the task's log, and what its container wrote last if the function's role
// may read it.
func (c call) lastLines(t *core.Tx, task string) string {
	group := c.variables.Str("LOG_GROUP")
	stream := strings.Join([]string{c.variables.Str("LOG_STREAM_PREFIX"), c.variables.Str("CONTAINER"), task[strings.LastIndex(task, "/")+1:]}, "/")
	text := " (log group " + group + ", stream " + stream + ")"
	if c.may(t, t.ARN("logs", "log-group:"+group+":log-stream:"+stream), "logs:GetLogEvents") != nil {
		return text
	}
	return text + "\nthe container's last line"
}
