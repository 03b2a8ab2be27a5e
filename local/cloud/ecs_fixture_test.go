package cloud

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// executionPolicy is AWS's own policy for pulling images and writing logs.
const executionPolicy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"

// webContainer is a container that listens on 8080, with more said about it.
func webContainer(more object) object {
	return object{
		"name": "web", "image": "public.ecr.aws/nginx/nginx:latest", "essential": true,
		"portMappings": []any{object{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}},
	}.with(more)
}

// loggedTo is a log configuration.
func loggedTo(group string) object {
	return object{"logConfiguration": object{"logDriver": "awslogs", "options": object{
		"awslogs-group": group, "awslogs-region": testRegion, "awslogs-stream-prefix": "web",
	}}}
}

// containersJSON is containers as a task definition has them.
func containersJSON(containers ...object) string {
	raw, err := json.Marshal(containers)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// definitionInputs are those of the smallest Fargate task.
func definitionInputs(more object) object {
	return object{
		"family": "web", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
		"requiresCompatibilities": list("FARGATE"), "containerDefinitions": containersJSON(webContainer(nil)),
	}.with(more)
}

// fargate is a cluster with all that a service in the seeded private subnets
// needs.
type fargate struct {
	*testCloud
	cluster, tasksGroup, targets, definition, execution string
}

func newFargate(t *testing.T) fargate {
	t.Helper()
	c := newTestCloud(t)
	f := fargate{testCloud: c}
	f.cluster, _ = c.create(ecsClusterToken, "main", object{})
	f.tasksGroup = c.aGroup(seedVpc, "tasks")
	f.egress(f.tasksGroup, object{"cidrIpv4": everywhere})
	f.targets = c.group("web", nil)
	balancer, _ := c.create(loadBalancerToken, "web", balancerInputs(nil))
	c.create(listenerToken, "http", object{
		"loadBalancerArn": balancer, "port": 80, "defaultActions": []any{forwardTo(f.targets)},
	})
	logs, _ := c.create(logGroupToken, "web", object{"name": "/web"})
	name, arn := c.role("execution", "ecs-tasks.amazonaws.com")
	c.create(iamAttachmentToken, "execution", object{"role": name, "policyArn": executionPolicy})
	f.execution = arn
	f.definition = f.define(object{}, loggedTo(logs))
	return f
}

// egress lets a group out on 443.
func (f fargate) egress(group string, to object) string {
	f.t.Helper()
	id, _ := f.create(egressRuleToken, "out", object{
		"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
	}.with(to))
	return id
}

// define registers a task definition with the execution role and one container.
func (f fargate) define(more, container object) string {
	f.t.Helper()
	id, _ := f.create(ecsDefinitionToken, "web", definitionInputs(object{
		"executionRoleArn": f.execution, "containerDefinitions": containersJSON(webContainer(container)),
	}).with(more))
	return id
}

// serviceInputs are those of a service of two tasks that is waited for.
func (f fargate) serviceInputs(more object) object {
	return object{
		"cluster": f.cluster, "taskDefinition": f.definition, "launchType": "FARGATE", "desiredCount": 2,
		"waitForSteadyState": true,
		"networkConfiguration": object{
			"subnets": list(seedPrivateA, seedPrivateC), "securityGroups": list(f.tasksGroup), "assignPublicIp": false,
		},
		"loadBalancers": []any{object{"targetGroupArn": f.targets, "containerName": "web", "containerPort": 8080}},
	}.with(more)
}

// in is a network configuration.
func (f fargate) in(subnets ...string) object {
	return object{"networkConfiguration": object{"subnets": list(subnets...), "securityGroups": list(f.tasksGroup)}}
}

// tasks are the tasks of a service.
func (f fargate) tasks(service string) (tasks []object) {
	f.t.Helper()
	require.NoError(f.t, f.transact(func(t *tx) error {
		tasks = tasksOf(t, service)
		return nil
	}))
	return tasks
}

// arnOf is the ARN of something of the account.
func (c *testCloud) arnOf(service, resource string) string {
	return "arn:aws:" + service + ":" + c.region + ":" + c.account().ID + ":" + resource
}
