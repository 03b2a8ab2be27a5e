package cloud

import (
	"slices"
	"strings"
)

// ecsTaskToken is where the tasks of services are kept. A task is nothing a
// program makes, so it is no Pulumi type. Its record has:
//
//	id, arn, service, taskDefinition  ARNs
//	networkInterface                  the id of its interface
//	subnetId, privateIp               where it is
//	securityGroups                    the groups of its interface
//	targets                           {targetGroupArn, port} of each group it is registered with
//	startedAs                         a number that grows from task to task
const ecsTaskToken = "aws:ecs/task:Task"

// tasksOf are the tasks of a service, in the order they were started.
func tasksOf(t *tx, service string) []object {
	tasks := t.where(ecsTaskToken, "service", service)
	slices.SortFunc(tasks, func(a, b object) int { return a.integer("startedAs") - b.integer("startedAs") })
	return tasks
}

// runService brings the tasks of a service to the desired number, all new ones
// when fresh. It says why tasks stop as soon as they start; then old ones, if
// there are any, run on. "" when all is well.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
// *sourced*
func runService(t *tx, service object, fresh bool) string {
	running, desired := tasksOf(t, service.str("id")), service.integer("desiredCount")
	if len(running) > desired {
		stopTasks(t, running[desired:])
		running = running[:desired]
	}
	missing := desired - len(running)
	if fresh {
		missing = desired
	}
	if missing == 0 {
		return ""
	}
	definition, err := findDefinition(t, service.str("taskDefinition"))
	if err != nil {
		return err.Error()
	}
	subnets := service.object("networkConfiguration").strs("subnets")
	for _, subnet := range subnets {
		if why := cannotStart(t, service, definition, subnet); why != "" {
			return why
		}
	}
	if fresh {
		stopTasks(t, running)
		running = nil
	}
	for i := range missing {
		if err := startTask(t, service, definition, subnets[(len(running)+i)%len(subnets)]); err != nil {
			return err.Error()
		}
	}
	return ""
}

// startTask starts one task in a subnet: an interface with an address, which is
// registered with the service's target groups.
func startTask(t *tx, service, definition object, subnetID string) error {
	subnet, _ := t.get(subnetToken, subnetID)
	groups := taskGroups(t, service, subnet)
	cluster := strings.Split(service.str("id"), "/")[1]
	arn, eni := t.arn("ecs", "task/"+cluster+"/"+t.hex(32)), t.newID("eni")
	ip, err := freeAddress(t, subnet)
	if err != nil {
		return err
	}
	t.set(networkInterfaceToken, eni, object{
		"arn":            t.arn("ec2", "network-interface/"+eni),
		"description":    t.arn("ecs", "attachment/"+t.hex(32)),
		"interfaceType":  "interface",
		"ownerId":        t.accountID,
		"privateDnsName": privateDNS(t.region, ip),
		"privateIp":      ip,
		"privateIps":     list(ip),
		"securityGroups": list(groups...),
		"subnetId":       subnetID,
	})
	targets := []any{}
	for _, lb := range service.objects("loadBalancers") {
		targets = append(targets, map[string]any{
			"targetGroupArn": lb.str("targetGroupArn"), "port": float64(lb.integer("containerPort")),
		})
	}
	t.set(ecsTaskToken, arn, object{
		"arn": arn, "service": service.str("id"), "taskDefinition": definition.str("arn"),
		"networkInterface": eni, "subnetId": subnetID, "privateIp": ip, "securityGroups": list(groups...),
		"targets": targets, "startedAs": float64(t.account.Serial),
	})
	return nil
}

// taskGroups are the security groups of a service's tasks: those given, or the
// VPC's default group.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
// *sourced*
func taskGroups(t *tx, service, subnet object) []string {
	if groups := service.object("networkConfiguration").strs("securityGroups"); len(groups) > 0 {
		return groups
	}
	vpc, _ := t.get(vpcToken, subnet.str("vpcId"))
	return []string{vpc.str("defaultSecurityGroupId")}
}

// stopTasks stops tasks; their interfaces and registrations go with them.
func stopTasks(t *tx, tasks []object) {
	for _, task := range tasks {
		t.drop(networkInterfaceToken, task.str("networkInterface"))
		t.drop(ecsTaskToken, task.str("id"))
	}
}

// cannotStart says why a task in a subnet would stop as soon as it is started;
// "" when it would run. What is looked at is what most often goes wrong: roles,
// the log group, and the ways to the registry, to the log and to the secrets.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
// *sourced*, the wording shortened
func cannotStart(t *tx, service, definition object, subnetID string) string {
	for _, p := range []string{"executionRoleArn", "taskRoleArn"} {
		arn := definition.str(p)
		if role, ok := roleByArn(t, arn); arn != "" && (!ok || !trusts(role, "ecs-tasks.amazonaws.com")) {
			return "ECS was unable to assume the role '" + arn + "' that was provided for this task. " +
				"Please verify that the role being passed has the proper trust relationship and permissions"
		}
	}
	subnet, _ := t.get(subnetToken, subnetID)
	way := route{
		t: t, subnet: subnet, groups: taskGroups(t, service, subnet),
		hasPublicIP: service.object("networkConfiguration").boolean("assignPublicIp"),
	}
	role, _ := roleByArn(t, definition.str("executionRoleArn"))
	for _, c := range containersOf(definition) {
		for _, check := range []func(container, object) string{way.toImage, way.toSecrets, way.toLog} {
			if why := check(c, role); why != "" {
				return why
			}
		}
	}
	return ""
}
