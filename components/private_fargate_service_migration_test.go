package components_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	typeLambda     = "aws:lambda/function:Function"
	typeInvocation = "aws:lambda/invocation:Invocation"
)

func migration(change func(*components.MigrationArgs)) fargateChange {
	return func(a *components.PrivateFargateServiceArgs) {
		a.Migration = &components.MigrationArgs{Command: []string{"migrate"}}
		if change != nil {
			change(a.Migration)
		}
	}
}

func TestAMigrationIsATaskThatTheServiceWaitsFor(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, fargate(migration(nil)))
			componentstest.AssertInvariants(t, g)
			invocation, service := g.One(t, typeInvocation), g.Get(t, typeService, "api")
			assert.True(t, service.DependsOn(invocation))
			for _, before := range []*componentstest.Resource{
				g.Get(t, typeRolePolicy, "api-migration"), g.Get(t, typeRolePolicy, "api-execution"), g.Get(t, typeEgress, "api-egress-internet"),
			} {
				assert.True(t, invocation.DependsOn(before), before.Name)
			}
		})
	}
	assert.Empty(t, componentstest.Deploy(t, fargate()).OfType(typeInvocation), "only if it is asked for")
}

func TestAMigrationHasTheServicesSettingsUnlessItSaysOthers(t *testing.T) {
	service := func(a *components.PrivateFargateServiceArgs) {
		a.Cpu, a.Memory, a.Architecture = 512, 1024, components.ArchitectureARM64
		a.Environment = inputs{"MODE": pulumi.String("live"), "LEVEL": pulumi.String("info")}
		a.Secrets = inputs{"DB_URL": pulumi.String(parameterArn), "TOKEN": pulumi.String(secretArn)}
	}
	ownSecret := "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:owner-AbCdEf"
	ownImage := "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/migrate:1"
	g := componentstest.Deploy(t, fargate(service, migration(func(m *components.MigrationArgs) {
		m.Image, m.Memory = pulumi.String(ownImage), 2048
		m.Environment = inputs{"MODE": pulumi.String("migrate"), "DB_URL": pulumi.String("local")}
		m.Secrets = inputs{"TOKEN": pulumi.String(ownSecret)}
	})))
	definition := g.Get(t, typeTaskDefinition, "api-migration")
	assert.Equal(t, []any{"512", "2048"}, []any{definition.Input("cpu"), definition.Input("memory")})
	assert.Equal(t, "ARM64", definition.Input("runtimePlatform.cpuArchitecture"))
	var containers []map[string]any
	require.NoError(t, json.Unmarshal([]byte(definition.Input("containerDefinitions").(string)), &containers))
	require.Len(t, containers, 1)
	container := containers[0]
	assert.Equal(t, []any{"migration", ownImage, []any{"migrate"}}, []any{container["name"], container["image"], container["command"]})
	assert.Empty(t, container["portMappings"])
	assert.Equal(t, []any{
		map[string]any{"name": "DB_URL", "value": "local"}, map[string]any{"name": "LEVEL", "value": "info"}, map[string]any{"name": "MODE", "value": "migrate"},
	}, container["environment"])
	assert.Equal(t, []any{map[string]any{"name": "TOKEN", "valueFrom": ownSecret}}, container["secrets"])
	execution := policyOf(t, g, "api-execution")
	for _, secret := range []string{ownSecret, secretArn} {
		assert.True(t, allows(t, execution, "secretsmanager:GetSecretValue", secret, nil))
	}
	assert.True(t, allows(t, execution, "ecr:BatchGetImage", "arn:aws:ecr:ap-northeast-1:123456789012:repository/team/migrate", nil))

	g = componentstest.Deploy(t, fargate(service, migration(nil)))
	definition = g.Get(t, typeTaskDefinition, "api-migration")
	assert.Equal(t, []any{"512", "1024"}, []any{definition.Input("cpu"), definition.Input("memory")})
	assert.Contains(t, definition.Input("containerDefinitions"), publicImage)
}

// The role of the function may run this one task in this one cluster.
func TestTheRoleOfAMigrationsFunction(t *testing.T) {
	const arn = "arn:aws:ecs:ap-northeast-1:123456789012:"
	g := componentstest.Deploy(t, fargate(migration(nil), func(a *components.PrivateFargateServiceArgs) {
		a.ClusterArn = pulumi.String(arn + "cluster/shared")
	}))
	policy := policyOf(t, g, "api-migration")
	family := g.Get(t, typeTaskDefinition, "api-migration").Input("family").(string)
	in := func(cluster string) map[string][]string {
		return map[string][]string{"ecs:cluster": {arn + "cluster/" + cluster}}
	}
	to := func(service string) map[string][]string { return map[string][]string{"iam:PassedToService": {service}} }
	group := g.One(t, typeLogGroup).Output("arn").(string)
	role := g.Get(t, typeRole, "api-execution").Output("arn").(string)
	for _, c := range []struct {
		action, on string
		context    map[string][]string
		want       bool
	}{
		{"ecs:RunTask", arn + "task-definition/" + family + ":7", in("shared"), true},
		{"ecs:RunTask", arn + "task-definition/" + family + ":7", in("other"), false},
		{"ecs:RunTask", arn + "task-definition/other:7", in("shared"), false},
		{"ecs:ListTasks", "*", in("shared"), true},
		{"ecs:ListTasks", "*", in("other"), false},
		{"ecs:DescribeTasks", arn + "task/shared/0a", nil, true},
		{"ecs:DescribeTasks", arn + "task/other/0a", nil, false},
		{"ecs:StopTask", arn + "task/shared/0a", nil, false},
		{"iam:PassRole", role, to("ecs-tasks.amazonaws.com"), true},
		{"iam:PassRole", role, to("ec2.amazonaws.com"), false},
		{"iam:PassRole", "arn:aws:iam::123456789012:role/admin", to("ecs-tasks.amazonaws.com"), false},
		{"logs:GetLogEvents", group + ":log-stream:api/migration/0a", nil, true},
		{"logs:GetLogEvents", group + ":log-stream:api/api/0a", nil, false},
		{"logs:PutLogEvents", group + ":log-stream:x", nil, true},
	} {
		assert.Equal(t, c.want, allows(t, policy, c.action, c.on, c.context), "%s on %s in %v", c.action, c.on, c.context)
	}
	assert.Equal(t, "python3.13", g.One(t, typeLambda).Input("runtime"))
	assert.Equal(t, 360, g.One(t, typeLambda).Input("timeout"))
}

func TestPrivateFargateServiceRefusesAMigration(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*components.MigrationArgs)
		wantErr string
	}{
		"that would not end":    {func(m *components.MigrationArgs) { m.Command = nil }, `migration.command: is required without an image of the migration's own`},
		"with an image":         {func(m *components.MigrationArgs) { m.Image = pulumi.String("a b") }, `migration.image: must be a container image`},
		"that takes too long":   {func(m *components.MigrationArgs) { m.TimeoutSeconds = 900 }, `migration.timeoutSeconds: must be 30-840 s, got 900`},
		"without time":          {func(m *components.MigrationArgs) { m.TimeoutSeconds = 1 }, `migration.timeoutSeconds: must be 30-840 s, got 1`},
		"of no size":            {func(m *components.MigrationArgs) { m.Memory = 100 }, `migration.memory: with cpu 256 must be one of`},
		"with a variable":       {func(m *components.MigrationArgs) { m.Environment = inputs{"A=B": pulumi.String("x")} }, `migration.environment[A=B]: must be a variable name`},
		"with a secret's value": {func(m *components.MigrationArgs) { m.Secrets = inputs{"A": pulumi.String("x")} }, `migration.secrets[A]: must be the ARN of`},
		"with a name twice": {func(m *components.MigrationArgs) {
			m.Environment, m.Secrets = inputs{"A": pulumi.String("x")}, inputs{"A": pulumi.String(secretArn)}
		}, `migration.secrets[A]: must not be among environment as well`},
		"too large": {func(m *components.MigrationArgs) { m.Command = []string{strings.Repeat("x", 70000)} }, `migration.command: must leave the task definition`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(worker(migration(c.change)))
			require.ErrorContains(t, err, c.wantErr)
			assert.Equal(t, 1, strings.Count(err.Error(), `PrivateFargateService "api"`), "one mistake, one fault: %v", err)
			assert.Empty(t, g.All())
		})
	}
}
