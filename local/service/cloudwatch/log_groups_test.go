package cloudwatch_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
)

func TestLogGroup(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(cloudwatch.LogGroupToken, "web", core.Object{"retentionInDays": 30})
	assert.Equal(t, "arn:aws:logs:ap-northeast-1:"+c.Account().ID+":log-group:"+id, state.Str("arn"))
	assert.Equal(t, "STANDARD", state.Str("logGroupClass"))
	assert.Equal(t, []string{"name"}, c.ChangeOf(cloudwatch.LogGroupToken, id, core.Object{"name": "x", "retentionInDays": 30}).Replaces)
	assert.Equal(t, 14, c.Update(cloudwatch.LogGroupToken, id, core.Object{"retentionInDays": 14}).Int("retentionInDays"))
	assert.Equal(t, 0, c.Update(cloudwatch.LogGroupToken, id, core.Object{}).Int("retentionInDays"), "logs are kept for ever")
	c.Refused(cloudwatch.LogGroupToken, "x", core.Object{"name": id}, "ResourceAlreadyExistsException: The specified log group already exists")
	c.Delete(cloudwatch.LogGroupToken, id)
	c.IsSeed()
}

func TestLogGroupRules(t *testing.T) {
	c := cloudtest.New(t)
	tests := map[string]struct {
		in  core.Object
		why string
	}{
		"retention":  {core.Object{"retentionInDays": 31}, "retentionInDays must be one of"},
		"characters": {core.Object{"name": "a b"}, "InvalidParameterException"},
		"too long":   {core.Object{"name": strings.Repeat("a", 513)}, "1-512"},
		"AWS's own":  {core.Object{"name": "aws/x"}, "must not begin with aws/"},
		"class":      {core.Object{"logGroupClass": "COLD"}, "STANDARD"},
		"a key":      {core.Object{"kmsKeyId": "arn"}, "kmsKeyId"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(cloudwatch.LogGroupToken, "x", tt.in, tt.why)
		})
	}
}
