package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of PrivateFargateServiceArgs.DeploymentAlarms.
const (
	DeploymentAlarmTarget5xx      = kindTargetErrors
	DeploymentAlarmUnhealthyHosts = kindUnhealthy
	DeploymentAlarmTargetP95      = kindSlowTargets
)

// deploymentAlarms make the alarms on a service's own route, with the defaults of Alarms.
var deploymentAlarms = map[string]func(*ServiceRoute) alarm{
	DeploymentAlarmTarget5xx:      func(r *ServiceRoute) alarm { return targetErrors(r, defaultTargetErrors) },
	DeploymentAlarmUnhealthyHosts: func(r *ServiceRoute) alarm { return unhealthyHosts(r, defaultUnhealthyHosts) },
	DeploymentAlarmTargetP95:      func(r *ServiceRoute) alarm { return slowTargets(r, defaultTargetP95) },
}

func (a *PrivateFargateServiceArgs) validateDeploymentAlarms(l *fault.List) {
	if a.Route == nil && len(a.DeploymentAlarms) > 0 {
		l.Addf("deploymentAlarms", "must be empty without a route, got %q: they are about the load balancer's metrics of the service's targets",
			a.DeploymentAlarms)
	}
	awsrule.EachOneOf(l, "deploymentAlarms", a.DeploymentAlarms,
		DeploymentAlarmTarget5xx, DeploymentAlarmUnhealthyHosts, DeploymentAlarmTargetP95)
}

// detectsFailure says that ECS notices a deployment that fails.
func (a *PrivateFargateServiceArgs) detectsFailure() bool {
	return *a.CircuitBreaker || len(a.DeploymentAlarms) > 0
}

// newDeploymentAlarms makes the alarms that ECS rolls a deployment back for.
func (c *PrivateFargateService) newDeploymentAlarms(ctx *pulumi.Context) (err error) {
	c.DeploymentAlarms = map[string]*cloudwatch.MetricAlarm{}
	for _, kind := range c.args.DeploymentAlarms {
		a := deploymentAlarms[kind](c.Route)
		a.of = "deployment"
		if c.DeploymentAlarms[kind], err = a.register(ctx, c.name, nil, c.args.Tags, pulumi.Parent(c)); err != nil {
			return err
		}
	}
	return nil
}

// alarms have ECS watch the alarms during a deployment, and for a while after it.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
func (c *PrivateFargateService) alarms() ecs.ServiceAlarmsPtrInput {
	if len(c.args.DeploymentAlarms) == 0 {
		return nil
	}
	var names pulumi.StringArray
	for _, kind := range slices.Sorted(slices.Values(c.args.DeploymentAlarms)) {
		names = append(names, c.DeploymentAlarms[kind].Name)
	}
	return ecs.ServiceAlarmsArgs{Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true), AlarmNames: names}
}
