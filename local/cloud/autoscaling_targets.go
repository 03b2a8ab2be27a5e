package cloud

import (
	"fmt"
	"reflect"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
)

const (
	scalingTargetToken = "aws:appautoscaling/target:Target"
	scalingPolicyToken = "aws:appautoscaling/policy:Policy"
)

// autoscalingArea is what is supported of Application Auto Scaling: the number
// of tasks of ECS services.
func autoscalingArea() area {
	return area{kinds: []kind{scalingTargetKind(), scalingPolicyKind()}}
}

// scalingTargetKind is the range in which the tasks of a service are scaled.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
// *sourced* (that 5000 is the most is inferred)
func scalingTargetKind() kind {
	return kind{
		token:  scalingTargetToken,
		inputs: appautoscaling.TargetArgs{}.ElementType(),
		state:  reflect.TypeOf(appautoscaling.Target{}),
		changes: map[string]change{
			"maxCapacity":       updates,
			"minCapacity":       updates,
			"resourceId":        replaces,
			"scalableDimension": replaces,
			"serviceNamespace":  replaces,
			"tags":              updates,
		},
		rules: append([]rule{
			capacityRule,
			within("ValidationException", "minCapacity", 0, 5000),
			within("ValidationException", "maxCapacity", 0, 5000),
		}, ecsDimensionRules()...),
		create: createScalingTarget,
		update: func(t *tx, _ string, _, in object) (object, error) {
			service, err := scaledService(t, in.str("resourceId"))
			if err != nil {
				return nil, err
			}
			keepInRange(t, service, in)
			return nil, nil
		},
		remove: removeScalingTarget,
	}
}

// createScalingTarget registers a service; registering it twice is the same as
// changing it, which is refused here, since two resources would then own it
// (inferred).
func createScalingTarget(t *tx, in object) (string, object, error) {
	id := in.str("resourceId")
	service, err := scaledService(t, id)
	if err != nil {
		return "", nil, err
	}
	if _, taken := t.get(scalingTargetToken, id); taken {
		return "", nil, refuse("ValidationException", "%s is registered as a scalable target already", id)
	}
	keepInRange(t, service, in)
	return id, object{
		"arn": t.arn("application-autoscaling", "scalable-target/"+t.hex(32)),
		"roleArn": t.arn("iam", "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"+
			"AWSServiceRoleForApplicationAutoScaling_ECSService"),
		"suspendedState": map[string]any{
			"dynamicScalingInSuspended":  false,
			"dynamicScalingOutSuspended": false,
			"scheduledScalingSuspended":  false,
		},
	}, nil
}

// removeScalingTarget takes the target's policies with it.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
// *sourced*
func removeScalingTarget(t *tx, id string, _ object) error {
	for _, policy := range t.where(scalingPolicyToken, "resourceId", id) {
		t.drop(scalingPolicyToken, policy.str("id"))
	}
	return nil
}

// keepInRange is what registering a target does to a service that has fewer or
// more tasks than the range allows. Tasks that cannot start show in the service,
// not here.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
// *sourced*
func keepInRange(t *tx, service, in object) {
	count := min(max(service.integer("desiredCount"), in.integer("minCapacity")), in.integer("maxCapacity"))
	if count == service.integer("desiredCount") {
		return
	}
	scaled := service.with(object{"desiredCount": float64(count)})
	t.set(ecsServiceToken, service.str("id"), scaled)
	runService(t, scaled, false)
}

// capacityRule is that a range is not upside down.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
// *sourced*, the wording inferred
func capacityRule(in object) *refusal {
	if !in.known("minCapacity") || !in.known("maxCapacity") || in.integer("minCapacity") <= in.integer("maxCapacity") {
		return nil
	}
	return &refusal{code: "ValidationException", property: "maxCapacity", message: fmt.Sprintf(
		"Maximum capacity cannot be less than minimum capacity: maxCapacity is %d, minCapacity %d",
		in.integer("maxCapacity"), in.integer("minCapacity"))}
}

// ecsDimensionRules are that what is scaled is the task count of an ECS service,
// the one thing here that can be scaled.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
// *sourced*
func ecsDimensionRules() []rule {
	return []rule{
		oneOf("ValidationException", "serviceNamespace", "ecs"),
		oneOf("ValidationException", "scalableDimension", "ecs:service:DesiredCount"),
		scaledNameRule,
	}
}

// scaledName is how Auto Scaling calls an ECS service.
var scaledName = regexp.MustCompile(`^service/[^/]+/[^/]+$`)

// scaledNameRule is the form of the name of what is scaled.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
// *sourced*
func scaledNameRule(in object) *refusal {
	if id, ok := in["resourceId"].(string); ok && !scaledName.MatchString(id) {
		return invalidf("ValidationException", "resourceId", "must be service/<cluster>/<service>, got %q", id)
	}
	return nil
}

// scaledService finds the service that a resourceId names.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
// *sourced*, the wording inferred
func scaledService(t *tx, resourceID string) (object, error) {
	id := t.arn("ecs", resourceID)
	service, ok := t.get(ecsServiceToken, id)
	if !ok {
		return nil, refuse("ValidationException", "ECS service doesn't exist: %s", resourceID)
	}
	return service, nil
}
