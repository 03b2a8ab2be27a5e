package autoscaling

import "github.com/portico-iac/portico/local/core"

// trackingConfiguration is the block of a target tracking policy.
const trackingConfiguration = "targetTrackingScalingPolicyConfiguration"

// policyType is a target tracking policy: tasks come and go so that a metric stays
// at a value. Step scaling is not supported. The id is that of an import, since
// names need be unique for one target only; the real provider's is the bare name.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
// *sourced* (the ranges are inferred)
func policyType() core.Type {
	return core.Type{
		Token: ScalingPolicyToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 255},
		Inputs: []string{
			"name", "policyType", "resourceId", "scalableDimension", "serviceNamespace",
			trackingConfiguration + ".disableScaleIn",
			trackingConfiguration + ".predefinedMetricSpecification.predefinedMetricType",
			trackingConfiguration + ".predefinedMetricSpecification.resourceLabel",
			trackingConfiguration + ".scaleInCooldown", trackingConfiguration + ".scaleOutCooldown",
			trackingConfiguration + ".targetValue",
		},
		Defaults: core.Object{"policyType": "StepScaling"},
		ID:       "{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
		ARN:      "autoscaling:scalingPolicy:{hex32}:resource/{serviceNamespace}/{resourceId}:policyName/{name}",
		References: []core.Reference{{
			Input: "resourceId", To: []string{ScalingTargetToken}, Code: "ObjectNotFoundException", Loose: true,
			Message: func(_ *core.Tx, id string) string {
				return "No scalable target registered for service namespace: ecs, resource ID: " + id +
					", scalable dimension: " + taskCount
			},
		}},
		FreeToDelete: "nothing refers to a policy",
		Recomputes:   map[string][]string{trackingConfiguration: {"alarmArns"}},
		Rules:        policyRules(),
		Create: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			return core.Object{"alarmArns": alarmArns(t, in)}, checkMetric(t, in, id)
		},
		Update: func(t *core.Tx, id string, _, in core.Object) (core.Object, error) {
			return core.Object{"alarmArns": alarmArns(t, in)}, checkMetric(t, in, id)
		},
		Examples: []core.Object{{
			"serviceNamespace": "ecs", "scalableDimension": taskCount, "policyType": "TargetTrackingScaling",
			trackingConfiguration: map[string]any{
				"targetValue": 60.0, "disableScaleIn": false, "scaleInCooldown": 60.0, "scaleOutCooldown": 60.0,
				"predefinedMetricSpecification": map[string]any{"predefinedMetricType": taskMetrics[0]},
			},
		}},
	}
}

// policyRules are the rules on a policy's inputs alone.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
// *sourced* (the ranges of the cooldowns are inferred)
func policyRules() []core.Rule {
	return append(ecsDimensionRules(),
		policyTypeRule,
		core.InBlocks(trackingConfiguration,
			predefinedMetricRule,
			targetValueRule,
			core.Within("ValidationException", "scaleInCooldown", 0, 3600*24),
			core.Within("ValidationException", "scaleOutCooldown", 0, 3600*24),
		),
	)
}

// alarmArns are the two alarms that a target tracking policy sets itself.
// Source: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
// *sourced*
func alarmArns(t *core.Tx, in core.Object) []any {
	prefix := t.ARN("cloudwatch", "alarm:TargetTracking-"+in.Str("resourceId"))
	return core.List(prefix+"-AlarmHigh-"+t.Hex(12), prefix+"-AlarmLow-"+t.Hex(12))
}

// checkMetric refuses a second policy that would track the same metric of a target.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
// *sourced*, the wording inferred
func checkMetric(t *core.Tx, in core.Object, id string) error {
	for _, other := range t.Where(ScalingPolicyToken, "resourceId", in.Str("resourceId")) {
		if other.Str("id") != id && trackedMetric(other) == trackedMetric(in) {
			return core.Refuse("ValidationException",
				"Only one TargetTrackingScaling policy for a given metric specification is allowed.")
		}
	}
	return nil
}

// trackedMetric is the predefined metric that a policy tracks.
func trackedMetric(policy core.Object) string {
	return policy.Block(trackingConfiguration).Block("predefinedMetricSpecification").Str("predefinedMetricType")
}

// policyTypeRule is that a policy says what it is: the provider's default is a step
// scaling policy.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
// *sourced*
func policyTypeRule(in core.Object) *core.Refusal {
	if t, ok := in["policyType"].(string); ok && t != "TargetTrackingScaling" {
		return core.Invalid("ValidationException", "policyType",
			"must be TargetTrackingScaling with a %s, got %q", trackingConfiguration, t)
	}
	return nil
}

// taskMetrics are the metrics of an ECS service that can be tracked.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
// *sourced*
var taskMetrics = []string{
	"ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget",
}

// predefinedMetricRule requires a metric of ECS services, and a target group's name
// exactly where the metric is one of a target group.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
// *sourced*
func predefinedMetricRule(in core.Object) *core.Refusal {
	const block = "predefinedMetricSpecification"
	if !in.Has(block) {
		return core.Invalid("ValidationException", block, "is required")
	}
	spec := in.Block(block)
	name, known := spec["predefinedMetricType"].(string)
	if !known {
		return nil
	}
	if fault := core.OneOf("ValidationException", "predefinedMetricType", taskMetrics...)(spec); fault != nil {
		return fault
	}
	if wants := name == "ALBRequestCountPerTarget"; wants != spec.Has("resourceLabel") {
		return core.Invalid("ValidationException", "resourceLabel", "goes with ALBRequestCountPerTarget, and only with it")
	}
	return nil
}

// targetValueRule is that the value to track is positive.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
// *sourced*
func targetValueRule(in core.Object) *core.Refusal {
	if n, ok := in.Num("targetValue"); ok && n <= 0 {
		return core.Invalid("ValidationException", "targetValue", "must be greater than 0, got %v", n)
	}
	return nil
}
