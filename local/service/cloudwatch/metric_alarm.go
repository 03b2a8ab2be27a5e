package cloudwatch

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// metricAlarmType is an alarm on one metric with a static threshold, or on an
// expression over several. As in AWS, the metrics and the targets of the actions need
// not exist (inferred).
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func metricAlarmType() core.Type {
	const queries = "metricQueries"
	return core.Type{
		Token: MetricAlarmToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 255},
		Inputs: append(core.Fields(queries, "expression", "id", "label", "metric.dimensions", "metric.metricName",
			"metric.namespace", "metric.period", "metric.stat", "period", "returnData"),
			"actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm", "dimensions",
			"evaluationPeriods", "extendedStatistic", "insufficientDataActions", "metricName", "name", "namespace",
			"okActions", "period", "statistic", "tags", "threshold", "treatMissingData"),
		Defaults:     core.Object{"actionsEnabled": true, "treatMissingData": "missing"},
		Fills:        core.Object{"evaluateLowSampleCountPercentiles": "", "threshold": 0.0},
		ID:           "{name}",
		ARN:          "cloudwatch:alarm:{name}",
		FreeToDelete: "deployments go on without it; checkNoComposite refuses those of composite alarms",
		Rules: append([]core.Rule{
			core.Matching(invalid, "name", text255, "1-255 characters"),
			core.AtMost(invalid, "alarmDescription", 1024),
			core.OneOf(core.Unsupported, "comparisonOperator", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold",
				"LessThanOrEqualToThreshold", "LessThanThreshold"), // the others are for anomaly detection
			core.OneOf(invalid, "treatMissingData", "breaching", "ignore", "missing", "notBreaching"),
			core.Within(invalid, "evaluationPeriods", 1, 8640), // a day of periods of ten seconds
			core.OneOf(invalid, "statistic", "Average", "Maximum", "Minimum", "SampleCount", "Sum"),
			core.Matching(core.Unsupported, "extendedStatistic", percentile, "a percentile from p0 to p100"),
			core.AtMostItems(invalid, "alarmActions", 5),
			core.AtMostItems(invalid, "insufficientDataActions", 5),
			core.AtMostItems(invalid, "okActions", 5),
			core.Matching(invalid, "alarmActions", actionARN, "ARNs"),
			core.Matching(invalid, "insufficientDataActions", actionARN, "ARNs"),
			core.Matching(invalid, "okActions", actionARN, "ARNs"),
			totalPeriodRule,
			// M of the last N periods raise an alarm.
			// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
			core.Within(invalid, "datapointsToAlarm", 1, 8640),
			core.NotAbove(invalid, "datapointsToAlarm", "evaluationPeriods"),
			// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/metricalarm/
			core.ExactlyOneOf("metricName", queries),
			core.ExactlyOneOf("namespace", queries),
			core.ExactlyOneOf("period", queries),
			core.ExactlyOneOf("statistic", "extendedStatistic", queries),
			core.NotBoth("InvalidParameterCombination", "dimensions", queries),
			// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
			core.AtMostItems(invalid, queries, 20),
			core.Distinct(invalid, queries+".id"),
			oneWatchedRule,
			core.InBlocks(queries, periodRule,
				core.ExactlyOneOf("expression", "metric"),
				core.Matching(invalid, "id", queryID, "1-255 letters, digits and _ that begin with a lower-case letter"),
				core.AtMost(invalid, "expression", 1024)),
			core.InBlocks(queries+".metric", append(metricRules,
				core.Matching(core.Unsupported, "stat", statistic, "Average, Maximum, Minimum, SampleCount, Sum or a percentile"))...),
		}, metricRules...),
		Apply:  checkActionRegions,
		Delete: checkNoComposite,
	}
}

// invalid is CloudWatch's code for an input that breaks a constraint.
const invalid = "ValidationError"

var (
	text255    = regexp.MustCompile(`^[^\x00-\x1f\x7f]{1,255}$`)
	namespace  = regexp.MustCompile(`^[^:\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,254}$`)
	percentile = regexp.MustCompile(`^p(\d{1,2}(\.\d{1,2})?|100)$`)
	statistic  = regexp.MustCompile(`^(Average|Maximum|Minimum|SampleCount|Sum|p(\d{1,2}(\.\d{1,2})?|100))$`)
	queryID    = regexp.MustCompile(`^[a-z][A-Za-z0-9_]{0,254}$`)
	actionARN  = regexp.MustCompile(`^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$|^arn:aws:automate:[a-z0-9-]+:ec2:[a-z]+$`)
)

// metricRules are the rules on a metric, that of the alarm or of one of its queries.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html
var metricRules = []core.Rule{
	core.Matching(invalid, "metricName", text255, "1-255 characters"),
	core.Matching(invalid, "namespace", namespace, "1-255 characters and must not begin with a colon"),
	core.AtMostItems(invalid, "dimensions", 30),
	periodRule,
}

// periodRule refuses periods, in seconds, that do not exist.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/metricalarm/
func periodRule(in core.Object) *core.Refusal {
	n := in.Int("period")
	if in.Known("period") && n != 10 && n != 20 && n != 30 && (n < 60 || n%60 != 0) {
		return core.Invalid(invalid, "period", "must be 10, 20, 30 or a multiple of 60, got %d", n)
	}
	return nil
}

// totalPeriodRule lets an alarm look back at most seven days, or one day with periods of
// less than an hour.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func totalPeriodRule(in core.Object) *core.Refusal {
	most := 604800
	if in.Int("period") < 3600 {
		most = 86400
	}
	if total := in.Int("period") * in.Int("evaluationPeriods"); total > most {
		return core.Invalid(invalid, "evaluationPeriods", "times period must be at most %d seconds, got %d", most, total)
	}
	return nil
}

// oneWatchedRule requires that the alarm watches the result of one of its queries.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
func oneWatchedRule(in core.Object) *core.Refusal {
	watched := slices.DeleteFunc(in.At("metricQueries.returnData"), func(returned any) bool { return returned != true })
	if in.Known("metricQueries") && len(watched) != 1 {
		return core.Invalid(invalid, "metricQueries", "must have one query with returnData, got %d", len(watched))
	}
	return nil
}

// checkActionRegions refuses actions in another Region than the alarm.
// Source: https://github.com/cds-snc/notification-terraform/pull/128 *sourced* (AWS's words)
func checkActionRegions(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	for _, property := range []string{"alarmActions", "insufficientDataActions", "okActions"} {
		for _, action := range in.Strs(property) {
			arn := strings.Split(action, ":")
			if len(arn) > 3 && arn[3] != "" && arn[3] != t.Region() {
				return nil, core.Refuse(invalid, "%s: Invalid region %s specified. Only %s is supported.", property, arn[3], t.Region())
			}
		}
	}
	return nil, nil
}
