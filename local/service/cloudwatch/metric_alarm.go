package cloudwatch

import (
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// metricAlarmType is an alarm on one metric with a static threshold, or on what
// expressions make of several. What AWS does not check, that metrics and the targets
// of actions exist, is not checked here (inferred).
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
// *sourced*
func metricAlarmType() core.Type {
	return core.Type{
		Token: MetricAlarmToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 255},
		Inputs: []string{
			"actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm", "dimensions",
			"evaluationPeriods", "extendedStatistic", "insufficientDataActions", "metricName", "metricQueries.expression",
			"metricQueries.id", "metricQueries.label", "metricQueries.metric.dimensions", "metricQueries.metric.metricName",
			"metricQueries.metric.namespace", "metricQueries.metric.period", "metricQueries.metric.stat",
			"metricQueries.period", "metricQueries.returnData", "name", "namespace", "okActions", "period", "statistic",
			"tags", "threshold", "treatMissingData",
		},
		Defaults:     core.Object{"actionsEnabled": true, "treatMissingData": "missing"},
		Fills:        core.Object{"evaluateLowSampleCountPercentiles": "", "threshold": 0.0},
		ID:           "{name}",
		ARN:          "cloudwatch:alarm:{name}",
		FreeToDelete: "nothing refers to an alarm",
		Rules:        metricAlarmRules(),
		Create: func(t *core.Tx, _ string, in core.Object) (core.Object, error) {
			return nil, checkActionRegions(t, in)
		},
		Update: func(t *core.Tx, _ string, _, in core.Object) (core.Object, error) {
			return nil, checkActionRegions(t, in)
		},
		Examples: []core.Object{
			{
				"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 3.0, "threshold": 10.0,
				"namespace": "AWS/ApplicationELB", "metricName": "HTTPCode_ELB_5XX_Count", "statistic": "Sum", "period": 60.0,
				"alarmActions": core.List("arn:aws:sns:ap-northeast-1:123456789012:oncall"),
			},
			{
				"comparisonOperator": "LessThanThreshold", "evaluationPeriods": 1.0, "threshold": 0.99,
				"metricQueries": []any{
					map[string]any{"id": "rate", "expression": "ok / 60", "returnData": true},
					map[string]any{"id": "ok", "metric": map[string]any{
						"namespace": "AWS/ApplicationELB", "metricName": "RequestCount", "stat": "Sum", "period": 60.0,
					}},
				},
			},
		},
	}
}

// checkActionRegions is that actions happen in the Region of the alarm.
// Source: https://github.com/cds-snc/notification-terraform/pull/128 *sourced* (AWS's words)
func checkActionRegions(t *core.Tx, in core.Object) error {
	for _, property := range actions {
		for _, action := range in.Strs(property) {
			arn := strings.Split(action, ":")
			if len(arn) > 3 && arn[3] != "" && arn[3] != t.Region() {
				return core.Refuse("ValidationError", "%s: Invalid region %s specified. Only %s is supported.", property, arn[3], t.Region())
			}
		}
	}
	return nil
}
