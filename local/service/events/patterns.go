package events

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// patternRule requires an event pattern, whose values are lists or objects of such.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html
func patternRule(in core.Object) *core.Refusal {
	if !in.Known("eventPattern") {
		if in.Pending("eventPattern") {
			return nil
		}
		return core.Invalid(invalid, "eventPattern", "or scheduleExpression is required") // schedules are a limit of the local AWS
	}
	var pattern map[string]any
	if err := json.Unmarshal([]byte(in.Str("eventPattern")), &pattern); err != nil {
		return core.Invalid("InvalidEventPatternException", "eventPattern", "is not valid. Reason: %v", err)
	}
	if path := notAList(pattern); path != "" {
		return core.Invalid("InvalidEventPatternException", "eventPattern", "is not valid. Reason: %q must be an object or an array", path)
	}
	return nil
}

// notAList is the path of a value of a pattern that is neither a list nor an object;
// "" for none.
func notAList(pattern map[string]any) string {
	for key, value := range pattern {
		switch v := value.(type) {
		case []any:
			if len(v) == 0 {
				return key
			}
		case map[string]any:
			if path := notAList(v); path != "" {
				return key + "." + path
			}
		default:
			return key
		}
	}
	return ""
}

// inputRule requires the text for a target to be JSON.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
func inputRule(in core.Object) *core.Refusal {
	if in.Known("input") && !json.Valid([]byte(in.Str("input"))) {
		return core.Invalid(invalid, "input", "must be JSON")
	}
	return nil
}

var (
	variable = regexp.MustCompile(`<([A-Za-z0-9_.-]+)>`)
	jsonPath = regexp.MustCompile(`^\$(\.[A-Za-z0-9_-]+|\[\d+\]|\['[^']+'\])*$`)
)

// templateRule requires a template to be a text in quotes or JSON, with no other variables
// than those of its paths and those of EventBridge.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
func templateRule(transformer core.Object) *core.Refusal {
	paths := transformer.Block("inputPaths")
	for name := range paths {
		if path := paths.Str(name); paths.Known(name) && !jsonPath.MatchString(path) {
			return core.Invalid(invalid, "inputPaths", "must be JSON paths, got %q", path)
		}
	}
	if !transformer.Known("inputTemplate") || transformer.Pending("inputPaths") {
		return nil
	}
	template := transformer.Str("inputTemplate")
	for _, found := range variable.FindAllStringSubmatch(template, -1) {
		if !paths.Has(found[1]) && !strings.HasPrefix(found[1], "aws.events.") {
			return core.Invalid(invalid, "inputTemplate", "InputTemplate for target contains placeholder %q which is not in inputPaths", found[1])
		}
	}
	if !json.Valid([]byte(variable.ReplaceAllString(template, "0"))) {
		return core.Invalid(invalid, "inputTemplate", "must be a text in quotes or JSON")
	}
	return nil
}

// checkRegion refuses a topic in another Region than the rule.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
// *inferred*: the words
func checkRegion(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	arn := strings.Split(in.Str("arn"), ":")
	if arn[2] == "sns" && arn[3] != t.Region() {
		return nil, core.Refuse(invalid, "Provided Arn is not in correct format or Region. Parameter: %s", in.Str("arn"))
	}
	return nil, nil
}
