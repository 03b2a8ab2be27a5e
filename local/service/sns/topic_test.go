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

func TestSubscription(t *testing.T) {
	c := cloudtest.New(t)
	topic, _ := c.Create(sns.TopicToken, "oncall", core.Object{})
	in := core.Object{"topic": topic, "protocol": "email", "endpoint": "oncall@example.com"}
	id, state := c.Create(sns.SubscriptionToken, "x", in)
	assert.Regexp(t, "^"+topic+":[0-9a-f]{32}$", id)
	assert.Equal(t, id, state.Str("arn"))
	assert.True(t, state.Bool("pendingConfirmation"), "nobody follows the link in the mail")
	assert.Equal(t, []string{"endpoint"}, c.ChangeOf(sns.SubscriptionToken, id, in.With(core.Object{"endpoint": "web@example.com"})).Replaces)
	c.Refused(sns.SubscriptionToken, "x", in.With(core.Object{"topic": topic + "x"}), "NotFound")
	c.Refused(sns.SubscriptionToken, "x", in.With(core.Object{"endpoint": "oncall"}), "endpoint must be an e-mail address")
	c.Refused(sns.SubscriptionToken, "x", in.With(core.Object{"protocol": "sms"}), core.Unsupported)
	c.Delete(sns.TopicToken, topic)
	assert.Nil(t, c.State(sns.SubscriptionToken, id), "subscriptions go with their topic")
	c.IsSeed()
}

func TestTopicPolicy(t *testing.T) {
	c := cloudtest.New(t)
	topic, _ := c.Create(sns.TopicToken, "oncall", core.Object{})
	policy := func(principal, action, resource string) core.Object {
		return core.Object{"arn": topic, "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow"` + principal +
			`,"Action":"` + action + `","Resource":"` + resource + `"}]}`}
	}
	const events = `,"Principal":{"Service":"events.amazonaws.com"}`
	c.Refused(sns.TopicPolicyToken, "x", policy(events, "sns:Publish", topic+"x"), "Policy statement resource must be the topic "+topic)
	c.Refused(sns.TopicPolicyToken, "x", policy(events, "sqs:SendMessage", topic), "out of service scope: sqs:SendMessage")
	c.Refused(sns.TopicPolicyToken, "x", policy("", "sns:Publish", topic), "Missing required field Principal")
	id, state := c.Create(sns.TopicPolicyToken, "x", policy(events, "sns:Publish", topic))
	assert.Equal(t, topic, id)
	assert.Equal(t, "123456789012", state.Str("owner"))
	c.Refused(sns.TopicPolicyToken, "y", policy(events, "sns:Publish", topic), "is taken")
	c.Delete(sns.TopicPolicyToken, id)
	c.Delete(sns.TopicToken, topic)
	c.IsSeed()
}
