package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLogGroup(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(logGroupToken, "web", object{"retentionInDays": 30})
	assert.Equal(t, "arn:aws:logs:ap-northeast-1:"+c.account().ID+":log-group:"+id, state.str("arn"))
	assert.Equal(t, "STANDARD", state.str("logGroupClass"))
	assert.Equal(t, []string{"name"}, c.changeOf(logGroupToken, id, object{"name": "x", "retentionInDays": 30}).replaces)
	assert.Equal(t, 14, c.update(logGroupToken, id, object{"retentionInDays": 14}).integer("retentionInDays"))
	assert.Equal(t, 0, c.update(logGroupToken, id, object{}).integer("retentionInDays"), "logs are kept for ever")
	c.refused(logGroupToken, "x", object{"name": id}, "ResourceAlreadyExistsException: The specified log group already exists")
	c.delete(logGroupToken, id)
	c.isSeed()
}

func TestLogGroupRules(t *testing.T) {
	c := newTestCloud(t)
	tests := map[string]struct {
		in  object
		why string
	}{
		"retention":  {object{"retentionInDays": 31}, "retentionInDays must be one of"},
		"characters": {object{"name": "a b"}, "InvalidParameterException"},
		"too long":   {object{"name": strings.Repeat("a", 513)}, "1-512"},
		"AWS's own":  {object{"name": "aws/x"}, "not begin with aws/"},
		"class":      {object{"logGroupClass": "COLD"}, "STANDARD"},
		"a key":      {object{"kmsKeyId": "arn"}, "kmsKeyId"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(logGroupToken, "x", tt.in, tt.why)
		})
	}
}
