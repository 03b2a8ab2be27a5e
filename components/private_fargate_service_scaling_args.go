package components

import (
	"cmp"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// AutoscalingArgs keeps what a service's tasks are asked to do at a target, by changing
// their number. With several targets there are several policies, and the one that wants the
// most tasks prevails.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
type AutoscalingArgs struct {
	// MinCount of tasks, 1-5000. Required.
	MinCount int `pulumi:"minCount"`

	// MaxCount of tasks, at least MinCount. Required.
	MaxCount int `pulumi:"maxCount"`

	// TargetCpuPercent is the average CPU utilization to keep, 1-100. Default: 60, but
	// none with TargetMemoryPercent or RequestsPerTarget.
	TargetCpuPercent int `pulumi:"targetCpuPercent"`

	// TargetMemoryPercent is the average memory utilization to keep, 1-100. It only suits
	// an application that gives memory back. Default: none.
	TargetMemoryPercent int `pulumi:"targetMemoryPercent"`

	// RequestsPerTarget is how many requests a minute each task is to get from the load
	// balancer of Route, at least 1; those of AdditionalRoutes do not count. Only with a
	// Route. Default: none.
	// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
	RequestsPerTarget int `pulumi:"requestsPerTarget"`

	// ScaleInCooldownSeconds is how long after tasks were removed no further ones are, 0-86400.
	// Default: AWS's own, 300.
	// https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
	ScaleInCooldownSeconds *int `pulumi:"scaleInCooldownSeconds"`

	// ScaleOutCooldownSeconds is how long after tasks were added these are given to lower
	// the metric before further ones are added, 0-86400. Default: AWS's own, 300.
	// https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
	ScaleOutCooldownSeconds *int `pulumi:"scaleOutCooldownSeconds"`

	// Schedules set other bounds at certain times, which hold until the next schedule does.
	// An update that changes MinCount or MaxCount, or one after a refresh, sets those of
	// Autoscaling until then. Default: none.
	// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
	Schedules []AutoscalingScheduleArgs `pulumi:"schedules"`
}

// AutoscalingScheduleArgs are the bounds of autoscaling from a time on. A schedule without
// counts returns to those of AutoscalingArgs.
type AutoscalingScheduleArgs struct {
	// Name of the schedule, unique in the list, for example "night". Required.
	Name string `pulumi:"name"`

	// Schedule is when: cron(minutes hours day-of-month month day-of-week year), of which
	// one day is ?, for example "cron(0 20 * * ? *)"; at(yyyy-mm-ddThh:mm:ss); or rate(value
	// unit) in minutes, hours or days. Required.
	// https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
	Schedule string `pulumi:"schedule"`

	// TimeZone of cron and at, for example "Asia/Tokyo"; not with rate. Default: UTC.
	TimeZone string `pulumi:"timeZone"`

	// MinCount of tasks from then on, 0-5000. With 0 and no work there may be no task, and
	// viewers get 503. Default: MinCount of AutoscalingArgs.
	MinCount *int `pulumi:"minCount"`

	// MaxCount of tasks from then on, 0-5000 and at least the schedule's MinCount. Default:
	// MaxCount of AutoscalingArgs.
	MaxCount *int `pulumi:"maxCount"`
}

func (a AutoscalingArgs) withDefaults() *AutoscalingArgs {
	if a.TargetMemoryPercent == 0 && a.RequestsPerTarget == 0 {
		a.TargetCpuPercent = cmp.Or(a.TargetCpuPercent, 60)
	}
	return &a
}

// bounds are the numbers of tasks that a schedule sets.
func (a *AutoscalingArgs) bounds(s AutoscalingScheduleArgs) [2]int {
	return [2]int{*cmp.Or(s.MinCount, &a.MinCount), *cmp.Or(s.MaxCount, &a.MaxCount)}
}

func (a *AutoscalingArgs) validate(l *fault.List, service *PrivateFargateServiceArgs) {
	const path = "autoscaling"
	scaling := awsrule.Scaling{
		Min: a.MinCount, Max: a.MaxCount, TargetCPUPercent: a.TargetCpuPercent, TargetMemoryPercent: a.TargetMemoryPercent,
		RequestsPerTarget: a.RequestsPerTarget, ScaleInSeconds: a.ScaleInCooldownSeconds, ScaleOutSeconds: a.ScaleOutCooldownSeconds,
	}
	ordered := scaling.Check(l, path)
	if a.RequestsPerTarget != 0 && service.Route == nil {
		l.Addf(path+".requestsPerTarget", "must be empty without a route, got %d: only a load balancer counts requests; use targetCpuPercent",
			a.RequestsPerTarget)
	}
	a.validateSchedules(l, path+".schedules", ordered)
	if !ordered {
		return
	}
	l.Check("desiredCount", scaling.Starts(*service.DesiredCount))
	bounds := make([][2]int, len(a.Schedules))
	for i, s := range a.Schedules {
		bounds[i] = a.bounds(s)
	}
	l.Check(path+".schedules", scaling.ChangesNothing(bounds))
}

func (a *AutoscalingArgs) validateSchedules(l *fault.List, list string, ordered bool) {
	seen := map[string]bool{}
	for i, s := range a.Schedules {
		path := fault.Index(list, i)
		l.Check(path+".name", awsrule.ComponentName(s.Name))
		if seen[s.Name] {
			l.Addf(path+".name", "must be unique, got %q again: it is the schedule's identity", s.Name)
		}
		seen[s.Name] = true
		l.Check(path+".schedule", awsrule.ScalingSchedule(s.Schedule))
		l.Check(path+".timeZone", awsrule.ScalingTimeZone(s.TimeZone, s.Schedule))
		if ordered {
			counts := a.bounds(s)
			field, err := awsrule.ScheduledCounts(counts[0], counts[1])
			l.Check(path+"."+field, err)
		}
	}
}
