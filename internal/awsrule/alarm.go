package awsrule

import (
	"fmt"
	"regexp"

	"github.com/portico-iac/portico/internal/fault"
)

// maxAlarmActions is how many actions an alarm may have for each of its states:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
const maxAlarmActions = 5

var topicARN = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)

// AlarmTopics refuses what is no topic that an alarm can tell: FIFO topics have a dot
// in their names, and alarms cannot publish to them.
func AlarmTopics(l *fault.List, path string, arns []string) {
	if len(arns) > maxAlarmActions {
		l.Addf(path, "must be at most %d topics, got %d", maxAlarmActions, len(arns))
	}
	for i, arn := range arns {
		if !topicARN.MatchString(arn) {
			l.Check(fault.Index(path, i), fmt.Errorf("must be the ARN of a standard SNS topic such as %q, got %q",
				"arn:aws:sns:us-east-1:123456789012:oncall", arn))
		}
	}
}
