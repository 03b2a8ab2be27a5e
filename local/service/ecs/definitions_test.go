package ecs_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ecs"
)

func TestTaskDefinitionRevisions(t *testing.T) {
	f := cloudtest.NewFargate(t)
	const family = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web"
	first := f.Definition
	assert.Equal(t, family+":1", first)
	second, state := f.Create(ecs.DefinitionToken, "web", cloudtest.DefinitionInputs(t, core.Object{"cpu": "512", "memory": "1024"}))
	assert.Equal(t, family+":2", second)
	assert.Equal(t, 2, state.Int("revision"))
	assert.Equal(t, family, state.Str("arnWithoutRevision"))

	for ref, want := range map[string]string{"web": second, "web:1": first, first: first, family: second} {
		id, _ := f.Create(ecs.ServiceToken, "web", f.ServiceInputs(core.Object{"taskDefinition": ref, "name": "web"}))
		assert.Equal(t, want, f.Tasks(id)[0].Str("taskDefinition"), ref)
		f.Delete(ecs.ServiceToken, id)
	}
	for _, ref := range []string{"api", "web:3", "arn:aws:ecs:us-east-1:1:task-definition/web:1"} {
		f.Refused(ecs.ServiceToken, "web", f.ServiceInputs(core.Object{"taskDefinition": ref}), "ClientException: TaskDefinition not found: "+ref)
	}
	f.Delete(ecs.DefinitionToken, first)
	third, _ := f.Create(ecs.DefinitionToken, "web", cloudtest.DefinitionInputs(t, nil))
	assert.Equal(t, family+":3", third)
}

func TestTaskDefinitionChanges(t *testing.T) {
	c := cloudtest.New(t)
	id, _ := c.Create(ecs.DefinitionToken, "web", cloudtest.DefinitionInputs(t, nil))
	spaced := cloudtest.DefinitionInputs(t, core.Object{"containerDefinitions": " " + cloudtest.ContainersJSON(t, cloudtest.WebContainer(nil))})
	assert.Empty(t, c.ChangeOf(ecs.DefinitionToken, id, spaced).Changed, "the same JSON, written differently")
	other := cloudtest.DefinitionInputs(t, core.Object{"containerDefinitions": cloudtest.ContainersJSON(t, cloudtest.WebContainer(core.Object{"image": "x"}))})
	assert.Equal(t, []string{"containerDefinitions"}, c.ChangeOf(ecs.DefinitionToken, id, other).Replaces)
	assert.Empty(t, c.ChangeOf(ecs.DefinitionToken, id, cloudtest.DefinitionInputs(t, core.Object{"tags": core.Object{"a": "b"}})).Replaces)
}

func TestTaskDefinitionRefusals(t *testing.T) {
	c := cloudtest.New(t)
	tests := map[string]struct {
		in  core.Object
		why string
	}{
		"pair": {core.Object{"cpu": "256", "memory": "4096"},
			"ClientException: No Fargate configuration exists for given values: 256 CPU, 4096 memory."},
		"empty cpu":      {core.Object{"cpu": ""}, "Invalid 'cpu' or 'memory' setting"},
		"family":         {core.Object{"family": "a b"}, "family must be 1-255"},
		"network":        {core.Object{"networkMode": "bridge"}, "Fargate only supports network mode 'awsvpc'."},
		"container host": {core.Object{"requiresCompatibilities": core.List("EC2")}, "must contain FARGATE"},
		"compatibility":  {core.Object{"requiresCompatibilities": core.List("FARGATE", "LAMBDA")}, "must be one of FARGATE, EC2"},
		"processor":      {core.Object{"runtimePlatform": core.Object{"cpuArchitecture": "arm64"}}, "X86_64, ARM64"},
		"system":         {core.Object{"runtimePlatform": core.Object{"operatingSystemFamily": "BSD"}}, "runtimePlatform.operatingSystemFamily"},
		"windows on arm": {core.Object{"runtimePlatform": core.Object{
			"cpuArchitecture": "ARM64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE",
		}}, "runtimePlatform.cpuArchitecture cannot be ARM64 with Windows"},
		"storage":             {core.Object{"ephemeralStorage": core.Object{"sizeInGib": 20}}, "ephemeralStorage.sizeInGib must be 21-200"},
		"role":                {core.Object{"taskRoleArn": "arn:aws:iam::123456789012:role/none"}, "ClientException: Role is not valid"},
		"volume of a host":    {core.Object{"volumes": []any{core.Object{"name": "v", "hostPath": "/v"}}}, "unsupported by the local AWS"},
		"volumes of one name": {core.Object{"volumes": []any{core.Object{"name": "v"}, core.Object{"name": "v"}}}, `must have names of their own, 1-255`},
		"unknown volume": {core.Object{"containerDefinitions": cloudtest.ContainersJSON(t, cloudtest.WebContainer(core.Object{
			"mountPoints": []any{core.Object{"sourceVolume": "v", "containerPath": "/tmp"}},
		}))}, "Unknown volume 'v'."},
		"relative path": {core.Object{"volumes": []any{core.Object{"name": "v"}}, "containerDefinitions": cloudtest.ContainersJSON(t, cloudtest.WebContainer(core.Object{
			"mountPoints": []any{core.Object{"sourceVolume": "v", "containerPath": "tmp"}},
		}))}, `must mount volumes at absolute paths, got "tmp"`},
		"log without a role": {core.Object{"containerDefinitions": cloudtest.ContainersJSON(t, cloudtest.WebContainer(cloudtest.LoggedTo("/x")))},
			"Fargate requires task definition to have execution role ARN to support log driver awslogs."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(ecs.DefinitionToken, "web", cloudtest.DefinitionInputs(t, tt.in), tt.why)
		})
	}
	c.Refused(ecs.DefinitionToken, "web", cloudtest.DefinitionInputs(t, nil).Without("memory"), "Fargate requires that 'memory' be defined")
	c.Refused(ecs.DefinitionToken, "web", cloudtest.DefinitionInputs(t, nil).Without("requiresCompatibilities"), "must contain FARGATE")
}

func TestFargateSizes(t *testing.T) {
	c := cloudtest.New(t)
	faults := func(cpu, memory string) string {
		return c.FaultsOf(ecs.DefinitionToken, cloudtest.DefinitionInputs(t, core.Object{"cpu": cpu, "memory": memory}))
	}
	for _, pair := range [][2]string{{"256", "512"}, {"32768", "249856"}, {"1 vCPU", "2 GB"}, {".25vcpu", "0.5gb"}} {
		assert.Empty(t, faults(pair[0], pair[1]), pair)
	}
	for _, pair := range [][2]string{{"256", "1536"}, {"300", "512"}} {
		assert.Contains(t, faults(pair[0], pair[1]), "No Fargate configuration exists for given values", pair)
	}
	for _, pair := range [][2]string{{"x", "512"}, {"256", "-1"}, {"0 vCPU", "512"}} {
		assert.Contains(t, faults(pair[0], pair[1]), "Invalid 'cpu' or 'memory' setting", pair)
	}
}
