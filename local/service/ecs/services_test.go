package ecs_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/ecs"
)

func TestCluster(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(ecs.ClusterToken, "main", core.Object{"name": "main"})
	assert.Equal(t, "arn:aws:ecs:ap-northeast-1:123456789012:cluster/main", id)
	assert.Equal(t, "containerInsights", state.Blocks("settings")[0].Str("name"))
	c.Refused(ecs.ClusterToken, "again", core.Object{"name": "main"}, "ClientException")
	c.Refused(ecs.ClusterToken, "x", core.Object{"name": "a b"}, "1-255")
	c.Refused(ecs.ClusterToken, "x", core.Object{"settings": []any{core.Object{"name": "insights", "value": "enabled"}}}, "containerInsights")
	c.Refused(ecs.ClusterToken, "x", core.Object{"settings": []any{core.Object{"name": "containerInsights", "value": "on"}}}, "enhanced")
	c.Update(ecs.ClusterToken, id, core.Object{"name": "main", "settings": []any{core.Object{"name": "containerInsights", "value": "enhanced"}}})
	c.Delete(ecs.ClusterToken, id)
	c.IsSeed()
}

func TestService(t *testing.T) {
	f := cloudtest.NewFargate(t)
	id, state := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(nil))
	assert.Equal(t, "LATEST", state.Str("platformVersion"))

	tasks := f.Tasks(id)
	require.Len(t, tasks, 2)
	assert.Equal(t, []string{cloudtest.SeededPrivateA, cloudtest.SeededPrivateC}, []string{tasks[0].Str("subnetId"), tasks[1].Str("subnetId")})
	block := netip.MustParsePrefix(f.State(ec2.SubnetToken, cloudtest.SeededPrivateA).Str("cidrBlock"))
	assert.True(t, block.Contains(netip.MustParseAddr(tasks[0].Str("privateIp"))), "an address of the subnet")
	assert.Equal(t, []any{map[string]any{"targetGroupArn": f.Targets, "port": 8080.0}}, tasks[0]["targets"])
	eni := f.State(ec2.NetworkInterfaceToken, tasks[0].Str("networkInterface"))
	assert.Equal(t, []string{f.TasksGroup}, eni.Strs("securityGroups"))

	assert.ErrorContains(t, f.TryDelete(ecs.ClusterToken, f.Cluster), "ClusterContainsServicesException")
	assert.ErrorContains(t, f.TryDelete(ec2.SecurityGroupToken, f.TasksGroup), "DependencyViolation")
	f.Delete(ecs.ServiceToken, id)
	assert.Empty(t, f.Tasks(id))
	f.Delete(ecs.ClusterToken, f.Cluster)
	f.Delete(ec2.SecurityGroupToken, f.TasksGroup)
	seed, err := core.Seed()
	require.NoError(t, err)
	assert.Len(t, f.Account().All(ec2.NetworkInterfaceToken), len(seed.All(ec2.NetworkInterfaceToken)), "interfaces of tasks go with them")
}

func TestServiceInClusterByName(t *testing.T) {
	f := cloudtest.NewFargate(t)
	name := f.State(ecs.ClusterToken, f.Cluster).Str("name")
	id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(core.Object{"cluster": name, "name": "web"}))
	assert.Equal(t, "arn:aws:ecs:ap-northeast-1:123456789012:service/"+name+"/web", id)
	assert.ErrorContains(t, f.TryDelete(ecs.ClusterToken, f.Cluster), "ClusterContainsServicesException")
}

func TestServiceUpdates(t *testing.T) {
	f := cloudtest.NewFargate(t)
	id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(nil))
	first := f.Tasks(id)

	f.Update(ecs.ServiceToken, id, f.ServiceInputs(core.Object{"desiredCount": 3}))
	grown := f.Tasks(id)
	require.Len(t, grown, 3)
	assert.Equal(t, first, grown[:2], "tasks that run stay")
	f.Update(ecs.ServiceToken, id, f.ServiceInputs(core.Object{"desiredCount": 1}))
	assert.Equal(t, first[:1], f.Tasks(id))

	next := f.Define(core.Object{"cpu": "512", "memory": "1024"}, nil)
	f.Update(ecs.ServiceToken, id, f.ServiceInputs(core.Object{"desiredCount": 1, "taskDefinition": next}))
	assert.Equal(t, next, f.Tasks(id)[0].Str("taskDefinition"))

	deployed := f.Tasks(id)
	again := core.Object{"desiredCount": 1, "taskDefinition": next, "forceNewDeployment": true, "triggers": core.Object{"n": "1"}}
	f.Update(ecs.ServiceToken, id, f.ServiceInputs(again))
	assert.NotEqual(t, deployed, f.Tasks(id), "a trigger deploys anew")

	for _, property := range []string{"cluster", "name"} {
		got := f.ChangeOf(ecs.ServiceToken, id, f.ServiceInputs(core.Object{property: "other"}))
		assert.Equal(t, []string{property}, got.Replaces)
	}
}

func TestServiceKeepsOldTasksWhenNewOnesCannotStart(t *testing.T) {
	f := cloudtest.NewFargate(t)
	id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(nil))
	before := f.Tasks(id)
	broken := f.Define(nil, cloudtest.LoggedTo("/gone"))
	_, err := f.TryUpdate(ecs.ServiceToken, id, f.ServiceInputs(core.Object{"taskDefinition": broken}))
	assert.ErrorContains(t, err, "update: timeout while waiting for state to become 'tfSTABLE'")
	f.Update(ecs.ServiceToken, id, f.ServiceInputs(core.Object{"taskDefinition": broken, "waitForSteadyState": false}))
	assert.Equal(t, before, f.Tasks(id))
}

func TestServiceRefusals(t *testing.T) {
	f := cloudtest.NewFargate(t)
	other := f.Vpc()
	foreign := f.Subnet(other, "10.0.0.0/24", "a")
	alone := f.TargetGroup("alone", nil)
	instances := f.TargetGroup("instances", core.Object{"targetType": "instance"})
	elsewhere := f.TargetGroup("elsewhere", core.Object{"vpcId": other})
	balanced := func(group, container string, port int) core.Object {
		return core.Object{"loadBalancers": []any{core.Object{"targetGroupArn": group, "containerName": container, "containerPort": port}}}
	}
	tests := map[string]struct {
		in  core.Object
		why string
	}{
		"no cluster":    {core.Object{"cluster": "none"}, "ClusterNotFoundException: Cluster not found."},
		"no definition": {core.Object{"taskDefinition": "none"}, "ClientException: TaskDefinition not found: none"},
		"no network": {core.Object{"networkConfiguration": core.Object{"subnets": core.List()}},
			"subnets must name 1-16 subnets, got 0"},
		"no subnet": {f.Network("subnet-0"), "InvalidSubnetID.NotFound"},
		"two networks": {f.Network(cloudtest.SeededPrivateA, foreign),
			"All subnets must belong to the same VPC"},
		"group's network": {f.Network(foreign), "does not belong to the VPC"},
		"no group": {core.Object{"networkConfiguration": core.Object{"subnets": core.List(cloudtest.SeededPrivateA), "securityGroups": core.List("sg-0")}},
			"InvalidGroup.NotFound"},
		"six groups": {core.Object{"networkConfiguration": core.Object{
			"subnets": core.List(cloudtest.SeededPrivateA), "securityGroups": core.List("1", "2", "3", "4", "5", "6"),
		}}, "networkConfiguration.securityGroups must be at most 5, got 6"},
		"no target group": {balanced("arn:none", "web", 8080), "Unable to assume role and validate the specified targetGroupArn."},
		"no load balancer": {balanced(alone, "web", 8080), "InvalidParameterException: The target group with targetGroupArn " +
			alone + " does not have an associated load balancer."},
		"target type":    {balanced(instances, "web", 8080), "has target type instance, which is incompatible with the awsvpc network mode"},
		"group's VPC":    {balanced(elsewhere, "web", 8080), "is not in the VPC"},
		"container":      {balanced(f.Targets, "api", 8080), "The container api does not exist in the task definition."},
		"container port": {balanced(f.Targets, "web", 80), "The container web did not have a container port 80 defined."},
		"EC2":            {core.Object{"launchType": "EC2"}, "launchType must be FARGATE"},
		"daemon":         {core.Object{"schedulingStrategy": "DAEMON"}, "schedulingStrategy must be one of REPLICA"},
		"platform":       {core.Object{"platformVersion": "1.2.0"}, "platformVersion must be one of"},
		"count":          {core.Object{"desiredCount": -1}, "desiredCount must be 0-5000"},
		"name":           {core.Object{"name": "a b"}, "name must be 1-255"},
		"percent":        {core.Object{"deploymentMaximumPercent": 100}, "must be more than deploymentMinimumHealthyPercent"},
		"rebalancing": {core.Object{"deploymentMaximumPercent": 100, "availabilityZoneRebalancing": "ENABLED"},
			"must be more than 100 with availabilityZoneRebalancing ENABLED"},
		"exec": {core.Object{"enableExecuteCommand": true}, "a valid taskRoleArn is not being used"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f.For(t).Refused(ecs.ServiceToken, "web", f.ServiceInputs(tt.in), tt.why)
		})
	}
	f.Refused(ecs.ServiceToken, "web", f.ServiceInputs(nil).Without("networkConfiguration"),
		"Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	f.Refused(ecs.ServiceToken, "web", f.ServiceInputs(nil).Without("launchType"), "launchType must be FARGATE")
	f.Refused(ecs.ServiceToken, "web", f.ServiceInputs(core.Object{"healthCheckGracePeriodSeconds": 60}).Without("loadBalancers"),
		"Health check grace period is only valid for services configured to use load balancers")
	f.Create(ecs.ServiceToken, "web", f.ServiceInputs(core.Object{"name": "web"}))
	f.Refused(ecs.ServiceToken, "web", f.ServiceInputs(core.Object{"name": "web"}), "Creation of service was not idempotent.")
}
