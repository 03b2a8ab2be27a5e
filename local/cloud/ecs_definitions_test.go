package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTaskDefinitionRevisions(t *testing.T) {
	c := newTestCloud(t)
	first, state := c.create(ecsDefinitionToken, "web", definitionInputs(nil))
	assert.Equal(t, c.arnOf("ecs", "task-definition/web:1"), first)
	assert.Equal(t, 1, state.integer("revision"))
	assert.Equal(t, c.arnOf("ecs", "task-definition/web"), state.str("arnWithoutRevision"))

	second, _ := c.create(ecsDefinitionToken, "web", definitionInputs(object{"cpu": "512", "memory": "1024"}))
	assert.Equal(t, c.arnOf("ecs", "task-definition/web:2"), second)
	require.NoError(t, c.transact(func(tx *tx) error {
		for ref, want := range map[string]string{
			"web": second, "web:1": first, first: first, state.str("arnWithoutRevision"): second,
		} {
			found, err := findDefinition(tx, ref)
			require.NoError(t, err, ref)
			assert.Equal(t, want, found.str("arn"), ref)
		}
		for _, ref := range []string{"api", "web:3", "arn:aws:ecs:us-east-1:1:task-definition/web:1"} {
			_, err := findDefinition(tx, ref)
			assert.ErrorContains(t, err, "ClientException: TaskDefinition not found", ref)
		}
		return nil
	}))
	c.delete(ecsDefinitionToken, first)
	third, _ := c.create(ecsDefinitionToken, "web", definitionInputs(nil))
	assert.Equal(t, c.arnOf("ecs", "task-definition/web:3"), third)
}

func TestTaskDefinitionChanges(t *testing.T) {
	c := newTestCloud(t)
	id, _ := c.create(ecsDefinitionToken, "web", definitionInputs(nil))
	spaced := definitionInputs(object{"containerDefinitions": " " + containersJSON(webContainer(nil))})
	assert.Empty(t, c.changeOf(ecsDefinitionToken, id, spaced).changed, "the same JSON, written differently")
	other := definitionInputs(object{"containerDefinitions": containersJSON(webContainer(object{"image": "x"}))})
	assert.Equal(t, []string{"containerDefinitions"}, c.changeOf(ecsDefinitionToken, id, other).replaces)
	assert.Empty(t, c.changeOf(ecsDefinitionToken, id, definitionInputs(object{"tags": object{"a": "b"}})).replaces)
}

func TestTaskDefinitionRefusals(t *testing.T) {
	c := newTestCloud(t)
	tests := map[string]struct {
		in  object
		why string
	}{
		"pair": {object{"cpu": "256", "memory": "4096"},
			"ClientException: No Fargate configuration exists for given values: 256 CPU, 4096 memory."},
		"empty cpu":      {object{"cpu": ""}, "Invalid 'cpu' or 'memory' setting"},
		"family":         {object{"family": "a b"}, "family must have 1-255"},
		"network":        {object{"networkMode": "bridge"}, "Fargate only supports network mode 'awsvpc'."},
		"container host": {object{"requiresCompatibilities": list("EC2")}, "must contain FARGATE"},
		"compatibility":  {object{"requiresCompatibilities": list("FARGATE", "LAMBDA")}, "must be FARGATE or EC2"},
		"processor":      {object{"runtimePlatform": object{"cpuArchitecture": "arm64"}}, "X86_64, ARM64"},
		"system":         {object{"runtimePlatform": object{"operatingSystemFamily": "BSD"}}, "runtimePlatform.operatingSystemFamily"},
		"windows on arm": {object{"runtimePlatform": object{
			"cpuArchitecture": "ARM64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE",
		}}, "cannot be Windows on ARM64"},
		"storage": {object{"ephemeralStorage": object{"sizeInGib": 20}}, "ephemeralStorage.sizeInGib must be 21-200"},
		"role":    {object{"taskRoleArn": "arn:aws:iam::123456789012:role/none"}, "ClientException: Role is not valid"},
		"volumes": {object{"volumes": []any{object{"name": "v"}}}, "unsupported by the local AWS"},
		"log without a role": {object{"containerDefinitions": containersJSON(webContainer(loggedTo("/x")))},
			"Fargate requires task definition to have execution role ARN to support log driver awslogs."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(ecsDefinitionToken, "web", definitionInputs(tt.in), tt.why)
		})
	}
	c.t = t
	c.refused(ecsDefinitionToken, "web", definitionInputs(nil).without("memory"), "Fargate requires that 'memory' be defined")
	c.refused(ecsDefinitionToken, "web", definitionInputs(nil).without("requiresCompatibilities"), "must contain FARGATE")
}

func TestFargateSizes(t *testing.T) {
	fits := func(cpu, memory string) bool {
		return fargateSizeRule(object{"requiresCompatibilities": list("FARGATE"), "cpu": cpu, "memory": memory}) == nil
	}
	for cpu, memory := range map[string][2]string{ // the least and the most
		"256": {"512", "2048"}, "512": {"1024", "4096"}, "1024": {"2048", "8192"}, "2048": {"4096", "16384"},
		"4096": {"8192", "30720"}, "8192": {"16384", "61440"}, "16384": {"32768", "122880"}, "32768": {"61440", "249856"},
	} {
		assert.True(t, fits(cpu, memory[0]) && fits(cpu, memory[1]), cpu)
	}
	for _, pair := range [][2]string{
		{"256", "1536"}, {"256", "3072"}, {"512", "512"}, {"1024", "1024"}, {"1024", "9216"}, {"2048", "17408"},
		{"4096", "31744"}, {"8192", "17408"}, {"16384", "33792"}, {"32768", "65536"}, {"300", "512"}, {"x", "512"}, {"256", "-1"},
	} {
		assert.False(t, fits(pair[0], pair[1]), pair)
	}
	assert.True(t, fits("1 vCPU", "2 GB"))
	assert.True(t, fits(".25vcpu", "0.5gb"))
}
