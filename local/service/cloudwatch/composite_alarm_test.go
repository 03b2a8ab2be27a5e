package cloudwatch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/sns"
)

func composite(rule string, more core.Object) core.Object {
	return core.Object{"alarmName": "all", "alarmRule": rule}.With(more)
}

func TestCompositeAlarm(t *testing.T) {
	c := cloudtest.New(t)
	topic, _ := c.Create(sns.TopicToken, "oncall", core.Object{})
	c.Refused(cloudwatch.CompositeAlarmToken, "all", composite(`ALARM("errors")`, nil),
		"Could not save the composite alarm as alarms [errors] in the alarm rule do not exist")
	errors, state := c.Create(cloudwatch.MetricAlarmToken, "errors", alarmInputs(core.Object{"name": "errors"}))
	id, made := c.Create(cloudwatch.CompositeAlarmToken, "all", composite(`ALARM("errors") OR OK("`+state.Str("arn")+`")`, core.Object{"alarmActions": core.List(topic)}))
	assert.Equal(t, "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:all", made.Str("arn"))
	assert.ErrorContains(t, c.TryDelete(cloudwatch.MetricAlarmToken, errors), "Cannot delete errors as there are composite alarm(s) depending on it.")
	assert.Equal(t, []string{"actionsEnabled"}, c.ChangeOf(cloudwatch.CompositeAlarmToken, id, composite(`ALARM("errors")`, core.Object{"actionsEnabled": false})).Replaces)
	c.Delete(cloudwatch.CompositeAlarmToken, id)
	c.Delete(cloudwatch.MetricAlarmToken, errors)
	c.Delete(sns.TopicToken, topic)
	c.IsSeed()
}

func TestCompositeAlarmRules(t *testing.T) {
	c := cloudtest.New(t)
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"two":      {composite(`ALARM("a") AND INSUFFICIENT_DATA("b")`, nil), ""},
		"a name":   {composite("errors", nil), "alarmRule must be TRUE, FALSE, or states of alarms in quotes"},
		"not":      {composite(`NOT ALARM("a")`, nil), core.Unsupported},
		"a lambda": {composite("TRUE", core.Object{"alarmActions": core.List("arn:aws:lambda:ap-northeast-1:123456789012:function:x")}), "alarmActions must be ARNs of topics"},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.For(t).FaultsOf(cloudwatch.CompositeAlarmToken, tc.in)
			if tc.want == "" {
				assert.Empty(t, got)
			}
			assert.Contains(t, got, tc.want)
		})
	}
	c.Refused(cloudwatch.CompositeAlarmToken, "x", composite("TRUE", core.Object{"okActions": core.List("arn:aws:sns:us-east-1:123456789012:oncall")}), "Invalid region us-east-1")
}
