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
		{"six", []string{topic, topic, topic, topic, topic, topic}, "topics: must be at most 5 topics, got 6"},
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
