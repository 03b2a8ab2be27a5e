package iampolicy

import "strings"

// AlarmTopic is the policy of a topic that alarms of its account and Region may tell, and
// EventBridge's rules. AWS shows no condition for EventBridge, which has not always sent
// what one could be about.
// https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
func AlarmTopic(arn string) Document {
	publish := func(service string, when Condition) Statement {
		return Statement{
			Principal: map[string]string{"Service": service}, Action: []string{"sns:Publish"}, Resource: []string{arn}, Condition: when,
		}
	}
	// arn:aws:sns:region:account:name
	parts := strings.SplitN(arn, ":", 6)
	alarms := strings.Join([]string{parts[0], parts[1], "cloudwatch", parts[3], parts[4], "alarm:*"}, ":")
	return Document{
		publish("cloudwatch.amazonaws.com", Condition{"ArnLike": {"aws:SourceArn": {alarms}}}),
		publish("events.amazonaws.com", nil),
	}
}
