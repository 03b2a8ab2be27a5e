package lambda_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/lambda"
)

func function(c *cloudtest.Cloud, code string) core.Object {
	_, role := c.Role("lambda", "lambda.amazonaws.com")
	return core.Object{
		"code": map[string]any(core.Archive(map[string]string{"index.py": code})), "handler": "index.handler", "runtime": "python3.13", "role": role,
	}
}

func TestAFunctionIsInvoked(t *testing.T) {
	c := cloudtest.New(t)
	in := function(c, "def handler(event, context): return event")
	name, state := c.Create(lambda.FunctionToken, "echo", in)
	assert.Equal(t, "arn:aws:lambda:ap-northeast-1:123456789012:function:"+name, state.Str("arn"))
	assert.Empty(t, c.ChangeOf(lambda.FunctionToken, name, in.With(core.Object{"timeout": 9})).Replaces)
	call := core.Object{"functionName": name, "input": `{"a":1}`}
	id, state := c.Create(lambda.InvocationToken, "one", call)
	assert.Equal(t, `{"a":1}`, state.Str("result"))
	assert.Equal(t, []string{"input"}, c.ChangeOf(lambda.InvocationToken, id, call.With(core.Object{"input": `{}`})).Replaces)
	assert.Equal(t, []string{"triggers"}, c.ChangeOf(lambda.InvocationToken, id, call.With(core.Object{"triggers": core.Object{"a": "b"}})).Replaces)
	c.Refused(lambda.InvocationToken, "none", core.Object{"functionName": "none", "input": "{}"}, "Function not found")
	c.Refused(lambda.InvocationToken, "no-json", core.Object{"functionName": name, "input": "a"}, "must be JSON")
}

func TestFunctionRules(t *testing.T) {
	c := cloudtest.New(t)
	in := function(c, "print(1)")
	for _, tt := range []struct {
		more core.Object
		want string
	}{
		{core.Object{"runtime": "python3.7"}, "runtime must be one of"},
		{core.Object{"timeout": 901}, "timeout must be 1-900, got 901"},
		{core.Object{"memorySize": 64}, "memorySize must be 128-10240, got 64"},
		{core.Object{"code": "index.py"}, "code must be an archive of texts"},
		{core.Object{"environment": core.Object{"variables": core.Object{"AWS_REGION": "x"}}}, "which Lambda sets itself"},
		{core.Object{"environment": core.Object{"variables": core.Object{"A": string(make([]byte, 4096))}}}, "at most 4096 bytes"},
	} {
		assert.Contains(t, c.FaultsOf(lambda.FunctionToken, in.With(tt.more)), tt.want)
	}
	_, other := c.Role("other", "ecs-tasks.amazonaws.com")
	c.Refused(lambda.FunctionToken, "other", in.With(core.Object{"role": other}), "cannot be assumed by Lambda")
	name, _ := c.Create(lambda.FunctionToken, "unknown", in)
	c.Refused(lambda.InvocationToken, "unknown", core.Object{"functionName": name, "input": "{}"}, "does not run code")
}
