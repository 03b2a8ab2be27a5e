package sns_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/sns"
)

func TestTopic(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(sns.TopicToken, "oncall", core.Object{"displayName": "On call"})
	assert.Regexp(t, `^arn:aws:sns:ap-northeast-1:123456789012:oncall-[0-9a-f]{7}$`, id)
	assert.Equal(t, id, state.Str("arn"))
	assert.Equal(t, "123456789012", state.Str("owner"))
	assert.Contains(t, state.Str("policy"), `"Resource":"`+id+`"`)
	assert.Contains(t, state.Str("policy"), `{"AWS:SourceOwner":"123456789012"}`)
	assert.Equal(t, []string{"name"}, c.ChangeOf(sns.TopicToken, id, core.Object{"name": "other", "displayName": "On call"}).Replaces)
	assert.Equal(t, "Pager", c.Update(sns.TopicToken, id, core.Object{"displayName": "Pager"}).Str("displayName"))
	c.Refused(sns.TopicToken, "twin", core.Object{"name": state.Str("name")}, "is taken")
	c.Delete(sns.TopicToken, id)
	c.IsSeed()
}

func TestTopicRules(t *testing.T) {
	c := cloudtest.New(t)
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"characters":            {core.Object{"name": "a b"}, "InvalidParameter: name must be 1-256 letters"},
		"too long":              {core.Object{"name": strings.Repeat("a", 257)}, "1-256"},
		"dot":                   {core.Object{"name": "orders.x"}, "1-256 letters"},
		"long FIFO name":        {core.Object{"name": strings.Repeat("a", 252) + ".fifo", "fifoTopic": true}, "1-256 letters"},
		"FIFO name":             {core.Object{"name": "orders.fifo"}, "must not end with .fifo, got \"orders.fifo\" with fifoTopic false"},
		"FIFO without its name": {core.Object{"name": "orders", "fifoTopic": true}, "name must be a name that ends with .fifo"},
		"FIFO by itself":        {core.Object{"fifoTopic": true}, "name must be a name that ends with .fifo"},
		"deduplication":         {core.Object{"contentBasedDeduplication": true}, "can only be set for FIFO topics"},
		"display name":          {core.Object{"displayName": strings.Repeat("a", 101)}, "at most 100 characters"},
		"a key":                 {core.Object{"kmsMasterKeyId": "alias/aws/sns"}, "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) { c.For(t).Refused(sns.TopicToken, "x", tc.in, tc.want) })
	}
}
