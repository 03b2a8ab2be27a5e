package cloud

import (
	"reflect"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
)

// trackingConfiguration is the block of a target tracking policy.
const trackingConfiguration = "targetTrackingScalingPolicyConfiguration"

// scalingPolicyKind is a target tracking policy: tasks come and go so that a
// metric stays at a value. Step scaling is not supported.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
// *sourced* (the ranges are inferred)
func scalingPolicyKind() kind {
	return kind{
		token:    scalingPolicyToken,
		inputs:   appautoscaling.PolicyArgs{}.ElementType(),
		state:    reflect.TypeOf(appautoscaling.Policy{}),
		autoname: &autoname{property: "name", maxLength: 255},
		required: []string{trackingConfiguration},
		changes: map[string]change{
			"name":                replaces,
			"policyType":          updates,
			"resourceId":          replaces,
			"scalableDimension":   replaces,
			"serviceNamespace":    replaces,
			trackingConfiguration: updates,
		},
		defaults: object{"policyType": "StepScaling"},
		rules: append(ecsDimensionRules(),
			policyTypeRule,
			inBlocks(trackingConfiguration,
				onlyFields("disableScaleIn", "predefinedMetricSpecification", "scaleInCooldown", "scaleOutCooldown", "targetValue"),
				predefinedMetricRule,
				targetValueRule,
				within("ValidationException", "scaleInCooldown", 0, 3600*24),
				within("ValidationException", "scaleOutCooldown", 0, 3600*24),
			),
		),
		create: createScalingPolicy,
		update: func(t *tx, _ string, old, in object) (object, error) {
			return object{"alarmArns": alarmArns(t, in)}, checkScaled(t, in, old.str("id"))
		},
	}
}

// createScalingPolicy attaches a policy to a registered target. Its id is that
// of an import, since names need be unique for one target only; the real
// provider's is the bare name.
func createScalingPolicy(t *tx, in object) (string, object, error) {
	id := strings.Join([]string{
		in.str("serviceNamespace"), in.str("resourceId"), in.str("scalableDimension"), in.str("name"),
	}, "/")
	if err := checkScaled(t, in, id); err != nil {
		return "", nil, err
	}
	arn := t.arn("autoscaling", "scalingPolicy:"+t.hex(32)+":resource/"+in.str("serviceNamespace")+"/"+
		in.str("resourceId")+":policyName/"+in.str("name"))
	return id, object{"arn": arn, "alarmArns": alarmArns(t, in)}, nil
}

// alarmArns are the two alarms that a target tracking policy sets itself.
// Source: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
// *sourced*
func alarmArns(t *tx, in object) []any {
	prefix := t.arn("cloudwatch", "alarm:TargetTracking-"+in.str("resourceId"))
	return list(prefix+"-AlarmHigh-"+t.hex(12), prefix+"-AlarmLow-"+t.hex(12))
}

// checkScaled refuses a policy for what is not registered as a target, and a
// second one that would track the same metric.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
// *sourced*, the wording inferred
func checkScaled(t *tx, in object, id string) error {
	resource := in.str("resourceId")
	if _, ok := t.get(scalingTargetToken, resource); !ok {
		return refuse("ObjectNotFoundException",
			"No scalable target registered for service namespace: %s, resource ID: %s, scalable dimension: %s",
			in.str("serviceNamespace"), resource, in.str("scalableDimension"))
	}
	for _, other := range t.where(scalingPolicyToken, "resourceId", resource) {
		if other.str("id") != id && trackedMetric(other) == trackedMetric(in) {
			return refuse("ValidationException",
				"Only one TargetTrackingScaling policy for a given metric specification is allowed.")
		}
	}
	return nil
}

// trackedMetric is the predefined metric that a policy tracks.
func trackedMetric(policy object) string {
	return policy.object(trackingConfiguration).object("predefinedMetricSpecification").str("predefinedMetricType")
}

// policyTypeRule wants a policy to be called what it is: unless told otherwise
// the provider calls it a step scaling one.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
// *sourced*
func policyTypeRule(in object) *refusal {
	if t, ok := in["policyType"].(string); ok && t != "TargetTrackingScaling" {
		return invalidf("ValidationException", "policyType",
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

// predefinedMetricRule wants a metric of ECS services, and a target group's name
// exactly where the metric is one of a target group.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
// *sourced*
func predefinedMetricRule(in object) *refusal {
	const block = "predefinedMetricSpecification"
	if !in.has(block) {
		return invalidf("ValidationException", block, "is required")
	}
	spec := in.object(block)
	name, known := spec["predefinedMetricType"].(string)
	if !known {
		return nil
	}
	if fault := oneOf("ValidationException", "predefinedMetricType", taskMetrics...)(spec); fault != nil {
		return fault
	}
	if wants := name == "ALBRequestCountPerTarget"; wants != spec.has("resourceLabel") {
		return invalidf("ValidationException", "resourceLabel", "goes with ALBRequestCountPerTarget, and only with it")
	}
	return nil
}

// targetValueRule is that the value to track is positive.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
// *sourced*
func targetValueRule(in object) *refusal {
	if n, ok := in.num("targetValue"); ok && n <= 0 {
		return invalidf("ValidationException", "targetValue", "must be greater than 0, got %v", n)
	}
	return nil
}
