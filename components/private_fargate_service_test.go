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
	"github.com/portico-iac/portico/internal/iampolicy"
)

// Types of the resources that make up a Fargate service.
const (
	typeService        = "aws:ecs/service:Service"
	typeTaskDefinition = "aws:ecs/taskDefinition:TaskDefinition"
	typeCluster        = "aws:ecs/cluster:Cluster"
	typeLogGroup       = "aws:cloudwatch/logGroup:LogGroup"
	typeRole           = "aws:iam/role:Role"
	typeRolePolicy     = "aws:iam/rolePolicy:RolePolicy"
	typeScalingTarget  = "aws:appautoscaling/target:Target"
	typeScalingPolicy  = "aws:appautoscaling/policy:Policy"
)

const (
	publicImage  = "public.ecr.aws/nginx/nginx:stable"
	privateImage = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/app:v1"
	secretArn    = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf"
	parameterArn = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/app/mode"
)

type fargateChange func(*components.PrivateFargateServiceArgs)

// fargate is a program with one service named api behind a public load
// balancer.
func fargate(changes ...fargateChange) pulumi.RunFunc {
	return withParts(func(ctx *pulumi.Context, p *frontParts) error {
		alb, err := components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: p.network, Domain: p.domain})
		if err != nil {
			return err
		}
		return newFargate(ctx, append([]fargateChange{func(a *components.PrivateFargateServiceArgs) {
			a.Route = &components.ServiceRouteArgs{LoadBalancer: alb, Priority: 100}
		}}, changes...)...)
	})
}

// worker is a program with one service named api and nothing else.
func worker(changes ...fargateChange) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return newFargate(ctx, changes...) }
}

// inNetwork is a worker in a network of its own kind.
func inNetwork(network *components.NetworkArgs, changes ...fargateChange) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		n, err := components.NewNetwork(ctx, "net", network)
		if err != nil {
			return err
		}
		return newFargate(ctx, append([]fargateChange{func(a *components.PrivateFargateServiceArgs) { a.Network = n }}, changes...)...)
	}
}

func newFargate(ctx *pulumi.Context, changes ...fargateChange) error {
	args := &components.PrivateFargateServiceArgs{Image: pulumi.String(publicImage), ContainerPort: 8080}
	for _, change := range changes {
		change(args)
	}
	_, err := components.NewPrivateFargateService(ctx, "api", args)
	return err
}

// policyOf is the policy of the role of that name.
func policyOf(t *testing.T, g *componentstest.Graph, name string) string {
	t.Helper()
	policy, ok := g.Get(t, typeRolePolicy, name).Input("policy").(string)
	require.True(t, ok)
	return policy
}

func allows(t *testing.T, policy, action, on string, context map[string][]string) bool {
	t.Helper()
	allowed, err := iampolicy.Allows([]string{policy}, iampolicy.Call{Action: action, Resource: on, Context: context})
	require.NoError(t, err)
	return allowed
}

// container is the only container of the task.
func container(t *testing.T, g *componentstest.Graph) map[string]any {
	t.Helper()
	all := containersOf(t, g)
	require.Len(t, all, 1)
	return all[0]
}

func containersOf(t *testing.T, g *componentstest.Graph) []map[string]any {
	t.Helper()
	text, ok := g.One(t, typeTaskDefinition).Input("containerDefinitions").(string)
	require.True(t, ok)
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &all))
	return all
}

func TestPrivateFargateServiceBehindALoadBalancer(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, fargate())
			componentstest.AssertInvariants(t, g)
			api := g.One(t, components.TokenPrivateFargateService)
			assert.Equal(t, map[string]int{
				components.TokenServiceRoute: 1, typeService: 1, typeTaskDefinition: 1, typeCluster: 1, typeLogGroup: 1,
				typeRole: 2, typeRolePolicy: 1, typeGroup: 1, typeEgress: 1,
			}, childTypes(g, api))

			service := g.Get(t, typeService, "api")
			assert.Equal(t, "FARGATE", service.Input("launchType"))
			assert.Equal(t, "LATEST", service.Input("platformVersion"))
			assert.Equal(t, 2, service.Input("desiredCount"))
			assert.Equal(t, 100, service.Input("deploymentMinimumHealthyPercent"))
			assert.Equal(t, 200, service.Input("deploymentMaximumPercent"))
			assert.Equal(t, "ENABLED", service.Input("availabilityZoneRebalancing"))
			assert.Equal(t, "SERVICE", service.Input("propagateTags"))
			assert.Equal(t, true, g.One(t, typeTaskDefinition).Input("skipDestroy"), "a rollback needs the revision before")
			assert.Equal(t, map[string]any{"enable": true, "rollback": true}, service.Input("deploymentCircuitBreaker"))
			assert.Equal(t, true, service.Input("waitForSteadyState"))
			assert.Equal(t, false, service.Input("networkConfiguration.assignPublicIp"))
			assert.Equal(t, "api", service.Input("loadBalancers[0].containerName"))
			assert.Equal(t, 8080, service.Input("loadBalancers[0].containerPort"))
			assert.Equal(t, 120, service.Input("healthCheckGracePeriodSeconds"))
			assert.Empty(t, service.IgnoreChanges)
			private := g.Get(t, "aws:ec2/subnet:Subnet", "net-private-ap-northeast-1c")
			public := g.Get(t, "aws:ec2/subnet:Subnet", "net-public-ap-northeast-1c")
			assert.True(t, service.DependsOn(private))
			assert.NotContains(t, service.PropertyDependencies["networkConfiguration"], public.URN)
		})
	}
}

func TestPrivateFargateServiceWaitsForAllThatItsTasksNeed(t *testing.T) {
	g := componentstest.Deploy(t, fargate(func(a *components.PrivateFargateServiceArgs) {
		a.TaskPolicyJson = pulumi.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`)
	}))
	service := g.Get(t, typeService, "api")
	for _, need := range []*componentstest.Resource{
		g.One(t, typeListenerRule),                  // or "target group does not have an associated load balancer"
		g.Get(t, typeIngress, "api-target-ingress"), // or its tasks never are healthy
		g.Get(t, typeEgress, "api-alb-egress"),
		g.Get(t, typeEgress, "api-egress-internet"),
		g.Get(t, typeRolePolicy, "api-execution"),
		g.Get(t, typeRolePolicy, "api-task"),
		g.One(t, typeTaskDefinition),
		g.One(t, typeTargetGroup),
	} {
		assert.True(t, service.DependsOn(need), need.URN)
	}
	assert.True(t, g.One(t, typeTaskDefinition).DependsOn(g.One(t, typeLogGroup)))
}

func TestPrivateFargateServiceOutputs(t *testing.T) {
	g := componentstest.Deploy(t, fargate())
	api := g.One(t, components.TokenPrivateFargateService)
	assert.Equal(t, g.One(t, typeService).Output("name"), api.Output("serviceName"))
	assert.Equal(t, g.One(t, typeCluster).Output("arn"), api.Output("clusterArn"))
	assert.Equal(t, g.One(t, typeTaskDefinition).Output("arn"), api.Output("taskDefinitionArn"))
	assert.Equal(t, g.Get(t, typeGroup, "api-tasks").ID, api.Output("securityGroupId"))
	assert.Equal(t, g.One(t, typeLogGroup).Output("name"), api.Output("logGroupName"))
	assert.Equal(t, g.Get(t, typeRole, "api-task").Output("arn"), api.Output("taskRoleArn"))
}

func TestTrafficReachesTasksFromTheLoadBalancerOnly(t *testing.T) {
	g := componentstest.Deploy(t, fargate())
	tasks, loadBalancer := g.Get(t, typeGroup, "api-tasks"), g.Get(t, typeGroup, "web-alb")
	var into []*componentstest.Resource
	for _, rule := range g.OfType(typeIngress) {
		if rule.Input("securityGroupId") == tasks.ID {
			into = append(into, rule)
		}
	}
	require.Len(t, into, 1)
	assert.Equal(t, loadBalancer.ID, into[0].Input("referencedSecurityGroupId"))
	assert.Equal(t, 8080, into[0].Input("fromPort"))
	assert.Equal(t, 8080, into[0].Input("toPort"))
}

func TestTaskDefinition(t *testing.T) {
	g := componentstest.Deploy(t, fargate(func(a *components.PrivateFargateServiceArgs) {
		a.Cpu, a.Memory, a.Architecture = 512, 2048, components.ArchitectureARM64
		a.Command = []string{"serve"}
		a.Environment = map[string]pulumi.StringInput{"MODE": pulumi.String("live")}
		a.Secrets = map[string]pulumi.StringInput{"PASSWORD": pulumi.String(secretArn + ":password::")}
		a.LogRetentionDays = 7
	}))
	task, logs := g.One(t, typeTaskDefinition), g.One(t, typeLogGroup)
	assert.Equal(t, "512", task.Input("cpu"))
	assert.Equal(t, "2048", task.Input("memory"))
	assert.Equal(t, "awsvpc", task.Input("networkMode"))
	assert.Equal(t, []any{"FARGATE"}, task.Input("requiresCompatibilities"))
	assert.Equal(t, map[string]any{"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}, task.Input("runtimePlatform"))
	assert.Equal(t, "project-stack-api", task.Input("family"))
	assert.Equal(t, g.Get(t, typeRole, "api-execution").Output("arn"), task.Input("executionRoleArn"))
	assert.Equal(t, g.Get(t, typeRole, "api-task").Output("arn"), task.Input("taskRoleArn"))
	assert.Equal(t, 7, logs.Input("retentionInDays"))
	assert.Equal(t, map[string]any{
		"name": "api", "image": publicImage, "essential": true, "command": []any{"serve"},
		"portMappings": []any{map[string]any{"containerPort": 8080.0, "hostPort": 8080.0, "protocol": "tcp"}},
		"environment":  []any{map[string]any{"name": "MODE", "value": "live"}},
		"secrets":      []any{map[string]any{"name": "PASSWORD", "valueFrom": secretArn + ":password::"}},
		"logConfiguration": map[string]any{"logDriver": "awslogs", "options": map[string]any{
			"awslogs-group": logs.Output("name"), "awslogs-region": "ap-northeast-1", "awslogs-stream-prefix": "api", "mode": "non-blocking",
		}},
	}, container(t, g))
}

func TestASecretInTheEnvironmentStaysSecret(t *testing.T) {
	g := componentstest.Deploy(t, worker(func(a *components.PrivateFargateServiceArgs) {
		a.Environment = map[string]pulumi.StringInput{
			"TOKEN": pulumi.ToSecret(pulumi.String("hunter2-hunter2")).(pulumi.StringOutput),
		}
	}))
	componentstest.AssertSecret(t, g.One(t, typeTaskDefinition), "containerDefinitions")
	componentstest.AssertInvariants(t, g)
}

func TestAPlainVariableThatIsNamedLikeASecretIsWarnedAbout(t *testing.T) {
	program := worker(func(a *components.PrivateFargateServiceArgs) {
		a.Environment = map[string]pulumi.StringInput{
			"DB_PASSWORD": pulumi.String("hunter2-hunter2"), "API_TOKEN": pulumi.String("hunter2-hunter2").ToStringOutput(),
			"DB_PASSWORD_FILE": pulumi.String("/run/password"), "MODE": pulumi.String("live"),
		}
		a.Secrets = map[string]pulumi.StringInput{"CLIENT_SECRET": pulumi.String(secretArn)}
	})
	for _, g := range []*componentstest.Graph{componentstest.Preview(t, program), componentstest.Deploy(t, program)} {
		warnings := g.Logs("warning")
		require.Len(t, warnings, 2, "%q", warnings)
		for i, variable := range []string{"API_TOKEN", "DB_PASSWORD"} {
			assert.Contains(t, warnings[i], `PrivateFargateService "api": environment[`+variable+`]: is named like a secret`)
			assert.Contains(t, warnings[i], "move it from environment to secrets, with the ARN of a Secrets Manager secret")
			assert.NotContains(t, warnings[i], "hunter2")
		}
	}
}

func TestExecutionRoleMayDoWhatStartingTheTaskTakes(t *testing.T) {
	const key = "arn:aws:kms:ap-northeast-1:123456789012:key/k"
	g := componentstest.Deploy(t, worker(func(a *components.PrivateFargateServiceArgs) {
		a.Image = pulumi.String(privateImage)
		a.Secrets = map[string]pulumi.StringInput{
			"PASSWORD": pulumi.String(secretArn + ":password::"), "MODE": pulumi.String(parameterArn),
		}
		a.SecretKmsKeyArns = pulumi.ToStringArray([]string{key})
	}))
	policy := policyOf(t, g, "api-execution")
	logs := g.One(t, typeLogGroup).Output("arn").(string)
	const ecr = "arn:aws:ecr:ap-northeast-1:123456789012:repository/"
	via := func(service string) map[string][]string {
		return map[string][]string{"kms:ViaService": {service}}
	}
	for _, c := range []struct {
		action, on string
		context    map[string][]string
		want       bool
	}{
		{"logs:CreateLogStream", logs + ":log-stream:api/api/1", nil, true},
		{"logs:PutLogEvents", logs + ":log-stream:api/api/1", nil, true},
		{"logs:PutLogEvents", "arn:aws:logs:ap-northeast-1:123456789012:log-group:other:log-stream:s", nil, false},
		{"logs:DeleteLogGroup", logs, nil, false},
		{"ecr:GetAuthorizationToken", "*", nil, true},
		{"ecr:BatchGetImage", ecr + "team/app", nil, true},
		{"ecr:GetDownloadUrlForLayer", ecr + "team/app", nil, true},
		{"ecr:BatchGetImage", ecr + "team/other", nil, false},
		{"ecr:PutImage", ecr + "team/app", nil, false},
		{"secretsmanager:GetSecretValue", secretArn, nil, true},
		{"secretsmanager:GetSecretValue", secretArn + "x", nil, false},
		{"secretsmanager:PutSecretValue", secretArn, nil, false},
		{"ssm:GetParameters", parameterArn, nil, true},
		{"ssm:GetParameters", parameterArn + "/other", nil, false},
		{"kms:Decrypt", key, via("secretsmanager.ap-northeast-1.amazonaws.com"), true},
		{"kms:Decrypt", key, via("ssm.ap-northeast-1.amazonaws.com"), true},
		{"kms:Decrypt", key, nil, false},
		{"kms:Decrypt", key + "2", via("ssm.ap-northeast-1.amazonaws.com"), false},
	} {
		assert.Equal(t, c.want, allows(t, policy, c.action, c.on, c.context), "%s on %s", c.action, c.on)
	}
}

func TestExecutionRoleOfAPublicImagePullsNothing(t *testing.T) {
	policy := policyOf(t, componentstest.Deploy(t, worker()), "api-execution")
	assert.False(t, allows(t, policy, "ecr:GetAuthorizationToken", "*", nil))
	assert.NotContains(t, policy, "ecr:")
	assert.NotContains(t, policy, `"*"`)
}

func TestTaskRoleMayDoNothingUnlessAsked(t *testing.T) {
	g := componentstest.Deploy(t, worker())
	assert.Empty(t, g.Children(g.Get(t, typeRole, "api-task")))
	for _, policy := range g.OfType(typeRolePolicy) {
		assert.Equal(t, "api-execution", policy.Name)
	}
	trust := g.Get(t, typeRole, "api-task").Input("assumeRolePolicy").(string)
	for _, want := range []string{"ecs-tasks.amazonaws.com", `"aws:SourceAccount":["123456789012"]`, "arn:aws:ecs:ap-northeast-1:123456789012:*"} {
		assert.Contains(t, trust, want)
	}

	const asked = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`
	g = componentstest.Deploy(t, worker(func(a *components.PrivateFargateServiceArgs) { a.TaskPolicyJson = pulumi.String(asked) }))
	assert.Equal(t, asked, policyOf(t, g, "api-task"))
	assert.Equal(t, g.Get(t, typeRole, "api-task").Output("name"), g.Get(t, typeRolePolicy, "api-task").Input("role"))
}

func TestAutoscalingAndOnlyThenIgnoresTheCount(t *testing.T) {
	g := componentstest.Deploy(t, worker(func(a *components.PrivateFargateServiceArgs) {
		a.Autoscaling = &components.AutoscalingArgs{MinCount: 3, MaxCount: 6}
	}))
	service, target, policy := g.One(t, typeService), g.One(t, typeScalingTarget), g.One(t, typeScalingPolicy)
	assert.Equal(t, []string{"desiredCount"}, service.IgnoreChanges)
	assert.Equal(t, 3, service.Input("desiredCount"))
	assert.Equal(t, 3, target.Input("minCapacity"))
	assert.Equal(t, 6, target.Input("maxCapacity"))
	cluster := g.One(t, typeCluster).Output("name").(string)
	assert.Equal(t, "service/"+cluster+"/"+service.Output("name").(string), target.Input("resourceId"))
	assert.Equal(t, 60, policy.Input("targetTrackingScalingPolicyConfiguration.targetValue"))
	assert.True(t, policy.DependsOn(target))

	g = componentstest.Deploy(t, worker())
	assert.Empty(t, g.One(t, typeService).IgnoreChanges)
	assert.Empty(t, g.OfType(typeScalingTarget))
}

func TestGivenClusterIsUsed(t *testing.T) {
	const arn = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/shared"
	g := componentstest.Deploy(t, worker(func(a *components.PrivateFargateServiceArgs) {
		a.ClusterArn = pulumi.String(arn)
		a.Autoscaling = &components.AutoscalingArgs{MinCount: 1, MaxCount: 2}
	}))
	assert.Empty(t, g.OfType(typeCluster))
	assert.Equal(t, arn, g.One(t, typeService).Input("cluster"))
	assert.True(t, strings.HasPrefix(g.One(t, typeScalingTarget).Input("resourceId").(string), "service/shared/"))
}

func TestSwitches(t *testing.T) {
	g := componentstest.Deploy(t, fargate(func(a *components.PrivateFargateServiceArgs) {
		a.CircuitBreaker, a.WaitForSteadyState = pulumi.BoolRef(false), pulumi.BoolRef(false)
		a.DesiredCount, a.HealthCheckGracePeriodSeconds = pulumi.IntRef(0), pulumi.IntRef(90)
		a.AvailabilityZoneRebalancing = pulumi.BoolRef(false)
	}))
	service := g.One(t, typeService)
	assert.Equal(t, map[string]any{"enable": false, "rollback": false}, service.Input("deploymentCircuitBreaker"))
	assert.Equal(t, false, service.Input("waitForSteadyState"))
	assert.Equal(t, 0, service.Input("desiredCount"))
	assert.Equal(t, 90, service.Input("healthCheckGracePeriodSeconds"))
	assert.Equal(t, "DISABLED", service.Input("availabilityZoneRebalancing"))
}

func TestAnswersThatAreNotKnownBeforeAreCheckedLater(t *testing.T) {
	later := func(value string) pulumi.StringInput { return pulumi.String(value).ToStringOutput() }
	_, err := componentstest.TryDeploy(worker(func(a *components.PrivateFargateServiceArgs) { a.Image = later("not an image") }))
	assert.ErrorContains(t, err, `PrivateFargateService "api": image: must be a container image`)
	_, err = componentstest.TryDeploy(worker(func(a *components.PrivateFargateServiceArgs) {
		a.Secrets = map[string]pulumi.StringInput{"PASSWORD": later("hunter2")}
	}))
	assert.ErrorContains(t, err, `PrivateFargateService "api": secrets[PASSWORD]: must be the ARN`)
	assert.NotContains(t, err.Error(), "hunter2")
}

func TestPreviewLeavesOpenWhatNamesTheLogGroup(t *testing.T) {
	g := componentstest.Preview(t, worker())
	assert.True(t, g.One(t, typeTaskDefinition).IsUnknown("containerDefinitions"))
	assert.True(t, g.Get(t, typeRolePolicy, "api-execution").IsUnknown("policy"))
}
