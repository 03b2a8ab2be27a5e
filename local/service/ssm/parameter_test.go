package ssm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ssm"
)

func TestParameter(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(ssm.ParameterToken, "origin", core.Object{"type": "SecureString", "value": "one"})
	assert.Equal(t, "arn:aws:ssm:ap-northeast-1:"+c.Account().ID+":parameter/"+id, state.Str("arn"))
	assert.Equal(t, 1, state.Int("version"))
	assert.Empty(t, state.Str("insecureValue"))
	assert.Equal(t, "one", c.Call(getParameterToken, core.Object{"name": id}).Str("value"))

	in := core.Object{"type": "SecureString", "value": "two"}
	assert.Equal(t, []string{"value"}, c.ChangeOf(ssm.ParameterToken, id, in).Changed)
	assert.Equal(t, 2, c.Update(ssm.ParameterToken, id, in).Int("version"))
	assert.Equal(t, 2, c.Update(ssm.ParameterToken, id, in.With(core.Object{"description": "x"})).Int("version"))
	assert.Equal(t, "two", c.Call(getParameterToken, core.Object{"name": id}).Str("value"))
	c.Refused(ssm.ParameterToken, "x", in.With(core.Object{"name": id}), "ParameterAlreadyExists: The parameter already exists.")

	_, plain := c.Create(ssm.ParameterToken, "plain", core.Object{"type": "String", "insecureValue": "open", "name": "/a/b"})
	assert.Equal(t, "arn:aws:ssm:ap-northeast-1:"+c.Account().ID+":parameter/a/b", plain.Str("arn"))
	assert.Equal(t, "open", plain.Str("value"))
	c.Delete(ssm.ParameterToken, id)
	_, err := c.TryCall(getParameterToken, core.Object{"name": id})
	assert.ErrorContains(t, err, "ParameterNotFound")
}

func TestParameterRules(t *testing.T) {
	c := cloudtest.New(t)
	secret := core.Object{"type": "SecureString", "value": "v"}
	for name, tt := range map[string]struct {
		in  core.Object
		why string
	}{
		"a type":         {core.Object{"type": "Secret", "value": "v"}, "type must be one of SecureString, String, StringList"},
		"no value":       {core.Object{"type": "String"}, "[insecureValue, value]"},
		"both":           {core.Object{"type": "String", "value": "v", "insecureValue": "v"}, "[insecureValue, value]"},
		"an open secret": {core.Object{"type": "SecureString", "insecureValue": "v"}, "insecureValue"},
		"long":           {core.Object{"type": "String", "value": strings.Repeat("v", 4097)}, "at most 4096"},
		"AWS's":          {secret.With(core.Object{"name": "/AWS/x"}), "must not begin with aws or ssm"},
		"characters":     {secret.With(core.Object{"name": "a b"}), "letters, digits"},
		"a key":          {secret.With(core.Object{"keyId": "alias/mine"}), "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(ssm.ParameterToken, "x", tt.in, tt.why)
		})
	}
}
