package events_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/events"
)

const (
	pattern = `{"source":["aws.ecs"],"detail":{"eventName":["SERVICE_DEPLOYMENT_FAILED"]}}`
	topic   = "arn:aws:sns:ap-northeast-1:123456789012:oncall"
)

func target(rule string, more core.Object) core.Object {
	return core.Object{"rule": rule, "targetId": "oncall", "arn": topic}.With(more)
}

func transformer(template string) core.Object {
	return core.Object{"inputTransformer": core.Object{"inputPaths": core.Object{"why": "$.detail.reason"}, "inputTemplate": template}}
}

func TestRuleAndTarget(t *testing.T) {
	c := cloudtest.New(t)
	rule, state := c.Create(events.RuleToken, "failed", core.Object{"eventPattern": pattern})
	assert.Regexp(t, `^arn:aws:events:ap-northeast-1:123456789012:rule/failed-[0-9a-f]{7}$`, state.Str("arn"))
	id, _ := c.Create(events.TargetToken, "x", target(rule, transformer(`"it failed: <why>"`)))
	assert.Equal(t, rule+"-oncall", id)
	assert.ErrorContains(t, c.TryDelete(events.RuleToken, rule), "ValidationException")
	assert.Equal(t, []string{"targetId"}, c.ChangeOf(events.TargetToken, id, target(rule, core.Object{"targetId": "pager"})).Replaces)
	c.Refused(events.TargetToken, "x", target("gone", nil), "ResourceNotFoundException")
	c.Refused(events.TargetToken, "x", target(rule, core.Object{"targetId": "far", "arn": "arn:aws:sns:us-east-1:123456789012:oncall"}), "not in correct format or Region")
	for i := range 4 {
		c.Create(events.TargetToken, "x", target(rule, core.Object{"targetId": fmt.Sprint(i)}))
	}
	c.Refused(events.TargetToken, "x", target(rule, core.Object{"targetId": "sixth"}), "LimitExceededException")
}

func TestRulesOfEvents(t *testing.T) {
	c := cloudtest.New(t)
	rule, _ := c.Create(events.RuleToken, "failed", core.Object{"eventPattern": pattern})
	for name, tc := range map[string]struct {
		token string
		in    core.Object
		want  string
	}{
		"pattern":             {events.RuleToken, core.Object{"eventPattern": pattern}, ""},
		"no pattern":          {events.RuleToken, core.Object{}, "eventPattern or scheduleExpression is required"},
		"no JSON":             {events.RuleToken, core.Object{"eventPattern": "{"}, "InvalidEventPatternException"},
		"a text for a list":   {events.RuleToken, core.Object{"eventPattern": `{"detail":{"eventName":"X"}}`}, `"detail.eventName" must be an object or an array`},
		"an empty list":       {events.RuleToken, core.Object{"eventPattern": `{"source":[]}`}, `"source" must be`},
		"name":                {events.RuleToken, core.Object{"eventPattern": pattern, "name": "a b"}, "name must be 1-64"},
		"target":              {events.TargetToken, target(rule, transformer(`"it failed: <why>, <aws.events.rule-name>"`)), ""},
		"no id":               {events.TargetToken, target(rule, nil).Without("targetId"), core.Unsupported},
		"no ARN":              {events.TargetToken, target(rule, core.Object{"arn": "oncall"}), "arn must be an ARN"},
		"text without quotes": {events.TargetToken, target(rule, transformer(`it failed`)), "must be a text in quotes or JSON"},
		"unknown variable":    {events.TargetToken, target(rule, transformer(`"<who>"`)), `contains placeholder "who" which is not in inputPaths`},
		"input, not JSON":     {events.TargetToken, target(rule, core.Object{"input": "x"}), "input must be JSON"},
		"input and template":  {events.TargetToken, target(rule, transformer(`"x"`)).With(core.Object{"input": `"x"`}), "input cannot be given together with inputTransformer"},
		"path of nothing":     {events.TargetToken, target(rule, core.Object{"inputTransformer": core.Object{"inputPaths": core.Object{"a": "detail"}, "inputTemplate": `"x"`}}), "must be JSON paths"},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.For(t).FaultsOf(tc.token, tc.in)
			if tc.want == "" {
				assert.Empty(t, got)
			}
			assert.Contains(t, got, tc.want)
		})
	}
}
