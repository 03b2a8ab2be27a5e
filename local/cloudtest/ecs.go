package cloudtest

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/local/service/elb"
	"github.com/portico-iac/portico/local/service/iam"
)

// executionPolicy is AWS's own policy for pulling images and writing logs.
const executionPolicy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"

// WebContainer is a container that listens on 8080, with more said about it.
func WebContainer(more core.Object) core.Object {
	return core.Object{
		"name": "web", "image": "public.ecr.aws/nginx/nginx:latest", "essential": true,
		"portMappings": []any{core.Object{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}},
	}.With(more)
}

// LoggedTo is a log configuration of a container.
func LoggedTo(group string) core.Object {
	return core.Object{"logConfiguration": core.Object{"logDriver": "awslogs", "options": core.Object{
		"awslogs-group": group, "awslogs-region": Region, "awslogs-stream-prefix": "web",
	}}}
}

// ContainersJSON is containers as a task definition has them.
func ContainersJSON(t testing.TB, containers ...core.Object) string {
	t.Helper()
	raw, err := json.Marshal(containers)
	require.NoError(t, err)
	return string(raw)
}

// DefinitionInputs are those of the smallest Fargate task, with one container.
func DefinitionInputs(t testing.TB, more core.Object) core.Object {
	t.Helper()
	return core.Object{
		"family": "web", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
		"requiresCompatibilities": core.List("FARGATE"), "containerDefinitions": ContainersJSON(t, WebContainer(nil)),
	}.With(more)
}

// Fargate is a cluster with all that a service in the seeded private subnets needs.
type Fargate struct {
	*Cloud
	Cluster, TasksGroup, Targets, Definition, ExecutionRole string
}

// NewFargate is a cluster in a new account.
func NewFargate(t testing.TB) Fargate {
	t.Helper()
	c := New(t)
	f := Fargate{Cloud: c, TasksGroup: c.SecurityGroup(SeededVpc, "tasks"), Targets: c.TargetGroup("web", nil)}
	f.Cluster, _ = c.Create(ecs.ClusterToken, "main", core.Object{})
	f.Egress(f.TasksGroup, core.Object{"cidrIpv4": "0.0.0.0/0"})
	loadBalancer, _ := c.Create(elb.LoadBalancerToken, "web", LoadBalancerInputs(nil))
	c.Create(elb.ListenerToken, "http", core.Object{
		"loadBalancerArn": loadBalancer, "port": 80, "defaultActions": []any{ForwardTo(f.Targets)},
	})
	logs, _ := c.Create(cloudwatch.LogGroupToken, "web", core.Object{"name": "/web"})
	var role string
	role, f.ExecutionRole = c.Role("execution", "ecs-tasks.amazonaws.com")
	c.Create(iam.AttachmentToken, "execution", core.Object{"role": role, "policyArn": executionPolicy})
	f.Definition = f.Define(nil, LoggedTo(logs))
	return f
}

// Egress lets a security group out on 443.
func (f Fargate) Egress(group string, to core.Object) {
	f.t.Helper()
	f.Create(ec2.EgressRuleToken, "out", core.Object{
		"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
	}.With(to))
}

// Define registers a task definition with the execution role and one container.
func (f Fargate) Define(more, container core.Object) string {
	f.t.Helper()
	id, _ := f.Create(ecs.DefinitionToken, "web", DefinitionInputs(f.t, core.Object{
		"executionRoleArn": f.ExecutionRole, "containerDefinitions": ContainersJSON(f.t, WebContainer(container)),
	}).With(more))
	return id
}

// ServiceInputs are those of a service of two tasks that is waited for.
func (f Fargate) ServiceInputs(more core.Object) core.Object {
	return core.Object{
		"cluster": f.Cluster, "taskDefinition": f.Definition, "launchType": "FARGATE", "desiredCount": 2,
		"waitForSteadyState": true,
		"loadBalancers":      []any{core.Object{"targetGroupArn": f.Targets, "containerName": "web", "containerPort": 8080}},
	}.With(f.Network(SeededPrivateA, SeededPrivateC), more)
}

// Network is the network configuration of tasks in some subnets.
func (f Fargate) Network(subnets ...string) core.Object {
	return core.Object{"networkConfiguration": core.Object{
		"subnets": core.List(subnets...), "securityGroups": core.List(f.TasksGroup),
	}}
}

// Tasks are the tasks of a service, in the order they were started.
func (f Fargate) Tasks(service string) []core.Object {
	f.t.Helper()
	var out []core.Object
	for _, state := range f.Account().All(ecs.TaskToken) {
		if task := core.Object(state); task.Str("service") == service {
			out = append(out, task)
		}
	}
	slices.SortFunc(out, func(a, b core.Object) int { return a.Int("startedAs") - b.Int("startedAs") })
	return out
}
