package autoscaling_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/autoscaling"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/local/service/elb"
)

const trackingConfiguration = "targetTrackingScalingPolicyConfiguration"

// scaled is a service with auto scaling.
type scaled struct {
	cloudtest.Fargate
	service, resource string
}

func newScaled(t *testing.T) scaled {
	t.Helper()
	s := scaled{Fargate: cloudtest.NewFargate(t)}
	s.service, _ = s.Create(ecs.ServiceToken, "web", s.ServiceInputs(nil))
	_, name, _ := strings.Cut(s.service, ":service/")
	s.resource = "service/" + name
	return s
}

func (s scaled) targetInputs(more core.Object) core.Object {
	return core.Object{
		"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount", "resourceId": s.resource,
		"minCapacity": 2, "maxCapacity": 4,
	}.With(more)
}

func (s scaled) policyInputs(more core.Object) core.Object {
	return core.Object{
		"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount", "resourceId": s.resource,
		"policyType": "TargetTrackingScaling", trackingConfiguration: tracking(nil),
	}.With(more)
}

// tracking is a configuration that holds the CPU at 60 %.
func tracking(more core.Object) core.Object {
	return core.Object{
		"targetValue":                   60,
		"predefinedMetricSpecification": core.Object{"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
	}.With(more)
}

func TestScalingTarget(t *testing.T) {
	s := newScaled(t)
	id, state := s.Create(autoscaling.ScalingTargetToken, "web", s.targetInputs(nil))
	assert.Equal(t, s.resource, id)
	assert.Contains(t, state.Str("roleArn"), "AWSServiceRoleForApplicationAutoScaling_ECSService")
	assert.Len(t, s.Tasks(s.service), 2)

	s.Update(autoscaling.ScalingTargetToken, id, s.targetInputs(core.Object{"minCapacity": 3}))
	assert.Len(t, s.Tasks(s.service), 3, "fewer than the least")
	s.Update(autoscaling.ScalingTargetToken, id, s.targetInputs(core.Object{"minCapacity": 1, "maxCapacity": 1}))
	assert.Len(t, s.Tasks(s.service), 1, "more than the most")

	s.Refused(autoscaling.ScalingTargetToken, "again", s.targetInputs(nil), "is registered as a scalable target already")
	assert.Equal(t, []string{"resourceId"},
		s.ChangeOf(autoscaling.ScalingTargetToken, id, s.targetInputs(core.Object{"resourceId": "service/a/b"})).Replaces)
}

// An update of a service sends what changed: a number of tasks that auto scaling
// has set stays, unless the program asks for another one.
func TestServiceLeavesItsCountToAutoScaling(t *testing.T) {
	s := newScaled(t)
	s.Create(autoscaling.ScalingTargetToken, "web", s.targetInputs(core.Object{"minCapacity": 3}))
	next := core.Object{"taskDefinition": s.Define(core.Object{"cpu": "512", "memory": "1024"}, nil)}
	k, err := s.Type(ecs.ServiceToken)
	require.NoError(t, err)
	name := s.State(ecs.ServiceToken, s.service).Str("name")
	inputs := core.AsObject(core.Plain(map[string]any(s.ServiceInputs(core.Object{"name": name}))))
	state, err := s.Provider.Update(k, s.service, nil, inputs, inputs.With(next))
	require.NoError(t, err)
	assert.Equal(t, 3, state.Int("desiredCount"))
	assert.Len(t, s.Tasks(s.service), 3)

	s.Update(ecs.ServiceToken, s.service, s.ServiceInputs(next.With(core.Object{"desiredCount": 4})))
	assert.Len(t, s.Tasks(s.service), 4)
}

func TestScalingTargetRefusals(t *testing.T) {
	s := newScaled(t)
	tests := map[string]struct {
		in  core.Object
		why string
	}{
		"upside down": {core.Object{"minCapacity": 5}, "minCapacity must be at most maxCapacity, which is 4, got 5"},
		"negative":    {core.Object{"minCapacity": -1}, "minCapacity must be 0-5000"},
		"no service":  {core.Object{"resourceId": "service/main/none"}, "ValidationException: ECS service doesn't exist: service/main/none"},
		"resource":    {core.Object{"resourceId": "table/x"}, "must be service/<cluster>/<service>"},
		"namespace":   {core.Object{"serviceNamespace": "dynamodb"}, "serviceNamespace must be one of ecs"},
		"dimension":   {core.Object{"scalableDimension": "ecs:service:Count"}, "scalableDimension must be one of"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s.For(t).Refused(autoscaling.ScalingTargetToken, "web", s.targetInputs(tt.in), tt.why)
		})
	}
}

func TestScalingPolicy(t *testing.T) {
	s := newScaled(t)
	s.Refused(autoscaling.ScalingPolicyToken, "cpu", s.policyInputs(nil), "ObjectNotFoundException: No scalable target registered")
	target, _ := s.Create(autoscaling.ScalingTargetToken, "web", s.targetInputs(nil))
	id, state := s.Create(autoscaling.ScalingPolicyToken, "cpu", s.policyInputs(nil))
	assert.Len(t, state.List("alarmArns"), 2)
	s.Update(autoscaling.ScalingPolicyToken, id, s.policyInputs(core.Object{trackingConfiguration: tracking(core.Object{"targetValue": 70})}))
	s.Refused(autoscaling.ScalingPolicyToken, "cpu2", s.policyInputs(nil), "Only one TargetTrackingScaling policy")
	memory := tracking(core.Object{"predefinedMetricSpecification": core.Object{"predefinedMetricType": "ECSServiceAverageMemoryUtilization"}})
	s.Create(autoscaling.ScalingPolicyToken, "memory", s.policyInputs(core.Object{trackingConfiguration: memory}))
	s.Delete(autoscaling.ScalingPolicyToken, id)

	s.Delete(autoscaling.ScalingTargetToken, target)
	assert.Empty(t, s.Account().All(autoscaling.ScalingPolicyToken), "policies go with their target")
}

func TestScalingPolicyRefusals(t *testing.T) {
	s := newScaled(t)
	s.Create(autoscaling.ScalingTargetToken, "web", s.targetInputs(nil))
	metric := func(spec core.Object) core.Object {
		return core.Object{trackingConfiguration: tracking(core.Object{"predefinedMetricSpecification": spec})}
	}
	tests := map[string]struct {
		in  core.Object
		why string
	}{
		"type":          {core.Object{"policyType": "StepScaling"}, "policyType must be one of TargetTrackingScaling"},
		"target":        {core.Object{trackingConfiguration: tracking(core.Object{"targetValue": 0})}, "targetValue must be greater than 0"},
		"metric":        {metric(core.Object{"predefinedMetricType": "CPU"}), "predefinedMetricType must be one of"},
		"missing label": {metric(core.Object{"predefinedMetricType": "ALBRequestCountPerTarget"}), "resourceLabel is required with predefinedMetricType ALBRequestCountPerTarget"},
		"extra label": {metric(core.Object{"predefinedMetricType": "ECSServiceAverageCPUUtilization", "resourceLabel": "x"}),
			"resourceLabel cannot be given with predefinedMetricType ECSServiceAverageCPUUtilization"},
		"cooldown": {core.Object{trackingConfiguration: tracking(core.Object{"scaleInCooldown": -1})}, "scaleInCooldown must be"},
		"steps":    {core.Object{"stepScalingPolicyConfiguration": core.Object{}}, "unsupported"},
		"own metric": {core.Object{trackingConfiguration: core.Object{"targetValue": 1, "customizedMetricSpecification": core.Object{}}},
			`"targetTrackingScalingPolicyConfiguration.customizedMetricSpecification" of aws:appautoscaling/policy:Policy has no rules there`},
		"no metric": {core.Object{trackingConfiguration: core.Object{"targetValue": 1}}, "predefinedMetricSpecification is required"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s.For(t).Refused(autoscaling.ScalingPolicyToken, "cpu", s.policyInputs(tt.in), tt.why)
		})
	}
	s.Refused(autoscaling.ScalingPolicyToken, "cpu", s.policyInputs(nil).Without(trackingConfiguration), trackingConfiguration)
	s.Refused(autoscaling.ScalingPolicyToken, "cpu", s.policyInputs(nil).Without("policyType"), `got "StepScaling"`)
}

func (s scaled) scheduleInputs(more core.Object) core.Object {
	return core.Object{
		"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount", "resourceId": s.resource,
		"schedule": "cron(0 20 * * ? *)", "scalableTargetAction": core.Object{"minCapacity": 0, "maxCapacity": 1},
	}.With(more)
}

func TestScheduledAction(t *testing.T) {
	s := newScaled(t)
	s.Refused(autoscaling.ScheduledToken, "night", s.scheduleInputs(nil), "ObjectNotFoundException: No scalable target registered")
	target, _ := s.Create(autoscaling.ScalingTargetToken, "web", s.targetInputs(nil))
	id, state := s.Create(autoscaling.ScheduledToken, "night", s.scheduleInputs(nil))
	assert.Equal(t, "UTC", state.Str("timezone"))
	s.Update(autoscaling.ScheduledToken, id, s.scheduleInputs(core.Object{"timezone": "Asia/Tokyo", "schedule": "at(2027-01-01T00:00:00)"}))
	assert.Equal(t, []string{"name"}, s.ChangeOf(autoscaling.ScheduledToken, id, s.scheduleInputs(core.Object{"name": "day"})).Replaces)
	for name, tt := range map[string]struct {
		in  core.Object
		why string
	}{
		"crontab":     {core.Object{"schedule": "cron(0 20 * * *)"}, "schedule must have the six fields"},
		"zone":        {core.Object{"timezone": "JST"}, "timezone must be the IANA name"},
		"no bound":    {core.Object{"scalableTargetAction": core.Object{}}, "scalableTargetAction.minCapacity or maxCapacity must be given"},
		"upside down": {core.Object{"scalableTargetAction": core.Object{"minCapacity": 2, "maxCapacity": 1}}, "minCapacity must be at most maxCapacity"},
		"too many":    {core.Object{"scalableTargetAction": core.Object{"maxCapacity": 5001}}, "maxCapacity must be 0-5000"},
		"start":       {core.Object{"startTime": "2027-01-01T00:00:00Z"}, "has no rules there"},
	} {
		t.Run(name, func(t *testing.T) {
			s.For(t).Refused(autoscaling.ScheduledToken, "other", s.scheduleInputs(tt.in), tt.why)
		})
	}
	s.Delete(autoscaling.ScalingTargetToken, target)
	assert.Empty(t, s.Account().All(autoscaling.ScheduledToken), "scheduled actions go with their target")
}

func TestRequestsAreThoseOfATargetGroupOfTheService(t *testing.T) {
	s := newScaled(t)
	s.Create(autoscaling.ScalingTargetToken, "web", s.targetInputs(nil))
	by := func(label string) core.Object {
		spec := core.Object{"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": label}
		return s.policyInputs(core.Object{trackingConfiguration: tracking(core.Object{"predefinedMetricSpecification": spec})})
	}
	lb, group := s.Account().All(elb.LoadBalancerToken)[0], s.Account().All(elb.TargetGroupToken)[0]
	balancer, targets := lb["arnSuffix"].(string), group["arnSuffix"].(string)
	s.Refused(autoscaling.ScalingPolicyToken, "requests", by(targets), "resourceLabel must be app/<load balancer>/<id>/targetgroup/<target group>/<id>")
	s.Refused(autoscaling.ScalingPolicyToken, "requests", by(balancer+"/targetgroup/other/0123456789abcdef"), "does not name a target group of the service")
	s.Create(autoscaling.ScalingPolicyToken, "requests", by(balancer+"/"+targets))
}
