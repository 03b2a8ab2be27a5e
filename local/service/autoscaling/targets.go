package autoscaling

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ecs"
)

// targetType is the range in which the number of tasks of a service is scaled.
// Registering a service twice is the same as changing it, which is refused here,
// since two resources would then own it (inferred).
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
// *sourced* (that 5000 is the most is inferred)
func targetType() core.Type {
	return core.Type{
		Token:  ScalingTargetToken,
		Inputs: []string{"maxCapacity", "minCapacity", "resourceId", "scalableDimension", "serviceNamespace", "tags"},
		Fills: core.Object{
			"roleArn": "arn:aws:iam::{account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/" +
				"AWSServiceRoleForApplicationAutoScaling_ECSService",
			"suspendedState": map[string]any{
				"dynamicScalingInSuspended":  false,
				"dynamicScalingOutSuspended": false,
				"scheduledScalingSuspended":  false,
			},
		},
		ID:  "{resourceId}",
		ARN: "application-autoscaling:scalable-target/{hex32}",
		References: []core.Reference{{
			Input: "resourceId", Code: invalid,
			Exists: func(t *core.Tx, id string) bool {
				_, ok := scaledService(t, id)
				return ok
			},
			Message: func(_ *core.Tx, id string) string { return "ECS service doesn't exist: " + id },
		}},
		Unique: []core.Unique{{Inputs: []string{"resourceId"}, Code: invalid,
			Message: "{resourceId} is registered as a scalable target already"}},
		FreeToDelete: "its policies go with it",
		Rules: append([]core.Rule{
			core.NotAbove(invalid, "minCapacity", "maxCapacity"),
			core.Within(invalid, "minCapacity", 0, 5000),
			core.Within(invalid, "maxCapacity", 0, 5000),
		}, taskCountRules...),
		Apply: moveIntoRange,
	}
}

// moveIntoRange changes the task count of a service that has fewer or more tasks than
// the range allows. Tasks that cannot start are no error of the target.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
func moveIntoRange(t *core.Tx, _ string, target core.Object) (core.Object, error) {
	service, _ := scaledService(t, target.Str("resourceId"))
	count := min(max(service.Int("desiredCount"), target.Int("minCapacity")), target.Int("maxCapacity"))
	if count != service.Int("desiredCount") {
		scaled := service.With(core.Object{"desiredCount": float64(count)})
		t.Set(ecs.ServiceToken, service.Str("id"), scaled)
		ecs.Scale(t, scaled)
	}
	return nil, nil
}

// taskCount is the dimension that can be scaled here.
const taskCount = "ecs:service:DesiredCount"

// taskCountRules require that the task count of an ECS service is scaled: nothing else can
// be scaled here.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
var taskCountRules = []core.Rule{
	core.OneOf(invalid, "serviceNamespace", "ecs"),
	core.OneOf(invalid, "scalableDimension", taskCount),
	core.Matching(invalid, "resourceId", regexp.MustCompile(`^service/[^/]+/[^/]+$`), "service/<cluster>/<service>"),
}

// scaledService finds the service that a resourceId names.
func scaledService(t *core.Tx, resourceID string) (core.Object, bool) {
	return t.Get(ecs.ServiceToken, t.ARN("ecs", resourceID))
}
