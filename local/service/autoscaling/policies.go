package autoscaling

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/elb"
)

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
		Defaults:   core.Object{"policyType": "StepScaling"},
		ID:         "{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
		ARN:        "autoscaling:scalingPolicy:{hex32}:resource/{serviceNamespace}/{resourceId}:policyName/{name}",
		References: []core.Reference{targetReference},
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
				core.When("predefinedMetricType", requests, core.Required(invalid, "resourceLabel"),
					core.Matching(invalid, "resourceLabel", resourceLabel, "app/<load balancer>/<id>/targetgroup/<target group>/<id>")),
				core.When("predefinedMetricType", cpu, core.Absent(invalid, "resourceLabel")),
				core.When("predefinedMetricType", memory, core.Absent(invalid, "resourceLabel"))),
		}, taskCountRules...),
		Apply: trackMetric,
	}
}

// resourceLabel is the form of what names a load balancer and one of its target groups.
var resourceLabel = regexp.MustCompile(`^app/[^/]+/[0-9a-f]+/targetgroup/[^/]+/[0-9a-f]+$`)

// targetReference is the target of a policy or of a scheduled action, which go with it.
var targetReference = core.Reference{
	Input: "resourceId", To: []string{ScalingTargetToken}, Code: "ObjectNotFoundException", Cascades: true,
	Message: func(_ *core.Tx, id string) string {
		return "No scalable target registered for service namespace: ecs, resource ID: " + id +
			", scalable dimension: " + taskCount
	},
}

// labelled checks that a label names a target group of the service, and a load balancer that
// forwards to it.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
// *sourced* for the target group, the rest and the wording inferred
func labelled(t *core.Tx, in core.Object) error {
	label := in.Block(tracking).Block(metric).Str("resourceLabel")
	if label == "" {
		return nil
	}
	service, _ := scaledService(t, in.Str("resourceId"))
	for _, lb := range service.Blocks("loadBalancers") {
		group := lb.Str("targetGroupArn")
		for _, of := range elb.LoadBalancersOf(t, group) {
			balancer, _ := t.Get(elb.LoadBalancerToken, of)
			if label == balancer.Str("arnSuffix")+"/"+group[strings.LastIndex(group, ":")+1:] {
				return nil
			}
		}
	}
	return core.Refuse(invalid, "The resource label %s does not name a target group of the service and a load balancer that forwards to it", label)
}

// trackMetric makes the two alarms of a policy.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
func trackMetric(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	if err := labelled(t, in); err != nil {
		return nil, err
	}
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
