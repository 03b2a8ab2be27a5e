package cloudwatch

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// compositeAlarmType is an alarm on the states of others.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
func compositeAlarmType() core.Type {
	return core.Type{
		Token: CompositeAlarmToken,
		Inputs: []string{
			"actionsEnabled", "alarmActions", "alarmDescription", "alarmName", "alarmRule", "insufficientDataActions", "okActions", "tags",
		},
		Defaults:     core.Object{"actionsEnabled": true},
		ID:           "{alarmName}",
		ARN:          "cloudwatch:alarm:{alarmName}",
		FreeToDelete: "checkNoComposite refuses those of other composite alarms",
		Rules: []core.Rule{
			core.Matching(invalid, "alarmName", text255, "1-255 characters"),
			core.AtMost(invalid, "alarmDescription", 1024),
			core.AtMost(invalid, "alarmRule", 10240),
			core.Matching(core.Unsupported, "alarmRule", alarmRule, "TRUE, FALSE, or states of alarms in quotes that are joined by AND or OR"),
			core.AtMostItems(invalid, "alarmActions", 5),
			core.AtMostItems(invalid, "insufficientDataActions", 5),
			core.AtMostItems(invalid, "okActions", 5),
			core.Matching(invalid, "alarmActions", topicARN, "ARNs of topics"),
			core.Matching(invalid, "insufficientDataActions", topicARN, "ARNs of topics"),
			core.Matching(invalid, "okActions", topicARN, "ARNs of topics"),
		},
		Apply:  checkCompositeAlarm,
		Delete: checkNoComposite,
	}
}

var (
	alarmState = regexp.MustCompile(`(?:ALARM|OK|INSUFFICIENT_DATA)\("([^"]+)"\)`)
	alarmRule  = regexp.MustCompile(`^(?:TRUE|FALSE|` + alarmState.String() + `(?: (?:AND|OR) ` + alarmState.String() + `)*)$`)
	topicARN   = regexp.MustCompile(`^arn:aws:sns:[a-z0-9-]+:\d{12}:.+$`)
)

// checkCompositeAlarm refuses a rule about an alarm that is not there, and actions in
// another Region.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
// *sourced*: the words, from reports of users
func checkCompositeAlarm(t *core.Tx, id string, in core.Object) (core.Object, error) {
	for _, name := range alarmsOf(in) {
		if !AlarmExists(t, name) {
			return nil, core.Refuse(invalid, "Could not save the composite alarm as alarms [%s] in the alarm rule do not exist", name)
		}
	}
	return checkActionRegions(t, id, in)
}

// alarmsOf are the names, or ARNs, of the alarms that a composite alarm is about.
func alarmsOf(composite core.Object) []string {
	var names []string
	for _, found := range alarmState.FindAllStringSubmatch(composite.Str("alarmRule"), -1) {
		names = append(names, found[1])
	}
	return names
}

// AlarmExists tells whether there is an alarm of a name, or of an ARN.
func AlarmExists(t *core.Tx, name string) bool {
	name = name[strings.LastIndex(name, ":")+1:]
	_, metric := t.Get(MetricAlarmToken, name)
	_, composite := t.Get(CompositeAlarmToken, name)
	return metric || composite
}

// checkNoComposite refuses to delete an alarm that a composite alarm is about.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
// *sourced*, the wording inferred
func checkNoComposite(t *core.Tx, id string, state core.Object) error {
	for _, composite := range t.All(CompositeAlarmToken) {
		names := alarmsOf(composite)
		if composite.Str("id") != id && (slices.Contains(names, id) || slices.Contains(names, state.Str("arn"))) {
			return core.Refuse(invalid, "Cannot delete %s as there are composite alarm(s) depending on it.", id)
		}
	}
	return nil
}
