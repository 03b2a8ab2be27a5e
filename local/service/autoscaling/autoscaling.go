// Package autoscaling is Application Auto Scaling for the task counts of ECS services.
package autoscaling

import "github.com/portico-iac/portico/local/core"

// The types of Application Auto Scaling.
const (
	ScalingTargetToken = "aws:appautoscaling/target:Target"
	ScalingPolicyToken = "aws:appautoscaling/policy:Policy"
	ScheduledToken     = "aws:appautoscaling/scheduledAction:ScheduledAction"
)

// invalid is the code for an input that breaks a constraint.
const invalid = "ValidationException"

// Service is Application Auto Scaling.
func Service() core.Service {
	return core.Service{Types: []core.Type{targetType(), policyType(), scheduledType()}}
}
