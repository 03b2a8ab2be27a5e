// Package events is EventBridge: rules of the default event bus, and their targets.
package events

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// Tokens of the types.
const (
	RuleToken   = "aws:cloudwatch/eventRule:EventRule"
	TargetToken = "aws:cloudwatch/eventTarget:EventTarget"
)

// Service is what the local AWS has of EventBridge.
func Service() core.Service { return core.Service{Types: []core.Type{ruleType(), targetType()}} }

// invalid is EventBridge's code for an input that breaks a constraint.
const invalid = "ValidationException"

var (
	ruleName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)
	targetID = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)
	anARN    = regexp.MustCompile(`^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$`)
)

// ruleType is a rule by a pattern of events. Schedules are not supported.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
// *sourced* (outputs of what is not set are inferred)
func ruleType() core.Type {
	return core.Type{
		Token:    RuleToken,
		Name:     &core.Autoname{Property: "name", MaxLength: 64},
		Inputs:   []string{"description", "eventPattern", "name", "tags"},
		Defaults: core.Object{"eventBusName": "default", "forceDestroy": false},
		Fills:    core.Object{"namePrefix": ""},
		ID:       "{name}",
		ARN:      "events:rule/{name}",
		InUse:    invalid, // Rule can't be deleted since it has targets.
		Same:     map[string]func(was, is any) bool{"eventPattern": core.SameJSON},
		Rules: []core.Rule{
			core.Matching(invalid, "name", ruleName, "1-64 of the characters A-Z a-z 0-9 and .-_"),
			core.AtMost(invalid, "description", 512),
			core.AtMost("LimitExceededException", "eventPattern", 2048),
			patternRule,
		},
	}
}

// targetType is whom a rule tells. What it names need not exist: EventBridge finds out when
// an event matches, as it does with a topic whose policy does not let it publish.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
// *sourced* (that targets need not exist is inferred)
func targetType() core.Type {
	const transformer = "inputTransformer"
	return core.Type{
		Token:    TargetToken,
		Inputs:   append(core.Fields(transformer, "inputPaths", "inputTemplate"), "arn", "input", "rule", "targetId"),
		Defaults: core.Object{"eventBusName": "default", "forceDestroy": false},
		ID:       "{rule}-{targetId}",
		References: []core.Reference{
			{Input: "rule", To: []string{RuleToken}, Code: "ResourceNotFoundException"},
		},
		FreeToDelete: "nothing refers to a target",
		Quotas:       []core.Quota{{Most: 5, Per: "rule", Code: "LimitExceededException", Message: "The requested resource exceeds the maximum number allowed."}},
		Rules: []core.Rule{
			core.Required(core.Unsupported, "targetId"), // a limit of the local AWS: the provider makes one up
			core.Matching(invalid, "targetId", targetID, "1-64 of the characters A-Z a-z 0-9 and .-_"),
			core.Matching(invalid, "arn", anARN, "an ARN"),
			core.NotBoth(invalid, "input", transformer),
			inputRule,
			core.InBlocks(transformer, core.AtMostItems(invalid, "inputPaths", 100), core.AtMost(invalid, "inputTemplate", 8192), templateRule),
		},
		Apply: checkRegion,
	}
}
