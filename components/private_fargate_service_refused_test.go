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

// inputs are the values of environment variables.
type inputs = map[string]pulumi.StringInput

func TestPrivateFargateServiceRefuses(t *testing.T) {
	some := pulumi.String("x")
	for name, c := range map[string]struct {
		change  fargateChange
		wantErr string
	}{
		"no image": {func(a *components.PrivateFargateServiceArgs) { a.Image = nil }, `image: is required`},
		"an image that is none": {func(a *components.PrivateFargateServiceArgs) { a.Image = pulumi.String("https://nginx") },
			`image: must be a container image such as "public.ecr.aws/nginx/nginx:stable", without scheme or spaces, got "https://nginx"`},
		"an empty image": {func(a *components.PrivateFargateServiceArgs) { a.Image = pulumi.String("") }, `image: must be a container image`},
		"a high port":    {func(a *components.PrivateFargateServiceArgs) { a.ContainerPort = 70000 }, `containerPort: must be 1-65535, got 70000`},
		"a pair that is none": {func(a *components.PrivateFargateServiceArgs) { a.Cpu, a.Memory = 256, 4096 },
			`memory: with cpu 256 must be one of 512, 1024, 2048 MiB, got 4096; nearest valid pair: cpu 512, memory 4096`},
		"an architecture": {func(a *components.PrivateFargateServiceArgs) { a.Architecture = "arm" }, `architecture: must be one of "X86_64", "ARM64", got "arm"`},
		"a count":         {func(a *components.PrivateFargateServiceArgs) { a.DesiredCount = pulumi.IntRef(-1) }, `desiredCount: must be 0-5000 tasks, got -1`},
		"a retention":     {func(a *components.PrivateFargateServiceArgs) { a.LogRetentionDays = 31 }, `got 31; use 60`},
		"scaling": {func(a *components.PrivateFargateServiceArgs) {
			a.Autoscaling = &components.AutoscalingArgs{MinCount: 4, MaxCount: 2}
		}, `autoscaling.maxCount: must be 4-5000 tasks, at least minCount, got 2`},
		"a count outside scaling": {func(a *components.PrivateFargateServiceArgs) {
			a.DesiredCount = pulumi.IntRef(9)
			a.Autoscaling = &components.AutoscalingArgs{MinCount: 2, MaxCount: 4}
		}, `desiredCount: must lie within autoscaling's 2-4 tasks, got 9`},
		"more spot than tasks": {func(a *components.PrivateFargateServiceArgs) { a.SpotPercent = pulumi.IntRef(101) }, `spotPercent: must be 0-100 %, got 101`},
		"a base below nothing": {func(a *components.PrivateFargateServiceArgs) {
			a.SpotPercent, a.OnDemandBase = pulumi.IntRef(50), pulumi.IntRef(-1)
		}, `onDemandBase: must be 0-100000 tasks, got -1`},
		"a base of nothing": {func(a *components.PrivateFargateServiceArgs) { a.OnDemandBase = pulumi.IntRef(1) }, `onDemandBase: must be empty without spotPercent, got 1`},
		"a scaling by nobody's requests": {func(a *components.PrivateFargateServiceArgs) {
			a.Autoscaling = &components.AutoscalingArgs{MinCount: 2, MaxCount: 4, RequestsPerTarget: 100}
		}, `autoscaling.requestsPerTarget: must be empty without a route, got 100`},
		"a schedule of crontab": {schedules(components.AutoscalingScheduleArgs{Name: "night", Schedule: "cron(0 20 * * *)", MinCount: pulumi.IntRef(1)}),
			`autoscaling.schedules[0].schedule: must have the six fields of cron(minutes hours day-of-month month day-of-week year), got 5`},
		"a schedule without name": {schedules(components.AutoscalingScheduleArgs{Schedule: "rate(1 day)", MinCount: pulumi.IntRef(1)}),
			`autoscaling.schedules[0].name: a name is required`},
		"two schedules of one name": {schedules(
			components.AutoscalingScheduleArgs{Name: "night", Schedule: "rate(1 day)", MinCount: pulumi.IntRef(1)},
			components.AutoscalingScheduleArgs{Name: "night", Schedule: "rate(2 days)"},
		), `autoscaling.schedules[1].name: must be unique, got "night" again`},
		"a schedule's zone": {schedules(components.AutoscalingScheduleArgs{Name: "night", Schedule: "cron(0 20 * * ? *)", TimeZone: "JST", MinCount: pulumi.IntRef(1)}),
			`autoscaling.schedules[0].timeZone: must be the IANA name of a time zone such as "Europe/Berlin", got "JST"`},
		"a schedule upside down": {schedules(components.AutoscalingScheduleArgs{Name: "night", Schedule: "rate(1 day)", MinCount: pulumi.IntRef(5)}),
			`autoscaling.schedules[0].maxCount: must be 5-5000 tasks, at least the schedule's minimum, got 4`},
		"a schedule for nothing": {schedules(components.AutoscalingScheduleArgs{Name: "night", Schedule: "rate(1 day)"}),
			`autoscaling.schedules: must have one that changes the number of tasks, got only the 2-4 of autoscaling itself`},
		"a variable's name": {func(a *components.PrivateFargateServiceArgs) { a.Environment = inputs{"A=b": some} },
			`environment[A=b]: must be a variable name`},
		"a variable without value": {func(a *components.PrivateFargateServiceArgs) { a.Environment = inputs{"A": nil} },
			`environment[A]: must have a value, got none`},
		"a secret in plain text": {func(a *components.PrivateFargateServiceArgs) { a.Secrets = inputs{"A": some} },
			`secrets[A]: must be the ARN of a Secrets Manager secret`},
		"a secret without ARN": {func(a *components.PrivateFargateServiceArgs) { a.Secrets = inputs{"A": nil} },
			`secrets[A]: must be the ARN of a secret or parameter, got none`},
		"a secret among the environment": {func(a *components.PrivateFargateServiceArgs) {
			a.Environment, a.Secrets = inputs{"A": some}, inputs{"A": pulumi.String(secretArn)}
		}, `secrets[A]: must not be among environment as well`},
		"grace without route": {func(a *components.PrivateFargateServiceArgs) { a.HealthCheckGracePeriodSeconds = pulumi.IntRef(9) },
			`healthCheckGracePeriodSeconds: must be empty without a route, got 9`},
		"a way out without name": {egress(components.EgressArgs{Port: 1, CidrBlock: "10.0.0.0/8"}), `additionalEgress[0].name: a name is required`},
		"a way out without port": {egress(components.EgressArgs{Name: "db", CidrBlock: "10.0.0.0/8"}), `additionalEgress[0].port: `},
		"a way out to nowhere":   {egress(components.EgressArgs{Name: "db", Port: 1}), `additionalEgress[0]: must have exactly one of cidrBlock, securityGroupId and prefixListId, got 0`},
		"a way out to two": {egress(components.EgressArgs{Name: "db", Port: 1, CidrBlock: "10.0.0.0/8", PrefixListId: some}),
			`additionalEgress[0]: must have exactly one of cidrBlock, securityGroupId and prefixListId, got 2`},
		"a way out to no range": {egress(components.EgressArgs{Name: "db", Port: 1, CidrBlock: "10.0.0.1/8"}), `additionalEgress[0].cidrBlock: must be the first address`},
		"two ways out of one name": {egress(
			components.EgressArgs{Name: "db", Port: 1, CidrBlock: "10.0.0.0/8"}, components.EgressArgs{Name: "db", Port: 2, CidrBlock: "10.0.0.0/8"},
		), `additionalEgress[1].name: must be unique, got "db" again`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(worker(c.change))
			require.Error(t, err)
			assert.ErrorContains(t, err, c.wantErr)
			assert.Equal(t, 1, strings.Count(err.Error(), `PrivateFargateService "api"`), "one mistake, one fault: %v", err)
			assert.Empty(t, g.All())
		})
	}
}

func egress(ways ...components.EgressArgs) fargateChange {
	return func(a *components.PrivateFargateServiceArgs) { a.AdditionalEgress = ways }
}

func schedules(all ...components.AutoscalingScheduleArgs) fargateChange {
	return func(a *components.PrivateFargateServiceArgs) {
		a.Autoscaling = &components.AutoscalingArgs{MinCount: 2, MaxCount: 4, Schedules: all}
	}
}

func TestPrivateFargateServiceRefusesARoute(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*components.ServiceRouteArgs)
		wantErr string
	}{
		"a port":           {func(r *components.ServiceRouteArgs) { r.Port = 80 }, `route.port: must be empty, got 80: it is containerPort`},
		"a target type":    {func(r *components.ServiceRouteArgs) { r.TargetType = "instance" }, `route.targetType: must be empty, got "instance"`},
		"a security group": {func(r *components.ServiceRouteArgs) { r.TargetSecurityGroupId = pulumi.String("sg-1") }, `route.targetSecurityGroupId: must be empty`},
		"priority":         {func(r *components.ServiceRouteArgs) { r.Priority = -1 }, `route.priority: must be 1-50000`},
		"no listener":      {func(r *components.ServiceRouteArgs) { r.LoadBalancer = nil }, `route.loadBalancer: is required`},
		"an adopted listener without network": {func(r *components.ServiceRouteArgs) {
			r.LoadBalancer = nil
			r.ExistingListener = &components.ExistingListenerArgs{
				ListenerArn: pulumi.String("arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/web/0a/0b"),
			}
		}, `network: is required with route.existingListener`},
	} {
		t.Run(name, func(t *testing.T) {
			change := func(a *components.PrivateFargateServiceArgs) { c.change(a.Route) }
			g, err := componentstest.TryDeploy(fargate(change))
			assert.ErrorContains(t, err, `PrivateFargateService "api": `+c.wantErr)
			assert.Empty(t, g.OfType(components.TokenPrivateFargateService))
		})
	}
}

func TestPrivateFargateServiceRefusesANetwork(t *testing.T) {
	for name, c := range map[string]struct {
		network *components.NetworkArgs
		change  fargateChange
		wantErr string
	}{
		"without a way out": {&components.NetworkArgs{Nat: components.NatNone, InterfaceEndpoints: []string{}}, fromPrivateECR,
			`network: must let its private subnets reach the image, got one whose private egress is "none"; tasks would never start and viewers would get 503`},
		"without a way to the image": {withoutNAT(), func(*components.PrivateFargateServiceArgs) {},
			`image: must lie in a private ECR repository, since the network's VPC endpoints lead nowhere else, got "public.ecr.aws/nginx/nginx:stable"`},
		"without a way to the secret": {withoutNAT(), func(a *components.PrivateFargateServiceArgs) {
			fromPrivateECR(a)
			a.Secrets = inputs{"PASSWORD": pulumi.String(secretArn)}
		}, `secrets[PASSWORD]: lies in secretsmanager, for which the network has no VPC endpoint`},
		"without a way to the parameter": {withoutNAT("secretsmanager"), func(a *components.PrivateFargateServiceArgs) {
			fromPrivateECR(a)
			a.Secrets = inputs{"MODE": pulumi.String(parameterArn)}
		}, `secrets[MODE]: lies in ssm`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(inNetwork(c.network, c.change))
			assert.ErrorContains(t, err, `PrivateFargateService "api": `+c.wantErr)
			assert.Empty(t, g.OfType(components.TokenPrivateFargateService))
		})
	}
	_, err := componentstest.TryDeploy(inNetwork(withoutNAT("secretsmanager"), fromPrivateECR, func(a *components.PrivateFargateServiceArgs) {
		a.Secrets = inputs{"PASSWORD": pulumi.String(secretArn)}
	}))
	assert.NoError(t, err)
}

func TestPrivateFargateServiceNamesAllFaultsAtOnce(t *testing.T) {
	_, err := componentstest.TryDeploy(worker(func(a *components.PrivateFargateServiceArgs) {
		a.ContainerPort, a.LogRetentionDays, a.Image = -1, 2, nil
	}))
	for _, want := range []string{"containerPort: must be 1-65535, got -1", "logRetentionDays: ", "image: is required"} {
		assert.ErrorContains(t, err, want)
	}
}

func TestPrivateFargateServiceWithoutArgs(t *testing.T) {
	_, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		_, err := components.NewPrivateFargateService(ctx, "api", nil)
		return err
	})
	assert.ErrorContains(t, err, `PrivateFargateService "api": args are required`)
}
