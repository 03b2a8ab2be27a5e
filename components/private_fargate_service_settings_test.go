package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

func lockedDown(a *components.PrivateFargateServiceArgs) {
	a.ReadonlyRootFilesystem, a.WritablePaths, a.User = true, []string{"/tmp", "/var/run"}, "1000:1000"
	a.ContainerHealthCheck = &components.ContainerHealthCheckArgs{Command: []string{"CMD-SHELL", "true"}, Retries: 5, StartPeriodSeconds: pulumi.IntRef(0)}
}

func TestHowAContainerRuns(t *testing.T) {
	g := componentstest.Deploy(t, worker(lockedDown, sidecars(sidecar(func(s *components.SidecarArgs) {
		s.ReadonlyRootFilesystem, s.WritablePaths, s.User = true, []string{"/cache"}, "agent"
		s.ContainerHealthCheck = &components.ContainerHealthCheckArgs{Command: []string{"CMD", "check"}, IntervalSeconds: 5}
		s.DependsOn = []components.ContainerDependencyArgs{{Name: "api", Condition: components.ContainerConditionHealthy}}
	}))))
	componentstest.AssertInvariants(t, g)
	containers := containersOf(t, g)
	main, agent := containers[0], containers[1]
	assert.Equal(t, []any{true, true}, []any{main["readonlyRootFilesystem"], agent["readonlyRootFilesystem"]})
	assert.Equal(t, []any{"1000:1000", "agent"}, []any{main["user"], agent["user"]})
	assert.Equal(t, []any{
		map[string]any{"sourceVolume": "api-0", "containerPath": "/tmp"}, map[string]any{"sourceVolume": "api-1", "containerPath": "/var/run"},
	}, main["mountPoints"])
	assert.Equal(t, []any{map[string]any{"sourceVolume": "agent-0", "containerPath": "/cache"}}, agent["mountPoints"])
	assert.Equal(t, []any{map[string]any{"name": "api-0"}, map[string]any{"name": "api-1"}, map[string]any{"name": "agent-0"}},
		g.One(t, typeTaskDefinition).Input("volumes"))
	assert.Equal(t, map[string]any{"command": []any{"CMD-SHELL", "true"}, "retries": 5., "startPeriod": 0.}, main["healthCheck"])
	assert.Equal(t, map[string]any{"command": []any{"CMD", "check"}, "interval": 5.}, agent["healthCheck"])
	assert.Equal(t, []any{map[string]any{"containerName": "api", "condition": "HEALTHY"}}, agent["dependsOn"])
	assert.Equal(t, 120., main["startTimeout"], "five checks of AWS's default would be 175 s, more than Fargate takes")
	assert.NotContains(t, agent, "startTimeout", "nobody waits for it")

	main = containersOf(t, componentstest.Deploy(t, worker()))[0]
	for _, off := range []string{"readonlyRootFilesystem", "mountPoints", "user", "healthCheck", "linuxParameters"} {
		assert.NotContains(t, main, off)
	}
}

func exec(a *components.PrivateFargateServiceArgs) { a.EnableExecuteCommand = true }

func TestExecuteCommandNeedsFourPermissions(t *testing.T) {
	g := componentstest.Deploy(t, worker(exec))
	assert.Equal(t, true, g.One(t, typeService).Input("enableExecuteCommand"))
	assert.Equal(t, map[string]any{"initProcessEnabled": true}, containersOf(t, g)[0]["linuxParameters"])
	policy := g.Get(t, typeRolePolicy, "api-exec")
	assert.Equal(t, g.Get(t, typeRole, "api-task").Output("name"), policy.Input("role"))
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": ["*"], "Action": [
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"
	]}]}`, policyOf(t, g, "api-exec"))
	assert.True(t, g.One(t, typeService).DependsOn(policy))

	g = componentstest.Deploy(t, worker())
	assert.False(t, g.One(t, typeService).Has("enableExecuteCommand"))
	for _, p := range g.OfType(typeRolePolicy) {
		assert.NotEqual(t, "api-exec", p.Name)
	}
}

func TestExecuteCommandNeedsAWay(t *testing.T) {
	componentstest.Deploy(t, inNetwork(withoutNAT("ssmmessages"), fromPrivateECR, exec))
	_, err := componentstest.TryDeploy(inNetwork(withoutNAT(), fromPrivateECR, exec))
	assert.ErrorContains(t, err, `PrivateFargateService "api": enableExecuteCommand: must be false, since the network has no VPC endpoint of ssmmessages`)
}

func TestPrivateFargateServiceRefusesSettings(t *testing.T) {
	check := func(h components.ContainerHealthCheckArgs) fargateChange {
		return func(a *components.PrivateFargateServiceArgs) { a.ContainerHealthCheck = &h }
	}
	user := func(name string) fargateChange {
		return func(a *components.PrivateFargateServiceArgs) { a.User = name }
	}
	writable := func(paths ...string) fargateChange {
		return func(a *components.PrivateFargateServiceArgs) { a.ReadonlyRootFilesystem, a.WritablePaths = true, paths }
	}
	good := []string{"CMD", "check"}
	for name, c := range map[string]struct {
		change  fargateChange
		wantErr string
	}{
		"root":          {user("root"), `user: must not be root, got "root"`},
		"root's number": {user("00:1000"), `user: must not be root, got "00:1000"`},
		"a user of two": {user("1000 1001"), `user: must be uid, uid:gid or names of the image in their place, such as "1000:1000"`},
		"paths of a writable filesystem": {func(a *components.PrivateFargateServiceArgs) { a.WritablePaths = []string{"/tmp"} },
			`writablePaths: must be empty without readonlyRootFilesystem, got ["/tmp"]`},
		"the root":        {writable("/"), `writablePaths[0]: must be a directory such as "/tmp"`},
		"a relative path": {writable("/tmp", "run"), `writablePaths[1]: must be a directory such as "/tmp", absolute and without a slash at its end, got "run"`},
		"a path twice":    {writable("/tmp", "/tmp"), `writablePaths[1]: is a duplicate of "/tmp"`},
		"a bare command":  {check(components.ContainerHealthCheckArgs{Command: []string{"check"}}), `containerHealthCheck.command: must begin with "CMD"`},
		"no command":      {check(components.ContainerHealthCheckArgs{Command: []string{"CMD"}}), `containerHealthCheck.command: must have a command after "CMD"`},
		"two lines":       {check(components.ContainerHealthCheckArgs{Command: []string{"CMD-SHELL", "a", "b"}}), `must have one string after "CMD-SHELL", got 2`},
		"a short interval": {check(components.ContainerHealthCheckArgs{Command: good, IntervalSeconds: 4}),
			`containerHealthCheck.intervalSeconds: must be 5-300 s, got 4`},
		"a long timeout": {check(components.ContainerHealthCheckArgs{Command: good, TimeoutSeconds: 61}), `containerHealthCheck.timeoutSeconds: must be 2-60 s, got 61`},
		"many retries":   {check(components.ContainerHealthCheckArgs{Command: good, Retries: 11}), `containerHealthCheck.retries: must be 1-10, got 11`},
		"a long start": {check(components.ContainerHealthCheckArgs{Command: good, StartPeriodSeconds: pulumi.IntRef(301)}),
			`containerHealthCheck.startPeriodSeconds: must be 0-300 s, got 301`},
		"sessions on a read-only filesystem": {func(a *components.PrivateFargateServiceArgs) {
			a.EnableExecuteCommand, a.ReadonlyRootFilesystem = true, true
		},
			`readonlyRootFilesystem: must be false with enableExecuteCommand`},
		"a sidecar as root": {sidecars(sidecar(func(s *components.SidecarArgs) { s.User = "0" })), `sidecars[0].user: must not be root, got "0"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := componentstest.TryDeploy(worker(c.change))
			assert.ErrorContains(t, err, c.wantErr)
		})
	}
}
