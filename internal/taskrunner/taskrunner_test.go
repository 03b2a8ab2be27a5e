//go:build python

package taskrunner_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/taskrunner"
)

// boto3 stands in for the AWS SDK: CASE says what the clients answer.
const boto3 = `
import json, os, sys
C = json.loads(os.environ["CASE"])
class Denied(Exception): pass
class Exceptions:
    AccessDeniedException = Denied
    ClientError = Denied
class Client:
    exceptions = Exceptions
    def __getattr__(self, name):
        def call(**given):
            print(name, json.dumps(given, sort_keys=True), file=sys.stderr)
            answer = C[name].pop(0) if len(C[name]) > 1 else C[name][0]
            if answer == "denied":
                raise Denied(name)
            return answer
        return call
def client(name): return Client()
`

// The function is run with a stand-in for the SDK.
func TestTheFunction(t *testing.T) {
	task := func(status string, more ...any) map[string]any {
		out := map[string]any{"taskArn": "arn:task/shop/0a", "taskDefinitionArn": "arn:app:7", "lastStatus": status, "containers": []any{map[string]any{}}}
		for i := 0; i < len(more); i += 2 {
			out[more[i].(string)] = more[i+1]
		}
		return out
	}
	tasks := func(all ...map[string]any) map[string]any { return map[string]any{"tasks": all, "failures": []any{}} }
	exit := func(code int) []any { return []any{map[string]any{"exitCode": code}} }
	none, one := map[string]any{"taskArns": []any{}}, map[string]any{"taskArns": []any{"arn:task/shop/0a"}}
	lines := []any{map[string]any{"events": []any{map[string]any{"message": "no such table"}}}}
	for name, c := range map[string]struct {
		answers map[string][]any
		want    string
		calls   int // of run_task
	}{
		"ends with 0":         {map[string][]any{"list_tasks": {none}, "run_task": {tasks(task("PENDING"))}, "describe_tasks": {tasks(task("RUNNING")), tasks(task("STOPPED", "containers", exit(0)))}}, `{"taskArn": "arn:task/shop/0a", "exitCode": 0}`, 1},
		"ends with 3":         {map[string][]any{"list_tasks": {none}, "run_task": {tasks(task("PENDING"))}, "describe_tasks": {tasks(task("STOPPED", "containers", exit(3), "stoppedReason", "Essential container in task exited"))}, "get_log_events": lines}, "the task arn:task/shop/0a ended with exit code 3: Essential container in task exited (log group /app, stream app/migration/0a)\nno such table", 1},
		"does not start":      {map[string][]any{"list_tasks": {none}, "run_task": {tasks(task("PENDING"))}, "describe_tasks": {tasks(task("STOPPED", "stoppedReason", "CannotPullContainerError"))}, "get_log_events": {"denied"}}, "the task arn:task/shop/0a did not start: CannotPullContainerError (log group /app, stream app/migration/0a)", 1},
		"takes too long":      {map[string][]any{"list_tasks": {none}, "run_task": {tasks(task("PENDING"))}, "describe_tasks": {tasks(task("RUNNING"))}, "get_log_events": lines}, "has not ended within 60 s and runs on; the next update waits for it", 1},
		"still runs":          {map[string][]any{"list_tasks": {one}, "describe_tasks": {tasks(task("RUNNING")), tasks(task("STOPPED", "containers", exit(0)))}}, `"exitCode": 0`, 0},
		"another still runs":  {map[string][]any{"list_tasks": {one}, "describe_tasks": {tasks(task("RUNNING", "taskDefinitionArn", "arn:app:6"))}}, "of an earlier update still runs", 0},
		"a new role":          {map[string][]any{"list_tasks": {none}, "run_task": {"denied", tasks(task("PENDING"))}, "describe_tasks": {tasks(task("STOPPED", "containers", exit(0)))}}, `"exitCode": 0`, 2},
		"a role that may not": {map[string][]any{"list_tasks": {none}, "run_task": {"denied"}}, "run_task", 12},
		"no capacity":         {map[string][]any{"list_tasks": {none}, "run_task": {map[string]any{"tasks": []any{}, "failures": []any{map[string]any{"reason": "RESOURCE:ENI"}}}}}, "the task was not started: RESOURCE:ENI", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, text := range map[string]string{"boto3.py": boto3, "index.py": taskrunner.Source, "run.py": `
import json, time
now = [0]
time.monotonic = lambda: now[0]
time.sleep = lambda s: now.__setitem__(0, now[0] + s)
import index
try:
    print(json.dumps(index.handler({"taskDefinition": "arn:app:7", "deployment": "arn:app:1"}, None)))
except Exception as e:
    print(e)
`} {
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
			}
			answers, err := json.Marshal(c.answers)
			require.NoError(t, err)
			cmd := exec.Command("python3", filepath.Join(dir, "run.py"))
			var calls strings.Builder
			cmd.Stderr = &calls
			cmd.Env = append(os.Environ(), "CASE="+string(answers), "CLUSTER=shop", "FAMILY=app", "CONTAINER=migration", "SUBNETS=subnet-a,subnet-c",
				"SECURITY_GROUPS=sg-1", "LOG_GROUP=/app", "LOG_STREAM_PREFIX=app", "TIMEOUT_SECONDS=60", "PYTHONDONTWRITEBYTECODE=1")
			out, err := cmd.Output()
			require.NoError(t, err, calls.String())
			assert.Contains(t, string(out), c.want)
			assert.Equal(t, c.calls, strings.Count(calls.String(), "run_task "), calls.String())
			if c.calls == 1 {
				assert.Contains(t, calls.String(), `"awsvpcConfiguration": {"assignPublicIp": "DISABLED", "securityGroups": ["sg-1"], "subnets": ["subnet-a", "subnet-c"]}`)
			}
		})
	}
}
