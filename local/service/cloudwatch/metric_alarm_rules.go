package cloudwatch

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// actions are the inputs that say what an alarm does.
var actions = []string{"alarmActions", "insufficientDataActions", "okActions"}

// metricAlarmRules are the rules of an alarm on its inputs alone.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
// *sourced*
func metricAlarmRules() []core.Rule {
	const code = "ValidationError"
	return []core.Rule{
		core.Matching(code, "name", text255, "1-255 characters"),
		core.AtMost(code, "alarmDescription", 1024),
		core.OneOf(core.Unsupported, "comparisonOperator", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold",
			"LessThanOrEqualToThreshold", "LessThanThreshold"), // the others are about anomalies
		core.OneOf(code, "treatMissingData", "breaching", "ignore", "missing", "notBreaching"),
		core.Within(code, "evaluationPeriods", 1, 8640), // a day of periods of ten seconds
		core.OneOf(code, "statistic", "Average", "Maximum", "Minimum", "SampleCount", "Sum"),
		core.Matching(core.Unsupported, "extendedStatistic", percentile, "a percentile from p0 to p100"),
		metricOrQueriesRule,
		metricNameRule,
		periodRule,
		totalPeriodRule,
		datapointsRule,
		queriesRule,
		actionsRule,
		core.InBlocks("metricQueries", periodRule, expressionOrMetricRule,
			core.Matching(code, "id", queryID, "1-255 letters, digits and _ that begin with a lower-case letter"),
			core.AtMost(code, "expression", 1024)),
		core.InBlocks("metricQueries.metric", periodRule, metricNameRule,
			core.Matching(core.Unsupported, "stat", statistic, "Average, Maximum, Minimum, SampleCount, Sum or a percentile")),
	}
}

// The forms of texts.
var (
	text255    = regexp.MustCompile(`^[^\x00-\x1f\x7f]{1,255}$`)
	percentile = regexp.MustCompile(`^p(\d{1,2}(\.\d{1,2})?|100)$`)
	statistic  = regexp.MustCompile(`^(Average|Maximum|Minimum|SampleCount|Sum|p(\d{1,2}(\.\d{1,2})?|100))$`)
	queryID    = regexp.MustCompile(`^[a-z][A-Za-z0-9_]{0,254}$`)
	actionARN  = regexp.MustCompile(`^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$|^arn:aws:automate:[a-z0-9-]+:ec2:[a-z]+$`)
)

// metricOrQueriesRule is that an alarm watches either one metric, of which all is
// given, or queries.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/metricalarm/
// *sourced*
func metricOrQueriesRule(in core.Object) *core.Refusal {
	const code = "InvalidParameterCombination"
	for _, property := range []string{"dimensions", "extendedStatistic", "metricName", "namespace", "period", "statistic"} {
		if in.Has("metricQueries") && in.Has(property) {
			return core.Invalid(code, property, "cannot be given together with metricQueries")
		}
	}
	for _, property := range []string{"metricName", "namespace", "period"} {
		if !in.Has("metricQueries") && !in.Has(property) {
			return core.Invalid(code, property, "is required where there are no metricQueries")
		}
	}
	if !in.Has("metricQueries") && in.Has("statistic") == in.Has("extendedStatistic") {
		return core.Invalid(code, "statistic", "or extendedStatistic must be given, and not both")
	}
	return nil
}

// metricNameRule is the form of the names of a metric.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html
// *sourced*
func metricNameRule(metric core.Object) *core.Refusal {
	for _, property := range []string{"metricName", "namespace"} {
		if fault := core.Matching("ValidationError", property, text255, "1-255 characters")(metric); fault != nil {
			return fault
		}
	}
	if strings.HasPrefix(metric.Str("namespace"), ":") {
		return core.Invalid("ValidationError", "namespace", "must not begin with a colon, got %q", metric.Str("namespace"))
	}
	if n := len(metric.Block("dimensions")); n > 30 {
		return core.Invalid("ValidationError", "dimensions", "must be at most 30, got %d", n)
	}
	return nil
}

// periodRule is which periods there are, in seconds.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/metricalarm/
// *sourced*
func periodRule(in core.Object) *core.Refusal {
	n := in.Int("period")
	if in.Known("period") && n != 10 && n != 20 && n != 30 && (n < 60 || n%60 != 0) {
		return core.Invalid("ValidationError", "period", "must be 10, 20, 30 or a multiple of 60, got %d", n)
	}
	return nil
}

// totalPeriodRule is over how long an alarm looks back: seven days, or one day with
// periods of less than an hour.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
// *sourced*
func totalPeriodRule(in core.Object) *core.Refusal {
	most := 604800
	if in.Int("period") < 3600 {
		most = 86400
	}
	if total := in.Int("period") * in.Int("evaluationPeriods"); total > most {
		return core.Invalid("ValidationError", "evaluationPeriods", "times period must be at most %d seconds, got %d", most, total)
	}
	return nil
}

// datapointsRule is that M of the last N periods raise an alarm.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
// *sourced*
func datapointsRule(in core.Object) *core.Refusal {
	m, n := in.Int("datapointsToAlarm"), in.Int("evaluationPeriods")
	if in.Known("datapointsToAlarm") && in.Known("evaluationPeriods") && (m < 1 || m > n) {
		return core.Invalid("ValidationError", "datapointsToAlarm", "must be 1-%d, the evaluationPeriods, got %d", n, m)
	}
	return nil
}

// queriesRule is that at most 20 queries have different ids, and that one of them is
// what the alarm watches.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
// *sourced*
func queriesRule(in core.Object) *core.Refusal {
	if !in.Known("metricQueries") {
		return nil
	}
	ids, watched := map[string]bool{}, 0
	for _, q := range in.Blocks("metricQueries") {
		ids[q.Str("id")] = true
		if q.Bool("returnData") {
			watched++
		}
	}
	n := len(in.List("metricQueries"))
	if n > 20 || len(ids) != n || watched != 1 {
		return core.Invalid("ValidationError", "metricQueries",
			"must be 1-20 with different ids, one of them with returnData; got %d with %d ids, %d with returnData", n, len(ids), watched)
	}
	return nil
}

// expressionOrMetricRule is that a query is either an expression or a metric.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
// *sourced*
func expressionOrMetricRule(query core.Object) *core.Refusal {
	if query.Has("expression") == query.Has("metric") {
		return core.Invalid("ValidationError", "expression", "or metric must be given, and not both")
	}
	return nil
}

// actionsRule is that at most five actions of a kind are ARNs.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
// *sourced*
func actionsRule(in core.Object) *core.Refusal {
	for _, property := range actions {
		if n := len(in.List(property)); n > 5 {
			return core.Invalid("ValidationError", property, "must be at most 5, got %d", n)
		}
		for _, action := range in.Strs(property) {
			if !actionARN.MatchString(action) {
				return core.Invalid("ValidationError", property, "must be ARNs, got %q", action)
			}
		}
	}
	return nil
}
