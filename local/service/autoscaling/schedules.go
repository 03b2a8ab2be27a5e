package autoscaling

import (
	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/local/core"
)

// scheduledType sets the range of a target at certain times. Here no time passes, so it
// never acts. The id is that of an import, since names are unique per target only; the real
// provider's is made of the name and the target's id.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
// *sourced* (that 5000 is the most is inferred)
func scheduledType() core.Type {
	const bounds = "scalableTargetAction"
	return core.Type{
		Token: ScheduledToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 256},
		Inputs: []string{
			"name", "resourceId", "scalableDimension", bounds + ".maxCapacity", bounds + ".minCapacity", "schedule", "serviceNamespace",
			"timezone",
		},
		Defaults:     core.Object{"timezone": "UTC"},
		ID:           "{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
		ARN:          "autoscaling:scheduledAction:{hex32}:resource/{serviceNamespace}/{resourceId}:scheduledActionName/{name}",
		References:   []core.Reference{targetReference},
		FreeToDelete: "nothing refers to a scheduled action",
		Unique: []core.Unique{{Inputs: []string{"resourceId", "name"}, Code: invalid,
			Message: "{name} is a scheduled action of {resourceId} already"}},
		Rules: append([]core.Rule{
			scheduleRule,
			core.InBlocks(bounds,
				someBoundRule,
				core.NotAbove(invalid, "minCapacity", "maxCapacity"),
				core.Within(invalid, "minCapacity", 0, 5000),
				core.Within(invalid, "maxCapacity", 0, 5000)),
		}, taskCountRules...),
	}
}

// scheduleRule requires an expression, and the name of a time zone.
// Source: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
// *sourced*, the wording inferred
func scheduleRule(in core.Object) *core.Refusal {
	if in.Known("schedule") {
		if err := awsrule.ScalingSchedule(in.Str("schedule")); err != nil {
			return core.Invalid(invalid, "schedule", "%v", err)
		}
	}
	if in.Known("timezone") && in.Str("timezone") != "UTC" {
		if err := awsrule.ScalingTimeZone(in.Str("timezone"), in.Str("schedule")); err != nil {
			return core.Invalid(invalid, "timezone", "%v", err)
		}
	}
	return nil
}

// someBoundRule requires a bound that is set.
// Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTargetAction.html
// *sourced*, the wording inferred
func someBoundRule(bounds core.Object) *core.Refusal {
	if !bounds.Has("minCapacity") && !bounds.Has("maxCapacity") {
		return core.Invalid(invalid, "minCapacity", "or maxCapacity must be given")
	}
	return nil
}
