package components

import (
	"path"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Metrics that a service is scaled by.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
const (
	scaledByCPU      = "ECSServiceAverageCPUUtilization"
	scaledByMemory   = "ECSServiceAverageMemoryUtilization"
	scaledByRequests = "ALBRequestCountPerTarget"
)

// newAutoscaling makes the target, a policy for each metric and the schedules.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
func (c *PrivateFargateService) newAutoscaling(ctx *pulumi.Context) (err error) {
	s := c.args.Autoscaling
	if s == nil {
		return nil
	}
	// The last part of arn:aws:ecs:region:account:cluster/name.
	cluster := c.ClusterArn.ApplyT(path.Base).(pulumi.StringOutput)
	c.ScalingTarget, err = appautoscaling.NewTarget(ctx, c.name, &appautoscaling.TargetArgs{
		ServiceNamespace:  pulumi.String("ecs"),
		ScalableDimension: pulumi.String("ecs:service:DesiredCount"),
		ResourceId:        pulumi.Sprintf("service/%s/%s", cluster, c.ServiceName),
		MinCapacity:       pulumi.Int(s.MinCount),
		MaxCapacity:       pulumi.Int(s.MaxCount),
		Tags:              resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	for _, p := range []struct {
		made         **appautoscaling.Policy
		name, metric string
		target       int
	}{
		{&c.ScalingPolicy, c.name, scaledByCPU, s.TargetCpuPercent},
		{&c.MemoryScalingPolicy, c.name + "-memory", scaledByMemory, s.TargetMemoryPercent},
		{&c.RequestScalingPolicy, c.name + "-requests", scaledByRequests, s.RequestsPerTarget},
	} {
		if p.target == 0 {
			continue
		}
		if *p.made, err = c.newScalingPolicy(ctx, p.name, p.metric, p.target); err != nil {
			return err
		}
	}
	return c.newSchedules(ctx)
}

// newScalingPolicy tracks a metric of the service's tasks. Requests are counted for a target
// group and its load balancer.
func (c *PrivateFargateService) newScalingPolicy(
	ctx *pulumi.Context, name, metric string, target int,
) (*appautoscaling.Policy, error) {
	tracked := appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs{
		PredefinedMetricType: pulumi.String(metric),
	}
	if metric == scaledByRequests {
		tracked.ResourceLabel = pulumi.Sprintf("%s/%s", c.Route.listener.loadBalancerSuffix, c.Route.TargetGroup.ArnSuffix)
	}
	return appautoscaling.NewPolicy(ctx, name, &appautoscaling.PolicyArgs{
		PolicyType:        pulumi.String("TargetTrackingScaling"),
		ServiceNamespace:  c.ScalingTarget.ServiceNamespace,
		ScalableDimension: c.ScalingTarget.ScalableDimension,
		ResourceId:        c.ScalingTarget.ResourceId,
		TargetTrackingScalingPolicyConfiguration: appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs{
			PredefinedMetricSpecification: tracked,
			TargetValue:                   pulumi.Float64(target),
			ScaleInCooldown:               pulumi.IntPtrFromPtr(c.args.Autoscaling.ScaleInCooldownSeconds),
			ScaleOutCooldown:              pulumi.IntPtrFromPtr(c.args.Autoscaling.ScaleOutCooldownSeconds),
		},
	}, pulumi.Parent(c))
}

func (c *PrivateFargateService) newSchedules(ctx *pulumi.Context) error {
	c.ScheduledActions = map[string]*appautoscaling.ScheduledAction{}
	for _, s := range c.args.Autoscaling.Schedules {
		bounds := c.args.Autoscaling.bounds(s)
		args := &appautoscaling.ScheduledActionArgs{
			ServiceNamespace:  c.ScalingTarget.ServiceNamespace,
			ScalableDimension: c.ScalingTarget.ScalableDimension,
			ResourceId:        c.ScalingTarget.ResourceId,
			Schedule:          pulumi.String(s.Schedule),
			ScalableTargetAction: appautoscaling.ScheduledActionScalableTargetActionArgs{
				MinCapacity: pulumi.Int(bounds[0]), MaxCapacity: pulumi.Int(bounds[1]),
			},
		}
		if s.TimeZone != "" {
			args.Timezone = pulumi.String(s.TimeZone)
		}
		action, err := appautoscaling.NewScheduledAction(ctx, c.name+"-schedule-"+s.Name, args, pulumi.Parent(c))
		if err != nil {
			return err
		}
		c.ScheduledActions[s.Name] = action
	}
	return nil
}
