package cloud

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
)

// listenerRuleKind is a rule of a listener.
func listenerRuleKind() kind {
	return kind{
		token:    listenerRuleToken,
		inputs:   lb.ListenerRuleArgs{}.ElementType(),
		state:    reflect.TypeOf(lb.ListenerRule{}),
		required: []string{"actions", "conditions"},
		changes: map[string]change{
			"actions":     updatesSetOnly, // one action, whose target groups are a set
			"conditions":  updatesSetOnly,
			"listenerArn": replaces,
			"priority":    updates,
			"tags":        updates,
		},
		keeps: []string{"priority"},
		rules: append(append([]rule{
			priorityRule,
		}, conditionRules()...), actionRules("actions")...),
		create: createListenerRule,
		update: updateListenerRule,
	}
}

// priorityRule is the range of priorities; the default action comes after them.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
// *sourced*
func priorityRule(in object) *refusal {
	return within("ValidationError", "priority", 1, 50000)(in)
}

func createListenerRule(t *tx, in object) (string, object, error) {
	listener, err := t.mustExist(listenerToken, in.str("listenerArn"), "ListenerNotFound")
	if err != nil {
		return "", nil, err
	}
	if err := checkRuleCount(t, listener.str("loadBalancerArn")); err != nil {
		return "", nil, err
	}
	priority := in.integer("priority")
	if !in.has("priority") {
		priority = nextPriority(t, listener.str("id"))
	}
	if err := checkPriorityFree(t, "", listener.str("id"), priority); err != nil {
		return "", nil, err
	}
	if err := checkActions(t, listener, in.objects("actions")); err != nil {
		return "", nil, err
	}
	arn := childArn(t, listener.str("id"), "listener", "listener-rule")
	return arn, object{"arn": arn, "priority": float64(priority)}, nil
}

func updateListenerRule(t *tx, id string, old, in object) (object, error) {
	listener, err := t.mustExist(listenerToken, old.str("listenerArn"), "ListenerNotFound")
	if err != nil {
		return nil, err
	}
	in = old.with(in)
	if err := checkPriorityFree(t, id, listener.str("id"), in.integer("priority")); err != nil {
		return nil, err
	}
	return nil, checkActions(t, listener, in.objects("actions"))
}

// checkRuleCount is how many rules a load balancer has, the default ones not
// counted.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced*
func checkRuleCount(t *tx, balancer string) error {
	count := 0
	for _, l := range t.where(listenerToken, "loadBalancerArn", balancer) {
		count += len(t.where(listenerRuleToken, "listenerArn", l.str("id")))
	}
	if count >= 100 {
		return refuse("TooManyRules", "The maximum number of rules for load balancer '%s' has been reached: 100", balancer)
	}
	return nil
}

// checkPriorityFree is that no two rules of a listener have one priority.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
// *sourced*
func checkPriorityFree(t *tx, id, listener string, priority int) error {
	for _, r := range t.where(listenerRuleToken, "listenerArn", listener) {
		if r.str("id") != id && r.integer("priority") == priority {
			return refuse("PriorityInUse", "Priority '%d' is currently in use", priority)
		}
	}
	return nil
}

// nextPriority is the priority that the real provider gives a rule without one:
// the one after the last.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/lb/listenerrule/
// *sourced*
func nextPriority(t *tx, listener string) int {
	last := 0
	for _, r := range t.where(listenerRuleToken, "listenerArn", listener) {
		last = max(last, r.integer("priority"))
	}
	return last + 1
}
