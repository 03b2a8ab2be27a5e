package ecs

import (
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// neverEnds is the tag of an image whose process does not end, which other images do at
// once when their task is run by itself.
const neverEnds = "never-ends"

// RunToken is the type of the account's records of tasks that were run by themselves, to
// their end with exit code 0.
var RunToken = core.KeptRecord("aws:ecs/run:Run", "arn", "taskDefinition")

// Run is a task that belongs to no service.
type Run struct {
	Cluster, TaskDefinition string // ARNs
	Subnets, SecurityGroups []string
}

// Outcome is how a task ended.
type Outcome struct {
	Task     string // its ARN
	Runs     bool   // it has not ended
	ExitCode *int   // of its first container; nil if it did not start
	Reason   string
}

// RunTask runs one task to its end. The error is ECS's refusal to start it.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
// *sourced*, the wording inferred
func RunTask(t *core.Tx, r Run) (Outcome, error) {
	cluster, ok := findCluster(t, r.Cluster)
	if !ok {
		return Outcome{}, core.Refuse("ClusterNotFoundException", clusterNotFound)
	}
	definition, ok := findDefinition(t, r.TaskDefinition)
	if !ok || !isActive(t, r.TaskDefinition) {
		return Outcome{}, core.Refuse(clientException, "%s", definitionInactive)
	}
	like := core.Object{"networkConfiguration": map[string]any{
		"subnets": core.List(r.Subnets...), "securityGroups": core.List(r.SecurityGroups...),
	}}
	if _, err := checkTaskNetwork(t, like); err != nil {
		return Outcome{}, err
	}
	outcome := Outcome{Task: t.ARN("ecs", "task/"+cluster.Str("name")+"/"+t.Hex(32))}
	containers := containersOf(definition)
	code := 0
	switch tag := tagOf(containers[0].Str("image")); tag {
	case neverEnds:
		outcome.Runs = true
		return outcome, nil
	case failsToStart:
		code = 1
		outcome.Reason = "Essential container in task exited"
	default:
		if why := cannotStart(t, like, definition, r.Subnets[0]); why != "" {
			outcome.Reason = why
			return outcome, nil
		}
		t.Set(RunToken, outcome.Task, core.Object{"arn": outcome.Task, "taskDefinition": definition.Str("arn")})
	}
	outcome.ExitCode = &code
	return outcome, nil
}

// RolesOf are the roles that a task definition passes to its tasks.
func RolesOf(t *core.Tx, taskDefinition string) []string {
	definition, _ := findDefinition(t, taskDefinition)
	var roles []string
	for _, p := range []string{"executionRoleArn", "taskRoleArn"} {
		if definition.Has(p) {
			roles = append(roles, definition.Str(p))
		}
	}
	return roles
}

// FamilyOf is the family that the ARN of a task definition names.
func FamilyOf(taskDefinition string) string {
	family, _, _ := strings.Cut(taskDefinition[strings.LastIndex(taskDefinition, "/")+1:], ":")
	return family
}
