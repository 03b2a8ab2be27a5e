package awsrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestAlarmTopics(t *testing.T) {
	const topic = "arn:aws:sns:us-east-1:123456789012:oncall"
	for _, c := range []struct {
		name   string
		topics []string
		want   string
	}{
		{"none", nil, ""},
		{"one", []string{topic}, ""},
		{"six", []string{topic + "1", topic + "2", topic + "3", topic + "4", topic + "5", topic + "6"}, "topics: must be at most 5 topics of a Region, got 6"},
		{"five of each Region", []string{
			topic + "1", topic + "2", topic + "3", topic + "4", topic + "5", "arn:aws:sns:eu-west-1:123456789012:oncall",
		}, ""},
		{"twice", []string{topic, topic}, "topics[1]: is a duplicate of"},
		{"a name", []string{topic, "oncall"}, `topics[1]: must be the ARN of a standard SNS topic such as "` + topic + `", got "oncall"`},
		{"FIFO", []string{topic + ".fifo"}, "topics[0]: must be the ARN of a standard SNS topic"},
		{"a queue", []string{"arn:aws:sqs:us-east-1:123456789012:q"}, "topics[0]: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := fault.New("X", "x")
			awsrule.AlarmTopics(l, "topics", c.topics)
			if c.want == "" {
				assert.NoError(t, l.Err())
				return
			}
			assert.ErrorContains(t, l.Err(), c.want)
		})
	}
}

func TestTopicsIn(t *testing.T) {
	topics := []string{"arn:aws:sns:us-east-1:123456789012:oncall"}
	assert.NoError(t, awsrule.TopicsIn("us-east-1", "CloudFront has its metrics", topics))
	assert.EqualError(t, awsrule.TopicsIn("eu-west-1", "the load balancer is", topics),
		`must have a topic in eu-west-1, where the load balancer is, got ["arn:aws:sns:us-east-1:123456789012:oncall"]; `+
			`an alarm tells topics of its own Region only: add one of eu-west-1`)
	assert.Empty(t, awsrule.TopicRegion("oncall"))
}

func TestEmailAddress(t *testing.T) {
	assert.NoError(t, awsrule.EmailAddress("on.call+web@example.co.jp"))
	for _, bad := range []string{"", "oncall", "oncall@example", "on call@example.com", "a@b@example.com"} {
		assert.ErrorContains(t, awsrule.EmailAddress(bad), "must be an e-mail address", bad)
	}
}

func TestAlarmThreshold(t *testing.T) {
	assert.NoError(t, awsrule.AlarmThreshold(0, 100, "%"))
	assert.EqualError(t, awsrule.AlarmThreshold(101, 100, "%"), "must be 0-100 %, got 101; 0 makes no such alarm")
	assert.Error(t, awsrule.AlarmThreshold(-1, 100, ""))
}
