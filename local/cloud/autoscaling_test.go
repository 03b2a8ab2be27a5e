package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// scaled is a service with auto scaling.
type scaled struct {
	fargate
	service, resource string
}

func newScaled(t *testing.T) scaled {
	t.Helper()
	s := scaled{fargate: newFargate(t)}
	s.service, _ = s.create(ecsServiceToken, "web", s.serviceInputs(nil))
	_, name, _ := strings.Cut(s.service, ":service/")
	s.resource = "service/" + name
	return s
}

func (s scaled) targetInputs(more object) object {
	return object{
		"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount", "resourceId": s.resource,
		"minCapacity": 2, "maxCapacity": 4,
	}.with(more)
}

func (s scaled) policyInputs(more object) object {
	return object{
		"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount", "resourceId": s.resource,
		"policyType": "TargetTrackingScaling", trackingConfiguration: tracking(nil),
	}.with(more)
}

// tracking is a configuration that holds the CPU at 60 %.
func tracking(more object) object {
	return object{
		"targetValue":                   60,
		"predefinedMetricSpecification": object{"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
	}.with(more)
}

func TestScalingTarget(t *testing.T) {
	s := newScaled(t)
	id, state := s.create(scalingTargetToken, "web", s.targetInputs(nil))
	assert.Equal(t, s.resource, id)
	assert.Contains(t, state.str("roleArn"), "AWSServiceRoleForApplicationAutoScaling_ECSService")
	assert.Len(t, s.tasks(s.service), 2)

	s.update(scalingTargetToken, id, s.targetInputs(object{"minCapacity": 3}))
	assert.Len(t, s.tasks(s.service), 3, "fewer than the least")
	s.update(scalingTargetToken, id, s.targetInputs(object{"minCapacity": 1, "maxCapacity": 1}))
	assert.Len(t, s.tasks(s.service), 1, "more than the most")

	s.refused(scalingTargetToken, "again", s.targetInputs(nil), "is registered as a scalable target already")
	assert.Equal(t, []string{"resourceId"},
		s.changeOf(scalingTargetToken, id, s.targetInputs(object{"resourceId": "service/a/b"})).replaces)
}

func TestServiceLeavesItsCountToAutoScaling(t *testing.T) {
	s := newScaled(t)
	s.create(scalingTargetToken, "web", s.targetInputs(object{"minCapacity": 3}))
	k, err := s.kind(ecsServiceToken)
	assert.NoError(t, err)
	next := s.define(object{"cpu": "512", "memory": "1024"}, nil)
	inputs := s.inputs[s.service]
	state, err := s.provider.update(k, s.service, nil, inputs, inputs.with(object{"taskDefinition": next}))
	assert.NoError(t, err)
	assert.Equal(t, 3, state.integer("desiredCount"))
	assert.Len(t, s.tasks(s.service), 3)
}

func TestScalingTargetRefusals(t *testing.T) {
	s := newScaled(t)
	tests := map[string]struct {
		in  object
		why string
	}{
		"upside down": {object{"minCapacity": 5}, "Maximum capacity cannot be less than minimum capacity: maxCapacity is 4, minCapacity 5"},
		"negative":    {object{"minCapacity": -1}, "minCapacity must be 0-5000"},
		"no service":  {object{"resourceId": "service/main/none"}, "ValidationException: ECS service doesn't exist: service/main/none"},
		"resource":    {object{"resourceId": "table/x"}, "must be service/<cluster>/<service>"},
		"namespace":   {object{"serviceNamespace": "dynamodb"}, "serviceNamespace must be one of ecs"},
		"dimension":   {object{"scalableDimension": "ecs:service:Count"}, "scalableDimension must be one of"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.refused(scalingTargetToken, "web", s.targetInputs(tt.in), tt.why)
		})
	}
}

func TestScalingPolicy(t *testing.T) {
	s := newScaled(t)
	s.refused(scalingPolicyToken, "cpu", s.policyInputs(nil), "ObjectNotFoundException: No scalable target registered")
	target, _ := s.create(scalingTargetToken, "web", s.targetInputs(nil))
	id, state := s.create(scalingPolicyToken, "cpu", s.policyInputs(nil))
	assert.Len(t, state.list("alarmArns"), 2)
	s.update(scalingPolicyToken, id, s.policyInputs(object{trackingConfiguration: tracking(object{"targetValue": 70})}))
	s.refused(scalingPolicyToken, "cpu2", s.policyInputs(nil), "Only one TargetTrackingScaling policy")
	memory := tracking(object{"predefinedMetricSpecification": object{"predefinedMetricType": "ECSServiceAverageMemoryUtilization"}})
	s.create(scalingPolicyToken, "memory", s.policyInputs(object{trackingConfiguration: memory}))
	s.delete(scalingPolicyToken, id)

	s.delete(scalingTargetToken, target)
	assert.Empty(t, s.account().All(scalingPolicyToken), "policies go with their target")
}

func TestScalingPolicyRefusals(t *testing.T) {
	s := newScaled(t)
	s.create(scalingTargetToken, "web", s.targetInputs(nil))
	metric := func(spec object) object {
		return object{trackingConfiguration: tracking(object{"predefinedMetricSpecification": spec})}
	}
	tests := map[string]struct {
		in  object
		why string
	}{
		"type":          {object{"policyType": "StepScaling"}, "must be TargetTrackingScaling"},
		"target":        {object{trackingConfiguration: tracking(object{"targetValue": 0})}, "targetValue must be greater than 0"},
		"metric":        {metric(object{"predefinedMetricType": "CPU"}), "predefinedMetricType must be one of"},
		"missing label": {metric(object{"predefinedMetricType": "ALBRequestCountPerTarget"}), "resourceLabel goes with"},
		"extra label": {metric(object{"predefinedMetricType": "ECSServiceAverageCPUUtilization", "resourceLabel": "x"}),
			"resourceLabel goes with"},
		"cooldown": {object{trackingConfiguration: tracking(object{"scaleInCooldown": -1})}, "scaleInCooldown must be"},
		"steps":    {object{"stepScalingPolicyConfiguration": object{}}, "unsupported"},
		"own metric": {object{trackingConfiguration: object{"targetValue": 1, "customizedMetricSpecification": object{}}},
			"customizedMetricSpecification has no rules there"},
		"no metric": {object{trackingConfiguration: object{"targetValue": 1}}, "predefinedMetricSpecification is required"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.refused(scalingPolicyToken, "cpu", s.policyInputs(tt.in), tt.why)
		})
	}
	s.t = t
	s.refused(scalingPolicyToken, "cpu", s.policyInputs(nil).without(trackingConfiguration), trackingConfiguration)
	s.refused(scalingPolicyToken, "cpu", s.policyInputs(nil).without("policyType"), `got "StepScaling"`)
}
