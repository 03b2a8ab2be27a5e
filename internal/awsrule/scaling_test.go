package awsrule_test

import (
	"testing"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestScaling(t *testing.T) {
	negative := -1
	for name, c := range map[string]struct {
		scaling   awsrule.Scaling
		wantError string
	}{
		"good":        {awsrule.Scaling{Min: 1, Max: 1, TargetCPUPercent: 100, TargetMemoryPercent: 1, RequestsPerTarget: 1}, ""},
		"no target":   {awsrule.Scaling{Min: 1, Max: 1}, ""},
		"no minimum":  {awsrule.Scaling{Max: 4}, "s.minCount: must be 1-5000 tasks, got 0"},
		"crossed":     {awsrule.Scaling{Min: 4, Max: 2}, "s.maxCount: must be 4-5000 tasks, at least minCount, got 2"},
		"too many":    {awsrule.Scaling{Min: 4, Max: 5001}, "got 5001"},
		"too busy":    {awsrule.Scaling{Min: 1, Max: 2, TargetCPUPercent: 101}, "s.targetCpuPercent: must be 1-100 %, got 101"},
		"too full":    {awsrule.Scaling{Min: 1, Max: 2, TargetMemoryPercent: -1}, "s.targetMemoryPercent: must be 1-100 %, got -1"},
		"no requests": {awsrule.Scaling{Min: 1, Max: 2, RequestsPerTarget: -5}, "s.requestsPerTarget: must be at least 1 request per minute, got -5"},
		"slow in":     {awsrule.Scaling{Min: 1, Max: 2, ScaleInSeconds: &negative}, "s.scaleInCooldownSeconds: must be 0-86400 s, got -1"},
		"slow out":    {awsrule.Scaling{Min: 1, Max: 2, ScaleOutSeconds: &negative}, "s.scaleOutCooldownSeconds: must be 0-86400 s, got -1"},
	} {
		t.Run(name, func(t *testing.T) {
			l := fault.ForConfig()
			c.scaling.Check(l, "s")
			holds(t, l.Err(), c.wantError)
		})
	}
	s := awsrule.Scaling{Min: 2, Max: 4}
	holds(t, s.Starts(2), "")
	holds(t, s.Starts(4), "")
	holds(t, s.Starts(1), "must lie within autoscaling's 2-4 tasks, got 1")
	holds(t, s.Starts(5), "got 5")
	holds(t, s.ChangesNothing(nil), "")
	holds(t, s.ChangesNothing([][2]int{{2, 4}, {0, 4}}), "")
	holds(t, s.ChangesNothing([][2]int{{2, 4}}), "got only the 2-4 of autoscaling itself")
}

func TestScheduledCounts(t *testing.T) {
	for counts, wantError := range map[[2]int]string{
		{0, 0}:       "",
		{2, 5000}:    "",
		{-1, 2}:      "must be 0-5000 tasks, got -1",
		{3, 2}:       "must be 3-5000 tasks, at least the schedule's minimum, got 2",
		{5000, 5001}: "got 5001",
	} {
		_, err := awsrule.ScheduledCounts(counts[0], counts[1])
		holds(t, err, wantError)
	}
}

func TestScalingSchedule(t *testing.T) {
	for expression, wantError := range map[string]string{
		"at(2026-12-24T18:00:00)": "", "rate(1 hour)": "", "rate(15 minutes)": "", "rate(2 days)": "",
		"cron(0 20 * * ? *)": "", "cron(0/15 8-18 ? JAN-MAR MON-FRI 2027)": "", "cron(0 9 ? * 2#1 *)": "",
		"":                        "must be at(",
		"0 20 * * *":              "must be at(",
		"cron(0 20 * * *)":        "must have the six fields of cron(minutes hours day-of-month month day-of-week year), got 5",
		"cron(0 20 * * * *)":      `got "cron(0 20 * * * *)"; for every day use "cron(0 20 * * ? *)"`,
		"cron(0 20 ? * ? *)":      "must have ? as day-of-month or as day-of-week, and not as both",
		"cron(0 20 * * mon *)":    `got "mon" in`,
		"cron(? 20 * * ? *)":      `got "?" in`,
		"cron(60 20 * * ? *)":     "must be at most 59 in field 1",
		"cron(0 24 * * ? *)":      "must be at most 23 in field 2",
		"at(2026-12-24 18:00)":    "must be a time such as at(2026-12-24T18:00:00)",
		"at(2026-02-30T00:00:00)": "must be a time",
		"rate(1 hours)":           "must be a rate such as rate(1 hour)",
		"rate(2 hour)":            "must be a rate",
		"rate(0 hours)":           "must be a rate",
		"rate(2 weeks)":           "must be a rate",
	} {
		holds(t, awsrule.ScalingSchedule(expression), wantError)
	}
}

func TestScalingTimeZone(t *testing.T) {
	const cron, rate = "cron(0 20 * * ? *)", "rate(1 hour)"
	for zone, wantError := range map[string]string{
		"": "", "UTC": "", "Asia/Tokyo": "", "America/Argentina/Buenos_Aires": "", "Etc/GMT+9": "",
		"JST": "must be the IANA name of a time zone", "+09:00": "must be the IANA name", "europe/berlin": "must be the IANA name",
	} {
		holds(t, awsrule.ScalingTimeZone(zone, cron), wantError)
	}
	holds(t, awsrule.ScalingTimeZone("Asia/Tokyo", rate), `must be empty with rate(1 hour), got "Asia/Tokyo"`)
	holds(t, awsrule.ScalingTimeZone("", rate), "")
}
