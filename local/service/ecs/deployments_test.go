package ecs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/ecs"
)

// breaker is a deployment circuit breaker.
func breaker(rollback bool) core.Object {
	return core.Object{"deploymentCircuitBreaker": core.Object{"enable": true, "rollback": rollback}}
}

// failing defines a task with an image of that tag.
func failing(f cloudtest.Fargate, tag string) string {
	return f.Define(nil, core.Object{"image": "public.ecr.aws/nginx/nginx:" + tag})
}

// rolledBack updates a service and returns its state, which is not what was planned.
func rolledBack(t *testing.T, f cloudtest.Fargate, id string, in core.Object) core.Object {
	t.Helper()
	var warnings []string
	f.Warn = func(message string) { warnings = append(warnings, message) }
	k, err := f.Type(ecs.ServiceToken)
	require.NoError(t, err)
	checked, faults := f.Check(k, "web", f.InputsOf(id), core.AsObject(core.Plain(map[string]any(in))), nil)
	require.Empty(t, faults)
	state, err := f.Provider.Update(k, id, f.State(ecs.ServiceToken, id), f.InputsOf(id), checked)
	require.NoError(t, err)
	assert.Equal(t, state, f.State(ecs.ServiceToken, id))
	require.Len(t, warnings, 1)
	assert.Contains(t, warnings[0], "(service "+state.Str("name")+") the deployment failed and was rolled back to "+state.Str("taskDefinition")+": ")
	assert.Equal(t, []string{"taskDefinition"}, k.Diff(k.AsLeft(state, checked), checked).Changed, "the next update tries again")
	return state
}

var reasons = map[string]string{
	"fails-to-pull":       "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref public.ecr.aws/nginx/nginx:fails-to-pull",
	"fails-to-start":      "EssentialContainerExited: Essential container in task exited (container web, image public.ecr.aws/nginx/nginx:fails-to-start, exit code 1)",
	"fails-health-checks": "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/",
}

func TestADeploymentThatFailsIsRolledBack(t *testing.T) {
	for tag := range reasons {
		t.Run(tag, func(t *testing.T) {
			f := cloudtest.NewFargate(t)
			id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(breaker(true)))
			before := f.Tasks(id)
			broken := failing(f, tag)
			state := rolledBack(t, f, id, f.ServiceInputs(breaker(true).With(core.Object{"taskDefinition": broken, "desiredCount": 3})))
			assert.Equal(t, f.Definition, state.Str("taskDefinition"))
			assert.Equal(t, 3, state.Int("desiredCount"), "which no deployment is about")
			after := f.Tasks(id)
			require.Len(t, after, 3)
			assert.Equal(t, before, after[:2], "the old tasks never stopped")
			assert.Equal(t, f.Definition, after[2].Str("taskDefinition"))
			found := f.Call("aws:ecs/getService:getService", core.Object{"clusterArn": f.Cluster, "serviceName": state.Str("name")})
			assert.Equal(t, f.Definition, found.Str("taskDefinition"))
			assert.Equal(t, 3, found.Int("desiredCount"))

			f.Update(ecs.ServiceToken, id, f.ServiceInputs(breaker(true).With(core.Object{"taskDefinition": f.Define(nil, nil), "desiredCount": 3})))
			assert.NotEqual(t, f.Definition, f.Tasks(id)[0].Str("taskDefinition"))
		})
	}
}

// watching has a service watch an alarm while it deploys.
func watching(rollback bool) core.Object {
	return core.Object{"alarms": core.Object{"alarmNames": core.List("errors"), "enable": true, "rollback": rollback}}
}

// New tasks that raise an alarm are rolled back if the service watches it, and says so.
func TestADeploymentThatRaisesAnAlarm(t *testing.T) {
	f := cloudtest.NewFargate(t)
	f.Refused(ecs.ServiceToken, "web", f.ServiceInputs(watching(true)), "InvalidParameterException: The alarm errors does not exist.")
	f.Create(cloudwatch.MetricAlarmToken, "errors", core.Object{
		"name": "errors", "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 3, "threshold": 10,
		"namespace": "AWS/ApplicationELB", "metricName": "HTTPCode_Target_5XX_Count", "statistic": "Sum", "period": 60,
	})
	assert.Contains(t, f.FaultsOf(ecs.ServiceToken, f.ServiceInputs(core.Object{"alarms": core.Object{"alarmNames": core.List(), "enable": true, "rollback": true}})),
		"alarmNames must name at least one alarm")
	id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(watching(true)))
	before := f.Tasks(id)
	state := rolledBack(t, f, id, f.ServiceInputs(watching(true).With(core.Object{"taskDefinition": failing(f, "raises-alarm")})))
	assert.Equal(t, f.Definition, state.Str("taskDefinition"))
	assert.Equal(t, before, f.Tasks(id), "the old tasks never stopped")

	for name, more := range map[string]core.Object{"no alarms": nil, "no rollback": watching(false)} {
		definition := failing(f, "raises-alarm")
		f.Update(ecs.ServiceToken, id, f.ServiceInputs(more.With(core.Object{"taskDefinition": definition})))
		assert.Equal(t, definition, f.Tasks(id)[0].Str("taskDefinition"), name)
	}
	f.Delete(cloudwatch.MetricAlarmToken, "errors")
}

func TestARollbackReturnsToTheLastDeploymentThatWasCompleted(t *testing.T) {
	f := cloudtest.NewFargate(t)
	id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(nil).Without("loadBalancers"))
	first := failing(f, "fails-to-start")
	f.Update(ecs.ServiceToken, id, f.ServiceInputs(core.Object{"taskDefinition": first, "waitForSteadyState": false}).Without("loadBalancers"))
	assert.Equal(t, first, f.State(ecs.ServiceToken, id).Str("taskDefinition"), "without a rollback")
	state := rolledBack(t, f, id, f.ServiceInputs(breaker(true).With(core.Object{"taskDefinition": failing(f, "fails-to-pull")})).Without("loadBalancers"))
	assert.Equal(t, f.Definition, state.Str("taskDefinition"), "not the one between, which never ran")
	assert.Empty(t, state.List("loadBalancers"))
	assert.Len(t, f.Tasks(id), 2)
}

func TestADeploymentThatFailsWithoutARollback(t *testing.T) {
	for tag, reason := range reasons {
		for name, more := range map[string]core.Object{"no breaker": nil, "a breaker alone": breaker(false)} {
			t.Run(tag+", "+name, func(t *testing.T) {
				f := cloudtest.NewFargate(t)
				id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(more))
				before := f.Tasks(id)
				in := f.ServiceInputs(core.Object{"taskDefinition": failing(f, tag)}.With(more))
				_, err := f.TryUpdate(ecs.ServiceToken, id, in)
				require.ErrorContains(t, err, "waiting for ECS Service ("+id+") update: timeout while waiting for state to become 'tfSTABLE' "+
					"(last state: 'tfPENDING', timeout: 20m0s): tasks stopped: "+reason)
				f.Warn = func(message string) {
					assert.Contains(t, message, ") the deployment of "+in.Str("taskDefinition")+" failed: tasks stopped: "+reason)
				}
				f.Update(ecs.ServiceToken, id, in.With(core.Object{"waitForSteadyState": false}))
				assert.Equal(t, before, f.Tasks(id))
			})
		}
	}
}

// A task stays PENDING while a container waits for the health of another, which the circuit
// breaker does not count, in the first deployment or a later one. A startTimeout of the other
// one stops the task, and the deployment is rolled back.
func TestTasksThatWaitForHealthInVain(t *testing.T) {
	waiting := func(f cloudtest.Fargate, tag, essential string) string {
		return f.Define(core.Object{"containerDefinitions": `[{"name":"web","image":"nginx","portMappings":[{"containerPort":8080}],` +
			`"dependsOn":[{"containerName":"side","condition":"HEALTHY"}]},` +
			`{"name":"side","image":"nginx:` + tag + `","essential":` + essential + `,"healthCheck":{"command":["CMD","check"]}}]`}, nil)
	}
	inTime := func(f cloudtest.Fargate, tag, essential string) string {
		definition := f.State(ecs.DefinitionToken, waiting(f, tag, essential)).Str("containerDefinitions")
		return f.Define(core.Object{"containerDefinitions": strings.Replace(definition, `"name":"side"`, `"name":"side","startTimeout":30`, 1)}, nil)
	}
	for tag, essential := range map[string]string{"fails-own-check": "true", "fails-health-checks": "false", "fails-to-start": "false"} {
		f := cloudtest.NewFargate(t)
		in := f.ServiceInputs(breaker(true).With(core.Object{"taskDefinition": waiting(f, tag, essential)}))
		const why = "tasks stay PENDING: container web waits until side is HEALTHY, which it does not become"
		f.Refused(ecs.ServiceToken, "web", in, "create: timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s): "+why)
		id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(breaker(true).With(core.Object{"taskDefinition": waiting(f, "stable", essential)})))
		before := f.Tasks(id)
		_, err := f.TryUpdate(ecs.ServiceToken, id, in)
		require.ErrorContains(t, err, why, tag)
		assert.Equal(t, before, f.Tasks(id), tag)

		const stopped = "tasks stopped: ContainerDependencyTimedOut: container web waits until side is HEALTHY, " +
			"which it does not become within its startTimeout of 30 s"
		in = f.ServiceInputs(breaker(false).With(core.Object{"taskDefinition": inTime(f, tag, essential)}))
		_, err = f.TryUpdate(ecs.ServiceToken, id, in)
		require.ErrorContains(t, err, stopped, tag)
		rolledBack(t, f, id, f.ServiceInputs(breaker(true).With(core.Object{"taskDefinition": inTime(f, tag, essential)})))
		assert.Equal(t, before, f.Tasks(id), tag)
		f.Update(ecs.ServiceToken, id, f.ServiceInputs(core.Object{"taskDefinition": inTime(f, "stable", essential)}))
		assert.NotEqual(t, before, f.Tasks(id), "one that becomes healthy in time runs")
	}
}

// Nothing can be rolled back to. The provider waits for tasks that run, not for healthy ones.
func TestAFirstDeploymentThatFails(t *testing.T) {
	for tag, reason := range reasons {
		t.Run(tag, func(t *testing.T) {
			f := cloudtest.NewFargate(t)
			in := f.ServiceInputs(breaker(true).With(core.Object{"taskDefinition": failing(f, tag)}))
			if tag != "fails-health-checks" {
				f.Refused(ecs.ServiceToken, "web", in, "create: timeout while waiting for state to become 'tfSTABLE'")
				f.Refused(ecs.ServiceToken, "web", in, reason)
				return
			}
			id, _ := f.Create(ecs.ServiceToken, "web", in)
			assert.Empty(t, f.Tasks(id))
			f.Update(ecs.ServiceToken, id, in.With(core.Object{"desiredCount": 3}))
			assert.Empty(t, f.Tasks(id))
			f.Update(ecs.ServiceToken, id, in.With(core.Object{"taskDefinition": f.Definition}))
			assert.Len(t, f.Tasks(id), 2)
		})
	}
}

func TestImagesThatDoNotFail(t *testing.T) {
	sidecar := func(image, essential string) string {
		return `[{"name":"web","image":"nginx@sha256:fails-to-start","portMappings":[{"containerPort":8080}]},` +
			`{"name":"side","image":"localhost:5000/` + image + `","essential":` + essential + `}]`
	}
	check := core.Object{"healthCheck": core.Object{"command": core.List("CMD", "true")}}
	tests := map[string]struct {
		definition func(cloudtest.Fargate) string
		want       string
	}{
		"a repository of that name": {func(f cloudtest.Fargate) string { return f.Define(nil, core.Object{"image": "fails-to-start"}) }, ""},
		"a port of the registry": {func(f cloudtest.Fargate) string {
			return f.Define(nil, core.Object{"image": "localhost:5000/fails-to-pull"})
		}, ""},
		"a sidecar that may end": {func(f cloudtest.Fargate) string {
			return f.Define(core.Object{"containerDefinitions": sidecar("log:fails-to-start", "false")}, nil)
		}, ""},
		"a sidecar that may not": {func(f cloudtest.Fargate) string {
			return f.Define(core.Object{"containerDefinitions": sidecar("log:fails-to-start", "true")}, nil)
		}, "container side, image localhost:5000/log:fails-to-start"},
		"a sidecar that nobody checks": {func(f cloudtest.Fargate) string {
			return f.Define(core.Object{"containerDefinitions": sidecar("log:fails-health-checks", "true")}, nil)
		}, ""},
		"a private image": {func(f cloudtest.Fargate) string {
			return f.Define(nil, core.Object{"image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:fails-to-pull"})
		}, "CannotPullContainerError"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := cloudtest.NewFargate(t)
			in := f.ServiceInputs(core.Object{"taskDefinition": tt.definition(f)})
			if tt.want != "" {
				f.Refused(ecs.ServiceToken, "web", in, tt.want)
				return
			}
			id, _ := f.Create(ecs.ServiceToken, "web", in)
			assert.Len(t, f.Tasks(id), 2)
		})
	}
	f := cloudtest.NewFargate(t)
	id, _ := f.Create(ecs.ServiceToken, "worker", f.ServiceInputs(core.Object{"taskDefinition": failing(f, "fails-health-checks")}).Without("loadBalancers"))
	assert.Len(t, f.Tasks(id), 2, "nobody checks a worker")
	checked := f.Define(nil, check.With(core.Object{"image": "nginx:fails-health-checks"}))
	_, err := f.TryUpdate(ecs.ServiceToken, id, f.ServiceInputs(core.Object{"taskDefinition": checked}).Without("loadBalancers"))
	assert.ErrorContains(t, err, "Task failed container health checks (container web, image nginx:fails-health-checks)")
}

// A revision outlives its task definition. Only an active one can be given to a service.
func TestRevisions(t *testing.T) {
	f := cloudtest.NewFargate(t)
	in := f.ServiceInputs(core.Object{"name": "web"})
	id, _ := f.Create(ecs.ServiceToken, "web", in)
	kept := f.Define(core.Object{"skipDestroy": true}, nil)
	for definition, status := range map[string]string{f.Definition: "INACTIVE", kept: "ACTIVE"} {
		f.Delete(ecs.DefinitionToken, definition)
		assert.Equal(t, status, f.State(ecs.RevisionToken, definition).Str("status"))
	}
	f.Update(ecs.ServiceToken, id, in.With(core.Object{"desiredCount": 4}))
	assert.Len(t, f.Tasks(id), 4, "a service keeps the revision that it has")
	assert.Equal(t, f.Definition, f.Call("aws:ecs/getService:getService", core.Object{"clusterArn": f.Cluster, "serviceName": "web"}).Str("taskDefinition"))
	_, err := f.TryUpdate(ecs.ServiceToken, id, in.With(core.Object{"forceNewDeployment": true, "triggers": core.Object{"n": "1"}}))
	assert.ErrorContains(t, err, "ClientException: TaskDefinition is inactive")
	f.Refused(ecs.ServiceToken, "other", in.With(core.Object{"name": "other"}), "ClientException: TaskDefinition is inactive")
	f.Update(ecs.ServiceToken, id, in.With(core.Object{"taskDefinition": kept}))
	assert.Equal(t, kept, f.Tasks(id)[0].Str("taskDefinition"))
	f.Update(ecs.ServiceToken, id, in.With(core.Object{"taskDefinition": "web"}))
	assert.Equal(t, kept, f.Tasks(id)[0].Str("taskDefinition"), "the newest active one of a family")
	assert.Equal(t, "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:3", f.Define(nil, nil), "no number is used again")

	next := f.Define(core.Object{"skipDestroy": false}, nil)
	change := f.ChangeOf(ecs.DefinitionToken, next, f.InputsOf(next).With(core.Object{"skipDestroy": true}))
	assert.Equal(t, core.Diff{Changed: []string{"skipDestroy"}}, change, "which replaces nothing")
}

func TestGetServiceFindsOnlyWhatThereIs(t *testing.T) {
	f := cloudtest.NewFargate(t)
	_, err := f.TryCall("aws:ecs/getService:getService", core.Object{"clusterArn": f.Cluster, "serviceName": "web"})
	assert.ErrorContains(t, err, `service with name "web" in cluster "`+f.Cluster+`" not found`)
	_, err = f.TryCall("aws:ecs/getService:getService", core.Object{"clusterArn": f.Cluster + "x", "serviceName": "web"})
	assert.ErrorContains(t, err, "ClusterNotFoundException: Cluster not found.")
	id, state := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(core.Object{"availabilityZoneRebalancing": "ENABLED", "propagateTags": "SERVICE", "tags": core.Object{"a": "b"}}))
	found := f.Call("aws:ecs/getService:getService", core.Object{"clusterArn": f.Cluster, "serviceName": state.Str("name")})
	assert.Equal(t, core.Object{
		"id": id, "arn": id, "clusterArn": f.Cluster, "serviceName": state.Str("name"), "taskDefinition": f.Definition, "desiredCount": 2.0,
		"launchType": "FARGATE", "schedulingStrategy": "REPLICA", "availabilityZoneRebalancing": "ENABLED", "tags": map[string]any{"a": "b"},
	}, found)
}
