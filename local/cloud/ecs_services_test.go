package cloud

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCluster(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(ecsClusterToken, "main", object{"name": "main"})
	assert.Equal(t, c.arnOf("ecs", "cluster/main"), id)
	assert.Equal(t, "containerInsights", state.objects("settings")[0].str("name"))
	c.refused(ecsClusterToken, "again", object{"name": "main"}, "ClientException")
	c.refused(ecsClusterToken, "x", object{"name": "a b"}, "1-255")
	c.refused(ecsClusterToken, "x", object{"settings": []any{object{"name": "insights", "value": "enabled"}}}, "containerInsights")
	c.refused(ecsClusterToken, "x", object{"settings": []any{object{"name": "containerInsights", "value": "on"}}}, "enhanced")
	c.update(ecsClusterToken, id, object{"name": "main", "settings": []any{object{"name": "containerInsights", "value": "enhanced"}}})
	c.delete(ecsClusterToken, id)
	c.isSeed()
}

func TestService(t *testing.T) {
	f := newFargate(t)
	id, state := f.create(ecsServiceToken, "web", f.serviceInputs(nil))
	assert.Equal(t, "LATEST", state.str("platformVersion"))

	tasks := f.tasks(id)
	require.Len(t, tasks, 2)
	assert.Equal(t, []string{seedPrivateA, seedPrivateC}, []string{tasks[0].str("subnetId"), tasks[1].str("subnetId")})
	block := netip.MustParsePrefix(f.state(subnetToken, seedPrivateA).str("cidrBlock"))
	assert.True(t, block.Contains(netip.MustParseAddr(tasks[0].str("privateIp"))), "an address of the subnet")
	assert.Equal(t, []any{map[string]any{"targetGroupArn": f.targets, "port": 8080.0}}, tasks[0]["targets"])
	eni := f.state(networkInterfaceToken, tasks[0].str("networkInterface"))
	assert.Equal(t, []string{f.tasksGroup}, eni.strs("securityGroups"))

	assert.ErrorContains(t, f.tryDelete(ecsClusterToken, f.cluster), "ClusterContainsServicesException")
	assert.ErrorContains(t, f.tryDelete(securityGroupToken, f.tasksGroup), "DependencyViolation")
	f.delete(ecsServiceToken, id)
	assert.Empty(t, f.tasks(id))
	f.delete(ecsClusterToken, f.cluster)
	f.delete(securityGroupToken, f.tasksGroup)
	seed, err := Seed()
	require.NoError(t, err)
	assert.Len(t, f.account().All(networkInterfaceToken), len(seed.All(networkInterfaceToken)), "interfaces of tasks go with them")
}

func TestServiceInClusterByName(t *testing.T) {
	f := newFargate(t)
	name := f.state(ecsClusterToken, f.cluster).str("name")
	id, _ := f.create(ecsServiceToken, "web", f.serviceInputs(object{"cluster": name, "name": "web"}))
	assert.Equal(t, f.arnOf("ecs", "service/"+name+"/web"), id)
	assert.ErrorContains(t, f.tryDelete(ecsClusterToken, f.cluster), "ClusterContainsServicesException")
}

func TestServiceUpdates(t *testing.T) {
	f := newFargate(t)
	id, _ := f.create(ecsServiceToken, "web", f.serviceInputs(nil))
	first := f.tasks(id)

	f.update(ecsServiceToken, id, f.serviceInputs(object{"desiredCount": 3}))
	grown := f.tasks(id)
	require.Len(t, grown, 3)
	assert.Equal(t, first, grown[:2], "tasks that run stay")
	f.update(ecsServiceToken, id, f.serviceInputs(object{"desiredCount": 1}))
	assert.Equal(t, first[:1], f.tasks(id))

	next := f.define(object{"cpu": "512", "memory": "1024"}, nil)
	f.update(ecsServiceToken, id, f.serviceInputs(object{"desiredCount": 1, "taskDefinition": next}))
	assert.Equal(t, next, f.tasks(id)[0].str("taskDefinition"))

	deployed := f.tasks(id)
	again := object{"desiredCount": 1, "taskDefinition": next, "forceNewDeployment": true, "triggers": object{"n": "1"}}
	f.update(ecsServiceToken, id, f.serviceInputs(again))
	assert.NotEqual(t, deployed, f.tasks(id), "a trigger deploys anew")

	for _, property := range []string{"cluster", "name"} {
		got := f.changeOf(ecsServiceToken, id, f.serviceInputs(object{property: "other"}))
		assert.Equal(t, []string{property}, got.replaces)
	}
}

func TestServiceKeepsOldTasksWhenNewOnesCannotStart(t *testing.T) {
	f := newFargate(t)
	id, _ := f.create(ecsServiceToken, "web", f.serviceInputs(nil))
	before := f.tasks(id)
	broken := f.define(nil, loggedTo("/gone"))
	_, err := f.tryUpdate(ecsServiceToken, id, f.serviceInputs(object{"taskDefinition": broken}))
	assert.ErrorContains(t, err, "update: timeout while waiting for state to become 'tfSTABLE'")
	f.update(ecsServiceToken, id, f.serviceInputs(object{"taskDefinition": broken, "waitForSteadyState": false}))
	assert.Equal(t, before, f.tasks(id))
}

func TestServiceRefusals(t *testing.T) {
	f := newFargate(t)
	other := f.aVpc()
	foreign := f.aSubnet(other, "10.0.0.0/24", "a")
	alone := f.group("alone", nil)
	instances := f.group("instances", object{"targetType": "instance"})
	elsewhere := f.group("elsewhere", object{"vpcId": other})
	balanced := func(group, container string, port int) object {
		return object{"loadBalancers": []any{object{"targetGroupArn": group, "containerName": container, "containerPort": port}}}
	}
	tests := map[string]struct {
		in  object
		why string
	}{
		"no cluster":    {object{"cluster": "none"}, "ClusterNotFoundException: Cluster not found."},
		"no definition": {object{"taskDefinition": "none"}, "ClientException: TaskDefinition not found: none"},
		"no network": {object{"networkConfiguration": object{"subnets": list()}},
			"subnets must name 1-16 subnets, got 0"},
		"no subnet": {f.in("subnet-0"), "InvalidSubnetID.NotFound"},
		"two networks": {f.in(seedPrivateA, foreign),
			"All subnets must belong to the same VPC"},
		"group's network": {f.in(foreign), "does not belong to the VPC"},
		"no group": {object{"networkConfiguration": object{"subnets": list(seedPrivateA), "securityGroups": list("sg-0")}},
			"InvalidGroup.NotFound"},
		"six groups": {object{"networkConfiguration": object{
			"subnets": list(seedPrivateA), "securityGroups": list("1", "2", "3", "4", "5", "6"),
		}}, "at most 5 groups, got 6"},
		"no target group": {balanced("arn:none", "web", 8080), "Unable to assume role and validate the specified targetGroupArn."},
		"no load balancer": {balanced(alone, "web", 8080), "InvalidParameterException: The target group with targetGroupArn " +
			alone + " does not have an associated load balancer."},
		"target type":    {balanced(instances, "web", 8080), "has target type instance, which is incompatible with the awsvpc network mode"},
		"group's VPC":    {balanced(elsewhere, "web", 8080), "is not in the VPC"},
		"container":      {balanced(f.targets, "api", 8080), "The container api does not exist in the task definition."},
		"container port": {balanced(f.targets, "web", 80), "The container web did not have a container port 80 defined."},
		"EC2":            {object{"launchType": "EC2"}, "launchType must be FARGATE"},
		"daemon":         {object{"schedulingStrategy": "DAEMON"}, "must be REPLICA on Fargate"},
		"platform":       {object{"platformVersion": "1.2.0"}, "platformVersion must be one of"},
		"count":          {object{"desiredCount": -1}, "desiredCount must be 0-5000"},
		"name":           {object{"name": "a b"}, "name must have 1-255"},
		"percent":        {object{"deploymentMaximumPercent": 100}, "must be more than deploymentMinimumHealthyPercent"},
		"rebalancing": {object{"deploymentMaximumPercent": 100, "availabilityZoneRebalancing": "ENABLED"},
			"must be more than 100 with availabilityZoneRebalancing ENABLED"},
		"exec":              {object{"enableExecuteCommand": true}, "a valid taskRoleArn is not being used"},
		"capacity provider": {object{"capacityProviderStrategies": []any{object{"capacityProvider": "FARGATE_SPOT"}}}, "unsupported"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f.t = t
			f.refused(ecsServiceToken, "web", f.serviceInputs(tt.in), tt.why)
		})
	}
	f.t = t
	f.refused(ecsServiceToken, "web", f.serviceInputs(nil).without("networkConfiguration"),
		"Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	f.refused(ecsServiceToken, "web", f.serviceInputs(nil).without("launchType"), "launchType must be FARGATE")
	f.refused(ecsServiceToken, "web", f.serviceInputs(object{"healthCheckGracePeriodSeconds": 60}).without("loadBalancers"),
		"Health check grace period is only valid for services configured to use load balancers")
	f.create(ecsServiceToken, "web", f.serviceInputs(object{"name": "web"}))
	f.refused(ecsServiceToken, "web", f.serviceInputs(object{"name": "web"}), "Creation of service was not idempotent.")
}
