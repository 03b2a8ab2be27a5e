package elb

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// listenerRuleType is a rule of a listener. Its ARN continues that of the listener.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// *sourced*
func listenerRuleType() core.Type {
	return core.Type{
		Token: ListenerRuleToken,
		Inputs: append(actionInputs("actions"),
			"conditions.hostHeader.values", "conditions.httpHeader.httpHeaderName", "conditions.httpHeader.values",
			"conditions.httpRequestMethod.values", "conditions.pathPattern.values", "conditions.queryStrings.key",
			"conditions.queryStrings.value", "conditions.sourceIp.values", "listenerArn", "priority", "tags"),
		Keeps: []string{"priority"},
		Fills: core.Object{"arn": "{id}"},
		NewID: func(t *core.Tx, in core.Object) (string, error) {
			return childARN(t, in.Str("listenerArn"), "listener", "listener-rule"), nil
		},
		References: append(targetReferences("actions"),
			core.Reference{Input: "listenerArn", To: []string{ListenerToken}, Code: "ListenerNotFound", Cascades: true}),
		FreeToDelete: "nothing refers to a rule",
		Unique: []core.Unique{{Inputs: []string{"listenerArn", "priority"}, Code: "PriorityInUse",
			Message: "Priority '{priority}' is currently in use"}},
		Rules: append(actionRules("actions"),
			core.Within(invalid, "priority", 1, 50000),
			kindsRule,
			conditionValuesRule,
			wildcardsRule,
			core.InBlocks("conditions.hostHeader",
				core.Matching(invalid, "values", regexp.MustCompile(`^[A-Za-z0-9.*?-]{1,128}$`), "1-128 letters, digits and -.*?"),
				core.Matching(invalid, "values", regexp.MustCompile(`\.[A-Za-z]+$`), "names with only letters after the last dot")),
			core.InBlocks("conditions.pathPattern", core.Matching(invalid, "values",
				regexp.MustCompile("^[A-Za-z0-9_.$/~\"'@:+&*?-]{1,128}$"), "1-128 letters, digits and _-.$/~\"'@:+&*?")),
			core.InBlocks("conditions.httpHeader", headerRule, core.Matching(invalid, "httpHeaderName",
				regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$"), "1-40 characters of a header's name")),
			core.InBlocks("conditions.httpRequestMethod", core.Matching(invalid, "values",
				regexp.MustCompile(`^[A-Z_-]{1,40}$`), "1-40 of the characters A-Z, - and _")),
			core.InBlocks("conditions.sourceIp", sourceRangeRule),
			core.InBlocks("conditions.queryStrings", core.AtMost(invalid, "key", 128), core.AtMost(invalid, "value", 128))),
		Create: createListenerRule,
		Update: updateListenerRule,
	}
}

// createListenerRule limits the rules of a load balancer, the default ones not counted.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced*
func createListenerRule(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	listener, _ := t.Get(ListenerToken, in.Str("listenerArn"))
	loadBalancer := listener.Str("loadBalancerArn")
	if len(partsOf(t, ListenerRuleToken, loadBalancer)) >= 100 {
		return nil, core.Refuse("TooManyRules", "The maximum number of rules for load balancer '%s' has been reached: 100", loadBalancer)
	}
	out := core.Object{}
	if !in.Has("priority") {
		out["priority"] = nextPriority(t, listener.Str("id"))
	}
	return out, checkActions(t, listener, in, "actions")
}

func updateListenerRule(t *core.Tx, _ string, _, in core.Object) (core.Object, error) {
	listener, _ := t.Get(ListenerToken, in.Str("listenerArn"))
	return nil, checkActions(t, listener, in, "actions")
}

// nextPriority is the priority that the real provider gives a rule without one:
// the one after the last.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/lb/listenerrule/
// *sourced*
func nextPriority(t *core.Tx, listener string) float64 {
	last := 0
	for _, r := range t.Where(ListenerRuleToken, "listenerArn", listener) {
		last = max(last, r.Int("priority"))
	}
	return float64(last + 1)
}
