package components_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

func sidecars(all ...components.SidecarArgs) fargateChange {
	return func(a *components.PrivateFargateServiceArgs) { a.Sidecars = all }
}

// sidecar is a valid one, changed.
func sidecar(change func(*components.SidecarArgs)) components.SidecarArgs {
	s := components.SidecarArgs{Name: "agent", Image: pulumi.String(publicImage)}
	if change != nil {
		change(&s)
	}
	return s
}

func TestSidecarsAreContainersOfTheTask(t *testing.T) {
	const agentImage = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/agent:v2"
	g := componentstest.Deploy(t, fargate(fromPrivateECR, sidecars(
		components.SidecarArgs{
			Name: "agent", Image: pulumi.String(agentImage), Command: []string{"run"}, Port: 9901, Cpu: 64, Memory: 128,
			Environment: inputs{"LEVEL": pulumi.String("info")}, Secrets: inputs{"TOKEN": pulumi.String(secretArn)},
		},
		sidecar(func(s *components.SidecarArgs) {
			s.Name, s.Essential, s.LogStreamPrefix = "setup", pulumi.BoolRef(false), "first"
			s.DependsOn = []components.ContainerDependencyArgs{{Name: "agent"}}
		}),
	), func(a *components.PrivateFargateServiceArgs) {
		a.DependsOn = []components.ContainerDependencyArgs{{Name: "setup", Condition: components.ContainerConditionSuccess}}
	}))
	componentstest.AssertInvariants(t, g)
	containers := containersOf(t, g)
	require.Len(t, containers, 3)
	main, agent, setup := containers[0], containers[1], containers[2]
	assert.Equal(t, "api", main["name"])
	assert.Equal(t, []any{map[string]any{"containerName": "setup", "condition": "SUCCESS"}}, main["dependsOn"])

	assert.Equal(t, agentImage, agent["image"])
	assert.Equal(t, true, agent["essential"])
	assert.Equal(t, []any{"run"}, agent["command"])
	assert.Equal(t, []any{map[string]any{"containerPort": 9901., "hostPort": 9901., "protocol": "tcp"}}, agent["portMappings"])
	assert.Equal(t, []any{map[string]any{"name": "LEVEL", "value": "info"}}, agent["environment"])
	assert.Equal(t, []any{map[string]any{"name": "TOKEN", "valueFrom": secretArn}}, agent["secrets"])
	assert.Equal(t, []any{64., 128.}, []any{agent["cpu"], agent["memory"]})
	assert.Equal(t, false, setup["essential"])
	assert.Empty(t, setup["portMappings"])
	assert.Equal(t, []any{map[string]any{"containerName": "agent", "condition": "START"}}, setup["dependsOn"])
	for i, prefix := range []string{"api", "api", "first"} {
		options := containers[i]["logConfiguration"].(map[string]any)["options"].(map[string]any)
		assert.Equal(t, prefix, options["awslogs-stream-prefix"])
		assert.Equal(t, containers[0]["logConfiguration"].(map[string]any)["options"].(map[string]any)["awslogs-group"], options["awslogs-group"])
	}

	policy := policyOf(t, g, "api-execution")
	for repository, may := range map[string]bool{"team/app": true, "team/agent": true, "team/other": false} {
		assert.Equal(t, may, allows(t, policy, "ecr:BatchGetImage", "arn:aws:ecr:ap-northeast-1:123456789012:repository/"+repository, nil), repository)
	}
	assert.True(t, allows(t, policy, "secretsmanager:GetSecretValue", secretArn, nil))
	lb := g.Get(t, typeService, "api").Input("loadBalancers").([]any)[0].(map[string]any)
	assert.Equal(t, "api", lb["containerName"], "no route leads to a sidecar")
}

// The environment is secret, the policy of the role that reads it is not.
func TestASecretInASidecarsEnvironmentStaysSecret(t *testing.T) {
	g := componentstest.Deploy(t, worker(sidecars(sidecar(func(s *components.SidecarArgs) {
		s.Environment = inputs{"KEY": pulumi.ToSecret(pulumi.String("s3cr3t")).(pulumi.StringOutput)}
	}))))
	assert.True(t, g.One(t, typeTaskDefinition).IsSecret("containerDefinitions"))
	assert.False(t, g.Get(t, typeRolePolicy, "api-execution").IsSecret("policy"))
}

func TestASidecarsVariableNamedLikeASecretIsWarnedOf(t *testing.T) {
	g := componentstest.Deploy(t, worker(sidecars(sidecar(func(s *components.SidecarArgs) {
		s.Environment = inputs{"API_KEY": pulumi.String("abc")}
	}))))
	require.Len(t, g.Logs("warning"), 1)
	assert.Contains(t, g.Logs("warning")[0], `PrivateFargateService "api": sidecars[0].environment[API_KEY]: is named like a secret`)
}

func TestPrivateFargateServiceRefusesASidecar(t *testing.T) {
	waits := func(name, condition string) []components.ContainerDependencyArgs {
		return []components.ContainerDependencyArgs{{Name: name, Condition: condition}}
	}
	ten := make([]components.SidecarArgs, 10)
	for i := range ten {
		ten[i] = sidecar(func(s *components.SidecarArgs) { s.Name += strings.Repeat("a", i) })
	}
	for name, c := range map[string]struct {
		sidecars []components.SidecarArgs
		wantErr  string
	}{
		"without a name":          {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Name = "" })}, `sidecars[0].name: a name is required`},
		"of the main one's name":  {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Name = "api" })}, `sidecars[0].name: must be unique in the task, got "api" again; "api" is the main container`},
		"of another one's name":   {[]components.SidecarArgs{sidecar(nil), sidecar(nil)}, `sidecars[1].name: must be unique in the task, got "agent" again`},
		"without an image":        {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Image = nil })}, `sidecars[0].image: is required`},
		"with an image that's no": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Image = pulumi.String("a b") })}, `sidecars[0].image: must be a container image`},
		"on the main one's port":  {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Port = 8080 })}, `sidecars[0].port: must be the port of one container, got 8080 again`},
		"on no port":              {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Port = -1 })}, `sidecars[0].port: must be 1-65535, got -1`},
		"with all CPU":            {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Cpu = 256 })}, `sidecars[0].cpu: must leave some of the task's 256 units of CPU to its main container, got 256 after the 0 of other sidecars`},
		"with negative CPU":       {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Cpu = -1 })}, `sidecars[0].cpu: must be at least 1 units of CPU, or unset`},
		"with all memory together": {[]components.SidecarArgs{
			sidecar(func(s *components.SidecarArgs) { s.Memory = 256 }), sidecar(func(s *components.SidecarArgs) { s.Name, s.Memory = "log", 256 }),
		}, `sidecars[1].memory: must leave some of the task's 512 MiB to its main container, got 256 after the 256 of other sidecars`},
		"with too little memory": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Memory = 5 })}, `sidecars[0].memory: must be at least 6 MiB`},
		"with a log prefix":      {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.LogStreamPrefix = "a/b" })}, `sidecars[0].logStreamPrefix: must be 1-255 characters without`},
		"with a secret's value":  {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Secrets = inputs{"A": pulumi.String("x")} })}, `sidecars[0].secrets[A]: must be the ARN of`},
		"with a large command": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.Command = []string{strings.Repeat("x", 70000)} })},
			`sidecars[0].command: must leave the task definition at most 65536 bytes`},
		"waiting for itself":  {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.DependsOn = waits("agent", "") })}, `sidecars[0].dependsOn[0].name: must be another container, got "agent" itself`},
		"waiting for nothing": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.DependsOn = waits("db", "") })}, `sidecars[0].dependsOn[0].name: must be one of the task's other containers, "api", got "db"`},
		"waiting for the end of the task": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.DependsOn = waits("api", "SUCCESS") })},
			`sidecars[0].dependsOn[0].condition: must not be SUCCESS for "api", which is essential: its end stops the whole task`},
		"in no condition": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.DependsOn = waits("api", "READY") })},
			`sidecars[0].dependsOn[0].condition: must be one of "START", "COMPLETE", "SUCCESS", "HEALTHY", got "READY"`},
		"waiting for health that nobody checks": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.DependsOn = waits("api", "HEALTHY") })},
			`sidecars[0].dependsOn[0].condition: must not be HEALTHY for "api", which has no health check of its own, ` +
				`and ECS does not use one of the image: set its containerHealthCheck, or wait for START`},
		"with a bare check": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) {
			s.ContainerHealthCheck = &components.ContainerHealthCheckArgs{Command: []string{"check"}}
		})}, `sidecars[0].containerHealthCheck.command: must begin with "CMD"`},
		"waiting twice": {[]components.SidecarArgs{sidecar(func(s *components.SidecarArgs) { s.DependsOn = append(waits("api", ""), waits("api", "")...) })},
			`sidecars[0].dependsOn[1].name: must be unique in the list, got "api" again`},
		"waiting for each other": {[]components.SidecarArgs{
			sidecar(func(s *components.SidecarArgs) { s.DependsOn = waits("log", "") }),
			sidecar(func(s *components.SidecarArgs) { s.Name, s.DependsOn = "log", waits("agent", "") }),
		}, `sidecars: must not wait for each other, since none of them would start, got agent -> log -> agent`},
		"too many": {ten, `sidecars: must be at most 9, since a task has at most 10 containers, got 10`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(worker(sidecars(c.sidecars...)))
			require.ErrorContains(t, err, c.wantErr)
			assert.Equal(t, 1, strings.Count(err.Error(), `PrivateFargateService "api"`), "one mistake, one fault: %v", err)
			assert.Empty(t, g.All())
		})
	}
}

// What keeps a sidecar's image or secrets from the task keeps the task from starting.
func TestASidecarsImageIsWithinReach(t *testing.T) {
	_, err := componentstest.TryDeploy(inNetwork(withoutNAT(), fromPrivateECR, sidecars(sidecar(nil))))
	require.ErrorContains(t, err, `sidecars[0].image: must lie in a private ECR repository, since the network's VPC endpoints lead nowhere else`)
	_, err = componentstest.TryDeploy(inNetwork(withoutNAT(), fromPrivateECR, sidecars(sidecar(func(s *components.SidecarArgs) {
		s.Image, s.Secrets = pulumi.String(privateImage), inputs{"A": pulumi.String(secretArn)}
	}))))
	require.ErrorContains(t, err, `sidecars[0].secrets[A]: lies in secretsmanager, for which the network has no VPC endpoint`)
	// An image that is known only later is checked then.
	_, err = componentstest.TryDeploy(inNetwork(withoutNAT(), fromPrivateECR, sidecars(sidecar(func(s *components.SidecarArgs) {
		s.Image = pulumi.String(publicImage).ToStringOutput()
	}))))
	require.ErrorContains(t, err, `sidecars[0].image: must lie in a private ECR repository`)
}
