package autoscaling

import "github.com/portico-iac/portico/local/core"

// The block of a target tracking policy, and the block in it that names a metric.
const (
	tracking = "targetTrackingScalingPolicyConfiguration"
	metric   = "predefinedMetricSpecification"
)

// policyType is a target tracking policy, which changes the task count so that a metric
// stays at a value. Step scaling is not supported. The id is that of an import, since
// names are unique per target only; the real provider's is the bare name.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
// *sourced* (the ranges are inferred)
func policyType() core.Type {
	return core.Type{
		Token: ScalingPolicyToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 255},
		Inputs: []string{
			"name", "policyType", "resourceId", "scalableDimension", "serviceNamespace", tracking + ".disableScaleIn",
			tracking + "." + metric + ".predefinedMetricType", tracking + "." + metric + ".resourceLabel",
			tracking + ".scaleInCooldown", tracking + ".scaleOutCooldown", tracking + ".targetValue",
		},
		Defaults: core.Object{"policyType": "StepScaling"},
		ID:       "{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
		ARN:      "autoscaling:scalingPolicy:{hex32}:resource/{serviceNamespace}/{resourceId}:policyName/{name}",
		References: []core.Reference{{
			Input: "resourceId", To: []string{ScalingTargetToken}, Code: "ObjectNotFoundException", Cascades: true,
			Message: func(_ *core.Tx, id string) string {
				return "No scalable target registered for service namespace: ecs, resource ID: " + id +
					", scalable dimension: " + taskCount
			},
		}},
		FreeToDelete: "nothing refers to a policy",
		Recomputes:   map[string][]string{tracking: {"alarmArns"}},
		Rules: append([]core.Rule{
			// The provider's default is StepScaling.
			core.OneOf(invalid, "policyType", "TargetTrackingScaling"),
			core.InBlocks(tracking,
				trackingRule,
				core.Within(invalid, "scaleInCooldown", 0, 3600*24),
				core.Within(invalid, "scaleOutCooldown", 0, 3600*24)),
			// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html *sourced*
			core.InBlocks(tracking+"."+metric, core.OneOf(invalid, "predefinedMetricType", taskMetrics...), resourceLabelRule),
		}, taskCountRules...),
		Apply: trackMetric,
	}
}

// trackMetric makes the two alarms of a policy. A second policy that would track the
// same metric of a target is refused.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
// https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
// *sourced*, the wording inferred
func trackMetric(t *core.Tx, id string, in core.Object) (core.Object, error) {
	for _, other := range t.Where(ScalingPolicyToken, "resourceId", in.Str("resourceId")) {
		if other.Str("id") != id && trackedMetric(other) == trackedMetric(in) {
			return nil, core.Refuse(invalid, "Only one TargetTrackingScaling policy for a given metric specification is allowed.")
		}
	}
	prefix := t.ARN("cloudwatch", "alarm:TargetTracking-"+in.Str("resourceId"))
	return core.Object{"alarmArns": core.List(prefix+"-AlarmHigh-"+t.Hex(12), prefix+"-AlarmLow-"+t.Hex(12))}, nil
}

// trackedMetric is the predefined metric that a policy tracks.
func trackedMetric(policy core.Object) string {
	return policy.Block(tracking).Block(metric).Str("predefinedMetricType")
}

// taskMetrics are the metrics of an ECS service that can be tracked.
var taskMetrics = []string{"ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", requestsPerTarget}

const requestsPerTarget = "ALBRequestCountPerTarget"

// resourceLabelRule is that a target group is named if and only if the metric is that of
// a target group.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
// *sourced*
func resourceLabelRule(in core.Object) *core.Refusal {
	wanted := in.Str("predefinedMetricType") == requestsPerTarget
	if in.Known("predefinedMetricType") && wanted != in.Has("resourceLabel") {
		return core.Invalid(invalid, "resourceLabel", "must be given with %s, and only with it", requestsPerTarget)
	}
	return nil
}

// trackingRule is that a policy names a metric, and a positive value for it.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
// *sourced*
func trackingRule(in core.Object) *core.Refusal {
	if !in.Has(metric) {
		return core.Invalid(invalid, metric, "is required")
	}
	if n, ok := in.Num("targetValue"); ok && n <= 0 {
		return core.Invalid(invalid, "targetValue", "must be greater than 0, got %v", n)
	}
	return nil
}
