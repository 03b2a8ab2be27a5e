package cloudwatch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/sns"
)

// alarmInputs are those of an alarm on the errors of a load balancer.
func alarmInputs(more core.Object) core.Object {
	return core.Object{
		"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 3, "threshold": 10,
		"namespace": "AWS/ApplicationELB", "metricName": "HTTPCode_ELB_5XX_Count", "statistic": "Sum", "period": 60,
	}.With(more)
}

// queryInputs are those of an alarm on queries.
func queryInputs(queries ...any) core.Object {
	return core.Object{"comparisonOperator": "LessThanThreshold", "evaluationPeriods": 1, "metricQueries": queries}
}

func expression(id, text string, watched bool) core.Object {
	return core.Object{"id": id, "expression": text, "returnData": watched}
}

// metric is a query called ok.
func metric(more core.Object) core.Object {
	return core.Object{"id": "ok", "metric": core.Object{
		"namespace": "AWS/ApplicationELB", "metricName": "RequestCount", "stat": "Sum", "period": 60,
	}.With(more)}
}

func TestMetricAlarm(t *testing.T) {
	c := cloudtest.New(t)
	topic, _ := c.Create(sns.TopicToken, "oncall", core.Object{})
	elsewhere, _ := c.InRegion("us-east-1").Create(sns.TopicToken, "oncall", core.Object{})
	actions := core.List(topic, "arn:aws:automate:ap-northeast-1:ec2:reboot")
	id, state := c.Create(cloudwatch.MetricAlarmToken, "errors", alarmInputs(core.Object{"alarmActions": actions}))
	assert.Equal(t, "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:"+id, state.Str("arn"))
	assert.Equal(t, "missing", state.Str("treatMissingData"))
	assert.True(t, state.Bool("actionsEnabled"))

	reordered := alarmInputs(core.Object{"alarmActions": []any{actions[1], actions[0]}})
	assert.Empty(t, c.ChangeOf(cloudwatch.MetricAlarmToken, id, reordered).Changed, "actions are a set")
	assert.Equal(t, []string{"name"}, c.ChangeOf(cloudwatch.MetricAlarmToken, id, reordered.With(core.Object{"name": "other"})).Replaces)
	abroad := alarmInputs(core.Object{"okActions": core.List(elsewhere)})
	c.Refused(cloudwatch.MetricAlarmToken, "x", abroad, "Invalid region us-east-1 specified. Only ap-northeast-1 is supported.")
	_, err := c.TryUpdate(cloudwatch.MetricAlarmToken, id, abroad)
	assert.ErrorContains(t, err, "Invalid region us-east-1 specified")
	c.Refused(cloudwatch.MetricAlarmToken, "x", alarmInputs(core.Object{"name": id}), "is taken")
	assert.Equal(t, 5, c.Update(cloudwatch.MetricAlarmToken, id, alarmInputs(core.Object{"threshold": 5})).Int("threshold"))
	c.Delete(cloudwatch.MetricAlarmToken, id)
}

func TestMetricAlarmRules(t *testing.T) {
	c := cloudtest.New(t)
	watched := expression("rate", "ok / 60", true)
	dimensions, queries := core.Object{}, []any{}
	for i := range 31 {
		dimensions[fmt.Sprint(i)] = "x"
	}
	for i := range 21 {
		queries = append(queries, expression(fmt.Sprintf("q%d", i), "1", i == 0))
	}
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"one metric":           {alarmInputs(nil), ""},
		"percentile":           {alarmInputs(core.Object{"extendedStatistic": "p99.9"}).Without("statistic"), ""},
		"seven days":           {alarmInputs(core.Object{"period": 3600, "evaluationPeriods": 168}), ""},
		"queries":              {queryInputs(watched, metric(core.Object{"stat": "p90"})), ""},
		"operator":             {alarmInputs(core.Object{"comparisonOperator": "GreaterThanUpperThreshold"}), "comparisonOperator must be one of"},
		"missing data":         {alarmInputs(core.Object{"treatMissingData": "good"}), "treatMissingData must be one of breaching, ignore, missing, notBreaching"},
		"statistic":            {alarmInputs(core.Object{"statistic": "Median"}), "statistic must be one of"},
		"trimmed mean":         {alarmInputs(core.Object{"extendedStatistic": "tm90"}).Without("statistic"), "unsupported by the local AWS"},
		"no statistic":         {alarmInputs(nil).Without("statistic"), "Exactly one of [statistic, extendedStatistic, metricQueries] must be configured, got []"},
		"two statistics":       {alarmInputs(core.Object{"extendedStatistic": "p99"}), "must be configured, got [statistic, extendedStatistic]"},
		"no metric":            {alarmInputs(nil).Without("metricName"), "Exactly one of [metricName, metricQueries] must be configured, got []"},
		"no namespace":         {alarmInputs(nil).Without("namespace"), "Exactly one of [namespace, metricQueries]"},
		"no period":            {alarmInputs(nil).Without("period"), "Exactly one of [period, metricQueries]"},
		"colon":                {alarmInputs(core.Object{"namespace": ":x"}), "must not begin with a colon"},
		"long name of metric":  {alarmInputs(core.Object{"metricName": strings.Repeat("a", 256)}), "metricName must be 1-255"},
		"both":                 {queryInputs(watched).With(core.Object{"metricName": "x"}), "must be configured, got [metricName, metricQueries]"},
		"queries' dimensions":  {queryInputs(watched).With(core.Object{"dimensions": core.Object{"a": "b"}}), "dimensions cannot be given together with metricQueries"},
		"many dimensions":      {alarmInputs(core.Object{"dimensions": dimensions}), "dimensions must be at most 30, got 31"},
		"21 queries":           {queryInputs(queries...), "metricQueries must be at most 20, got 21"},
		"period":               {alarmInputs(core.Object{"period": 45}), "period must be 10, 20, 30 or a multiple of 60, got 45"},
		"period of a query":    {queryInputs(watched, metric(core.Object{"period": 45})), "metricQueries[1].metric.period must be"},
		"no periods":           {alarmInputs(core.Object{"evaluationPeriods": 0}), "evaluationPeriods must be 1-"},
		"over a day":           {alarmInputs(core.Object{"evaluationPeriods": 1441}), "evaluationPeriods times period must be at most 86400 seconds, got 86460"},
		"M of N":               {alarmInputs(core.Object{"datapointsToAlarm": 4}), "datapointsToAlarm must be at most evaluationPeriods, which is 3, got 4"},
		"action":               {alarmInputs(core.Object{"okActions": core.List("oncall")}), "okActions must be ARNs"},
		"six actions":          {alarmInputs(core.Object{"alarmActions": core.List("1", "2", "3", "4", "5", "6")}), "alarmActions must be at most 5"},
		"nothing watched":      {queryInputs(metric(nil)), "one query with returnData, got 0"},
		"two watched":          {queryInputs(watched, expression("b", "rate", true)), "one query with returnData, got 2"},
		"same id":              {queryInputs(watched, expression("rate", "1", false)), `metricQueries.id must differ, got "rate" twice`},
		"form of id":           {queryInputs(expression("Rate", "1", true)), "begin with a lower-case letter"},
		"neither":              {queryInputs(core.Object{"id": "rate", "returnData": true}), "metricQueries[0].expression: InvalidParameterCombination: Exactly one of [expression, metric] must be configured, got []"},
		"statistic of a query": {queryInputs(watched, metric(core.Object{"stat": "Median"})), "metricQueries[1].metric.stat must be"},
		"description":          {alarmInputs(core.Object{"alarmDescription": strings.Repeat("a", 1025)}), "at most 1024"},
		"name":                 {alarmInputs(core.Object{"name": strings.Repeat("a", 256)}), "name must be 1-255"},
		"anomaly":              {alarmInputs(core.Object{"thresholdMetricId": "band"}), "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.For(t).FaultsOf(cloudwatch.MetricAlarmToken, tc.in)
			if tc.want == "" {
				assert.Empty(t, got)
			}
			assert.Contains(t, got, tc.want)
		})
	}
}
