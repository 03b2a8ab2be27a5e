package ecs

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/iam"
)

// TaskToken is the type of the account's records of tasks. No program makes a task, so
// it is no Pulumi type. A record has:
//
//	id, arn, service, taskDefinition  ARNs
//	networkInterface                  the id of its interface
//	subnetId, privateIp               where it is
//	securityGroups                    the groups of its interface
//	targets                           {targetGroupArn, port} of each group it is registered with
//	startedAs                         a number that grows from task to task
//	executeCommandAgent               RUNNING, or why it stopped; "" without ECS Exec
//	capacityProvider                  FARGATE or FARGATE_SPOT; "" with a launch type
var TaskToken = core.OwnRecord("aws:ecs/task:Task", "arn", "service", "taskDefinition", "networkInterface",
	"subnetId", "privateIp", "securityGroups", "targets", "startedAs", "capacityProvider", "executeCommandAgent")

// tasksOf are the tasks of a service, in the order they were started.
func tasksOf(t *core.Tx, service string) []core.Object {
	tasks := t.Where(TaskToken, "service", service)
	slices.SortFunc(tasks, func(a, b core.Object) int { return a.Int("startedAs") - b.Int("startedAs") })
	return tasks
}

// Scale brings the tasks of a service to the desired number. Tasks that stop again are no
// error.
func Scale(t *core.Tx, service core.Object) { runTasks(t, service, false) }

// failure is why tasks do not run, or stop again.
type failure struct {
	why     string // "" if they do not
	started bool   // they run until a health check fails
	pending bool   // they do not stop: they never get as far as running
}

// runTasks brings the tasks of a service to the desired number, and replaces all of them
// when fresh. If the new ones would stop again, none is started and the old ones keep
// running.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
// *sourced*
func runTasks(t *core.Tx, service core.Object, fresh bool) failure {
	running, desired := tasksOf(t, service.Str("id")), service.Int("desiredCount")
	if len(running) > desired {
		stopTasks(t, running[desired:])
		running = running[:desired]
	}
	missing := desired - len(running)
	if fresh {
		missing = desired
	}
	if missing == 0 {
		return failure{}
	}
	definition, ok := findDefinition(t, service.Str("taskDefinition"))
	if !ok {
		return failure{why: definitionNotFound + service.Str("taskDefinition")}
	}
	subnets := service.Block("networkConfiguration").Strs("subnets")
	for _, subnet := range subnets {
		if why := cannotStart(t, service, definition, subnet); why != "" {
			return failure{why: why}
		}
	}
	if waits := waitsForHealth(containersOf(definition)); waits.why != "" {
		return waits
	}
	if why := unhealthy(service, definition); why != "" {
		return failure{why: why, started: true}
	}
	if fresh {
		stopTasks(t, running)
		running = nil
	}
	for i := range missing {
		if err := startTask(t, service, definition, subnets[(len(running)+i)%len(subnets)]); err != nil {
			return failure{why: err.Error()}
		}
	}
	return failure{}
}

// startTask starts one task in a subnet: an interface with an address, which is
// registered with the service's target groups.
func startTask(t *core.Tx, service, definition core.Object, subnetID string) error {
	cluster := strings.Split(service.Str("id"), "/")[1]
	arn := t.ARN("ecs", "task/"+cluster+"/"+t.Hex(32))
	eni, state, err := t.Create(ec2.NetworkInterfaceToken, core.Object{
		"description":    t.ARN("ecs", "attachment/"+t.Hex(32)),
		"securityGroups": service.Block("networkConfiguration")["securityGroups"],
		"subnetId":       subnetID,
	})
	if err != nil {
		return err
	}
	targets := []any{}
	for _, lb := range service.Blocks("loadBalancers") {
		targets = append(targets, map[string]any{
			"targetGroupArn": lb.Str("targetGroupArn"), "port": float64(lb.Int("containerPort")),
		})
	}
	t.Set(TaskToken, arn, core.Object{
		"arn": arn, "service": service.Str("id"), "taskDefinition": definition.Str("arn"),
		"networkInterface": eni, "subnetId": subnetID, "privateIp": state["privateIp"], "securityGroups": state["securityGroups"],
		"targets": targets, "startedAs": float64(t.Serial()),
		"executeCommandAgent": execAgent(t, service, definition, subnetID),
		"capacityProvider":    placedOn(service, tasksOf(t, service.Str("id"))),
	})
	return nil
}

// stopTasks stops tasks and removes their network interfaces.
func stopTasks(t *core.Tx, tasks []core.Object) {
	for _, task := range tasks {
		t.Drop(ec2.NetworkInterfaceToken, task.Str("networkInterface"))
		t.Drop(TaskToken, task.Str("id"))
	}
}

// cannotStart returns why a task in a subnet would stop as soon as it is started; "" if
// it would run. It checks what most often goes wrong: roles, the log group, the routes to
// the registry, to the log and to the secrets, and the image.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
// *sourced*, the wording shortened
func cannotStart(t *core.Tx, service, definition core.Object, subnetID string) string {
	for _, p := range []string{"executionRoleArn", "taskRoleArn"} {
		arn := definition.Str(p)
		if role, ok := iam.RoleByArn(t, arn); arn != "" && (!ok || !iam.Trusts(role, "ecs-tasks.amazonaws.com")) {
			return "ECS was unable to assume the role '" + arn + "' that was provided for this task. " +
				"Please verify that the role being passed has the proper trust relationship and permissions"
		}
	}
	from := routeFrom(t, service, subnetID)
	role, _ := iam.RoleByArn(t, definition.Str("executionRoleArn"))
	for _, c := range containersOf(definition) {
		for _, check := range []func(c, role core.Object) string{from.toImage, from.toSecrets, from.toLog} {
			if why := check(c, role); why != "" {
				return why
			}
		}
		if why := exits(c); why != "" {
			return why
		}
	}
	return waitsInVain(containersOf(definition))
}
