package awsrule

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portico-iac/portico/internal/fault"
)

// Scaling is the bounds of autoscaling: numbers of tasks, and what they are scaled to
// hold. A target of 0 is none.
type Scaling struct {
	Min, Max                              int
	TargetCPUPercent, TargetMemoryPercent int
	RequestsPerTarget                     int
	ScaleInSeconds, ScaleOutSeconds       *int
}

// maxCooldown is far longer than any that makes sense; AWS documents no limit.
const maxCooldown = 24 * 60 * 60

// Check records bounds that scale nothing, and reports whether the numbers of tasks are
// in order.
func (s Scaling) Check(l *fault.List, path string) (ordered bool) {
	at := func(field string) string { return path + "." + field }
	if err := Between(s.Min, 1, maxTasks, "tasks"); err != nil {
		l.Check(at("minCount"), err)
	} else if s.Max < s.Min || s.Max > maxTasks {
		l.Addf(at("maxCount"), "must be %d-%d tasks, at least minCount, got %d", s.Min, maxTasks, s.Max)
	} else {
		ordered = true
	}
	for _, percent := range []struct {
		field string
		value int
	}{{"targetCpuPercent", s.TargetCPUPercent}, {"targetMemoryPercent", s.TargetMemoryPercent}} {
		if percent.value != 0 {
			l.Check(at(percent.field), Between(percent.value, 1, 100, "%"))
		}
	}
	l.Check(at("requestsPerTarget"), unless(s.RequestsPerTarget >= 0, "must be at least 1 request per minute, got %d", s.RequestsPerTarget))
	for _, cooldown := range []struct {
		field   string
		seconds *int
	}{{"scaleInCooldownSeconds", s.ScaleInSeconds}, {"scaleOutCooldownSeconds", s.ScaleOutSeconds}} {
		if cooldown.seconds != nil {
			l.Check(at(cooldown.field), Between(*cooldown.seconds, 0, maxCooldown, "s"))
		}
	}
	return ordered
}

// Starts refuses a desired count from which autoscaling would at once move the
// service away.
func (s Scaling) Starts(desired int) error {
	return unless(s.Min <= desired && desired <= s.Max,
		"must lie within autoscaling's %d-%d tasks, got %d; or leave it unset to start with minCount", s.Min, s.Max, desired)
}

// ScheduledCounts refuses bounds that a schedule cannot set, and names the field. None of
// them is a number of tasks as well.
func ScheduledCounts(least, most int) (field string, err error) {
	if err := Between(least, 0, maxTasks, "tasks"); err != nil {
		return "minCount", err
	}
	return "maxCount", unless(least <= most && most <= maxTasks,
		"must be %d-%d tasks, at least the schedule's minimum, got %d", least, maxTasks, most)
}

var (
	scheduleForm = regexp.MustCompile(`^(at|rate|cron)\((.*)\)$`)
	rateForm     = regexp.MustCompile(`^([1-9][0-9]*) (minute|hour|day)(s?)$`)
	cronField    = regexp.MustCompile(`^[0-9A-Z*,/?#-]+$`)
	zoneForm     = regexp.MustCompile(`^(UTC|GMT|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]*){1,2})$`)
)

// ScalingSchedule refuses what is not an expression of Application Auto Scaling.
// https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
func ScalingSchedule(expression string) error {
	parts := scheduleForm.FindStringSubmatch(expression)
	if parts == nil {
		return fmt.Errorf(`must be at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(minutes hours day-of-month month day-of-week year), `+
			`for example "cron(0 20 * * ? *)", got %q`, expression)
	}
	switch kind, inner := parts[1], parts[2]; kind {
	case "at":
		_, err := time.Parse("2006-01-02T15:04:05", inner)
		return unless(err == nil, "must be a time such as at(2026-12-24T18:00:00), got %q", expression)
	case "rate":
		rate := rateForm.FindStringSubmatch(inner)
		return unless(rate != nil && (rate[1] == "1") == (rate[3] == ""),
			`must be a rate such as rate(1 hour) or rate(12 hours), in minutes, hours or days, got %q`, expression)
	default:
		return cronExpression(strings.Fields(inner), expression)
	}
}

// cronExpression refuses what Quartz, whose expressions AWS takes, does not read: crontab's
// own have five fields.
func cronExpression(fields []string, expression string) error {
	const form = "cron(minutes hours day-of-month month day-of-week year)"
	if len(fields) != 6 {
		return fmt.Errorf("must have the six fields of %s, got %d in %q", form, len(fields), expression)
	}
	for i, field := range fields {
		if !cronField.MatchString(field) || strings.Contains(field, "?") && (field != "?" || i != 2 && i != 4) {
			return fmt.Errorf("must have numbers, names in capitals and * , - / # in the fields of %s, got %q in %q", form, field, expression)
		}
	}
	for i, most := range []int{59, 23} {
		n, err := strconv.Atoi(fields[i])
		if err == nil && n > most {
			return fmt.Errorf("must be at most %d in field %d of %s, got %d in %q", most, i+1, form, n, expression)
		}
	}
	return unless((fields[2] == "?") != (fields[4] == "?"),
		"must have ? as day-of-month or as day-of-week, and not as both, got %q; for every day use %q",
		expression, fmt.Sprintf("cron(%s %s * %s ? %s)", fields[0], fields[1], fields[3], fields[5]))
}

// ScalingTimeZone refuses what is no name of a time zone, and one beside a rate, which has
// none. "" is UTC.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
func ScalingTimeZone(zone, expression string) error {
	switch {
	case zone == "":
		return nil
	case strings.HasPrefix(expression, "rate("):
		return fmt.Errorf("must be empty with %s, got %q: only at and cron have a time of day", expression, zone)
	}
	return unless(zoneForm.MatchString(zone), `must be the IANA name of a time zone such as "Europe/Berlin", got %q`, zone)
}

// ChangesNothing refuses schedules that all set the same bounds as autoscaling itself.
func (s Scaling) ChangesNothing(bounds [][2]int) error {
	changes := slices.ContainsFunc(bounds, func(b [2]int) bool { return b != [2]int{s.Min, s.Max} })
	return unless(len(bounds) == 0 || changes,
		"must have one that changes the number of tasks, got only the %d-%d of autoscaling itself; give minCount or maxCount", s.Min, s.Max)
}
