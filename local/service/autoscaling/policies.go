package autoscaling

import "github.com/portico-iac/portico/local/core"

// The block of a target tracking policy, the block in it that names a metric, and the
// path of the name.
const (
	tracking      = "targetTrackingScalingPolicyConfiguration"
	metric        = "predefinedMetricSpecification"
	trackedMetric = tracking + "." + metric + ".predefinedMetricType"
)

// policyType is a target tracking policy, which changes the task count so that a metric
// stays at a value. Step scaling is not supported. The id is that of an import, since
// names are unique per target only; the real provider's is the bare name.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
// *sourced* (the ranges are inferred)
func policyType() core.Type {
	const cpu, memory, requests = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"
	return core.Type{
		Token: ScalingPolicyToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 255},
		Inputs: []string{
			"name", "policyType", "resourceId", "scalableDimension", "serviceNamespace", tracking + ".disableScaleIn",
			trackedMetric, tracking + "." + metric + ".resourceLabel",
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
		// Source: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
		// (the words are inferred)
		Unique: []core.Unique{{Inputs: []string{"resourceId", trackedMetric}, Code: invalid,
			Message: "Only one TargetTrackingScaling policy for a given metric specification is allowed."}},
		FreeToDelete: "nothing refers to a policy",
		Recomputes:   map[string][]string{tracking: {"alarmArns"}},
		Rules: append([]core.Rule{
			// The provider's default is StepScaling.
			core.OneOf(invalid, "policyType", "TargetTrackingScaling"),
			core.InBlocks(tracking,
				core.Required(invalid, metric),
				targetValueRule,
				core.Within(invalid, "scaleInCooldown", 0, 3600*24),
				core.Within(invalid, "scaleOutCooldown", 0, 3600*24)),
			// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
			core.InBlocks(tracking+"."+metric,
				core.OneOf(invalid, "predefinedMetricType", cpu, memory, requests),
				core.When("predefinedMetricType", requests, core.Required(invalid, "resourceLabel")),
				core.When("predefinedMetricType", cpu, core.Absent(invalid, "resourceLabel")),
				core.When("predefinedMetricType", memory, core.Absent(invalid, "resourceLabel"))),
		}, taskCountRules...),
		Apply: trackMetric,
	}
}

// trackMetric makes the two alarms of a policy.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
func trackMetric(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	prefix := t.ARN("cloudwatch", "alarm:TargetTracking-"+in.Str("resourceId"))
	return core.Object{"alarmArns": core.List(prefix+"-AlarmHigh-"+t.Hex(12), prefix+"-AlarmLow-"+t.Hex(12))}, nil
}

// targetValueRule requires a positive value for the metric.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
func targetValueRule(in core.Object) *core.Refusal {
	if n, ok := in.Num("targetValue"); ok && n <= 0 {
		return core.Invalid(invalid, "targetValue", "must be greater than 0, got %v", n)
	}
	return nil
}
