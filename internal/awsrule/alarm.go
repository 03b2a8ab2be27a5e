package awsrule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/fault"
)

// maxAlarmActions is how many actions an alarm may have for each of its states:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
const maxAlarmActions = 5

var topicARN = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)

// AlarmTopics refuses what is no topic that an alarm can tell: FIFO topics have a dot
// in their names, and alarms cannot publish to them.
func AlarmTopics(l *fault.List, path string, arns []string) {
	count := map[string]int{}
	for _, arn := range arns {
		count[TopicRegion(arn)]++
	}
	for _, n := range count {
		if n > maxAlarmActions {
			l.Addf(path, "must be at most %d topics of a Region, got %d", maxAlarmActions, n)
		}
	}
	checkEach(l, path, arns, func(arn string) error {
		return unless(topicARN.MatchString(arn), "must be the ARN of a standard SNS topic such as %q, got %q",
			"arn:aws:sns:us-east-1:123456789012:oncall", arn)
	})
}

// TopicRegion is the Region in the ARN of a topic; "" if it has none.
func TopicRegion(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 3 {
		return parts[3]
	}
	return ""
}

// TopicsIn refuses alarms of a Region that have no topic there: the actions of an alarm are
// in its own Region. because says what the alarms are about.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func TopicsIn(region, because string, arns []string) error {
	has := slices.ContainsFunc(arns, func(arn string) bool { return TopicRegion(arn) == region })
	return unless(has, "must have a topic in %s, where %s, got %q; an alarm tells topics of its own Region only: add one of %s",
		region, because, arns, region)
}

var emailAddress = regexp.MustCompile(`^[^\s@[:cntrl:]]+@[^\s@[:cntrl:]]+\.[^\s@[:cntrl:]]+$`)

// EmailAddresses refuses what are no e-mail addresses, and one that is there twice.
func EmailAddresses(l *fault.List, path string, addresses []string) {
	checkEach(l, path, addresses, EmailAddress)
}

// EmailAddress refuses what is no e-mail address.
func EmailAddress(address string) error {
	return unless(emailAddress.MatchString(address), "must be an e-mail address such as %q, got %q", "oncall@example.com", address)
}

// AlarmThreshold refuses a threshold that is out of range; 0 is that of an alarm that is not
// made.
func AlarmThreshold(n, most int, unit string) error {
	if err := Between(n, 0, most, unit); err != nil {
		return fmt.Errorf("%w; 0 makes no such alarm", err)
	}
	return nil
}
