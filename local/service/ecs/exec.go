package ecs

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// execActions are what the agent of ECS Exec does with the role of its task.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
// *sourced*
var execActions = []string{
	"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
}

// execAgent is the status of the agent of ECS Exec in a new task: RUNNING, or why it stops,
// which stops nothing else; "" for a service without.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
// *sourced*, the wording inferred
func execAgent(t *core.Tx, service, definition core.Object, subnetID string) string {
	if !service.Bool("enableExecuteCommand") {
		return ""
	}
	from := routeFrom(t, service, subnetID)
	role, _ := iam.RoleByArn(t, definition.Str("taskRoleArn"))
	if why := from.denied(role, "*", execActions...); why != "" {
		return "STOPPED: " + why
	}
	if !from.ToService("ssmmessages") {
		return "STOPPED: dial tcp: i/o timeout" + from.noRoute("ssmmessages")
	}
	for _, c := range containersOf(definition) {
		if c.Bool("readonlyRootFilesystem") {
			return "STOPPED: the root filesystem of container " + c.Str("name") + " is read-only"
		}
	}
	return "RUNNING"
}
