package elb

import (
	"regexp"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// actionInputs are the fields of actions that have rules here. property is
// defaultActions of a listener or actions of a rule.
func actionInputs(property string) []string {
	return core.Fields(property,
		"fixedResponse.contentType", "fixedResponse.messageBody", "fixedResponse.statusCode",
		"forward.stickiness.duration", "forward.stickiness.enabled", "forward.targetGroups.arn", "forward.targetGroups.weight",
		"order", "redirect.host", "redirect.path", "redirect.port", "redirect.protocol", "redirect.query",
		"redirect.statusCode", "targetGroupArn", "type")
}

// targetPaths are the inputs by which actions name target groups.
func targetPaths(property string) []string {
	return core.Fields(property, "targetGroupArn", "forward.targetGroups.arn")
}

// targetReferences are the references of actions to target groups.
func targetReferences(property string) []core.Reference {
	var out []core.Reference
	for _, path := range targetPaths(property) {
		out = append(out, core.Reference{Input: path, To: []string{TargetGroupToken}, Code: "TargetGroupNotFound"})
	}
	return out
}

// actionRules are the rules of the actions of listeners and rules.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
// *sourced*
func actionRules(property string) []core.Rule {
	return []core.Rule{
		// More than one makes sense only with authentication, which has no rules here.
		// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
		core.AtMostItems("InvalidLoadBalancerAction", property, 1),
		core.InBlocks(property,
			core.OneOf(core.Unsupported, "type", "forward", "redirect", "fixed-response"),
			core.Within(invalid, "order", 1, 50000),
			actionBlockRule,
		),
		core.InBlocks(property+".redirect",
			core.OneOf(invalid, "statusCode", "HTTP_301", "HTTP_302"),
			core.OneOf(invalid, "protocol", "HTTP", "HTTPS", "#{protocol}"),
			portOr("#{port}"),
			core.Matching(invalid, "path", regexp.MustCompile(`^/`), "a path that begins with /"),
			core.AtMost(invalid, "host", 128),
			core.AtMost(invalid, "path", 128),
			core.AtMost(invalid, "query", 128),
			redirectLoopRule,
		),
		core.InBlocks(property+".fixedResponse",
			// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html
			core.Required(invalid, "statusCode"),
			core.OneOf(invalid, "contentType",
				"text/plain", "text/css", "text/html", "application/javascript", "application/json"),
			core.Matching(invalid, "statusCode", regexp.MustCompile(`^[245]\d\d$`), "a 2XX, 4XX or 5XX code"),
			core.AtMost(invalid, "messageBody", 1024),
		),
		// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
		// (the code is inferred)
		core.InBlocks(property+".forward", core.AtMostItems(invalid, "targetGroups", 5)),
		core.InBlocks(property+".forward.targetGroups", core.Within(invalid, "weight", 0, 999)),
		core.InBlocks(property+".forward.stickiness", core.Within(invalid, "duration", 1, 604800)),
	}
}

// actionBlockRule requires that an action has the block of its type and no other, and
// that it names the same target group where it names one in two places.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
// *sourced*
func actionBlockRule(action core.Object) *core.Refusal {
	fields := map[string][]string{
		"redirect":       {"redirect"},
		"fixed-response": {"fixedResponse"},
		"forward":        {"forward", "targetGroupArn"},
	}
	own, ok := fields[action.Str("type")]
	if !ok {
		return nil
	}
	if !slices.ContainsFunc(own, action.Has) {
		return core.Invalid(invalid, own[0], "is required with type %s", action.Str("type"))
	}
	for _, key := range action.Keys() {
		if key != "type" && key != "order" && !slices.Contains(own, key) {
			return core.Invalid(invalid, key, "cannot be given with type %s", action.Str("type"))
		}
	}
	groups := action.StrsAt("forward.targetGroups.arn")
	if action.Known("targetGroupArn") && action.Known("forward") && !slices.Equal(groups, action.StrsAt("targetGroupArn")) {
		return core.Invalid(invalid, "targetGroupArn", "must be the only target group of forward when both are given")
	}
	return nil
}

// redirectLoopRule requires that a redirect changes the protocol, port, host or path.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
// *sourced*
func redirectLoopRule(redirect core.Object) *core.Refusal {
	same := map[string]string{"protocol": "#{protocol}", "port": "#{port}", "host": "#{host}", "path": "/#{path}"}
	for key, unchanged := range same {
		if redirect.Has(key) && redirect[key] != unchanged {
			return nil
		}
	}
	return core.Invalid("InvalidLoadBalancerAction", "protocol",
		"must change, or port, host or path: the redirect configuration is not valid because it creates a loop")
}
