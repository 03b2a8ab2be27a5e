package cloud

import (
	"regexp"
	"slices"
	"strings"
)

// actionRules are the rules of the actions of listeners and rules.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
// *sourced*
func actionRules(property string) []rule {
	return []rule{
		oneActionRule(property),
		inBlocks(property,
			onlyFields("fixedResponse", "forward", "order", "redirect", "targetGroupArn", "type"),
			oneOf(unsupported, "type", "forward", "redirect", "fixed-response"),
			within("ValidationError", "order", 1, 50000),
			actionBlockRule,
			forwardTargetsRule,
		),
		inBlocks(property+".redirect",
			oneOf("ValidationError", "statusCode", "HTTP_301", "HTTP_302"),
			oneOf("ValidationError", "protocol", "HTTP", "HTTPS", "#{protocol}"),
			redirectPortRule,
			redirectPathRule,
			atMost("ValidationError", "host", 128),
			atMost("ValidationError", "path", 128),
			atMost("ValidationError", "query", 128),
			redirectLoopRule,
		),
		inBlocks(property+".fixedResponse",
			oneOf("ValidationError", "contentType",
				"text/plain", "text/css", "text/html", "application/javascript", "application/json"),
			matching("ValidationError", "statusCode", regexp.MustCompile(`^[245]\d\d$`), "a 2XX, 4XX or 5XX code"),
			atMost("ValidationError", "messageBody", 1024),
		),
		inBlocks(property+".forward", targetGroupCountRule),
		inBlocks(property+".forward.targetGroups", within("ValidationError", "weight", 0, 999)),
		inBlocks(property+".forward.stickiness", within("ValidationError", "duration", 1, 604800)),
	}
}

// oneActionRule is that requests meet one routing action. More actions than that
// only make sense with authentication, which the local AWS has no rules for.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
// *sourced*
func oneActionRule(property string) rule {
	return func(in object) *refusal {
		if n := len(in.list(property)); n > 1 {
			return invalidf("InvalidLoadBalancerAction", property,
				"must be one forward, redirect or fixed-response action, got %d", n)
		}
		return nil
	}
}

// actionBlockRule is that an action has the block of its type, and no other.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
// *sourced*
func actionBlockRule(action object) *refusal {
	fields := map[string][]string{
		"redirect":       {"redirect"},
		"fixed-response": {"fixedResponse"},
		"forward":        {"forward", "targetGroupArn"},
	}
	own, ok := fields[action.str("type")]
	if !ok {
		return nil
	}
	if !slices.ContainsFunc(own, action.has) {
		return invalidf("ValidationError", own[0], "is required with type %s", action.str("type"))
	}
	for _, key := range action.keys() {
		if key != "type" && key != "order" && !slices.Contains(own, key) {
			return invalidf("ValidationError", key, "cannot be given with type %s", action.str("type"))
		}
	}
	return nil
}

// forwardTargetsRule is that an action which names a target group in two places
// names the same.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
// *sourced*
func forwardTargetsRule(action object) *refusal {
	groups := action.object("forward").list("targetGroups")
	if !action.known("targetGroupArn") || !action.known("forward") {
		return nil
	}
	if len(groups) != 1 || action.object("forward").objects("targetGroups")[0].str("arn") != action.str("targetGroupArn") {
		return invalidf("ValidationError", "targetGroupArn", "must be the only target group of forward when both are given")
	}
	return nil
}

// targetGroupCountRule is how many target groups an action forwards to.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced* (the code is inferred)
func targetGroupCountRule(forward object) *refusal {
	if n := len(forward.list("targetGroups")); forward.known("targetGroups") && n > 5 {
		return invalidf("ValidationError", "targetGroups", "must be 1-5 target groups, got %d", n)
	}
	return nil
}

// redirectPortRule is that a redirect goes to a port or keeps the one it came to.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
// *sourced*
func redirectPortRule(redirect object) *refusal {
	port := redirect.str("port")
	if port == "" || port == "#{port}" || portNumber(port) {
		return nil
	}
	return invalidf("ValidationError", "port", "must be 1-65535 or #{port}, got %q", port)
}

// redirectPathRule is that the path of a redirect is absolute.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
// *sourced*
func redirectPathRule(redirect object) *refusal {
	if p, ok := redirect["path"].(string); ok && !strings.HasPrefix(p, "/") {
		return invalidf("ValidationError", "path", "must begin with /, got %q", p)
	}
	return nil
}

// redirectLoopRule is that a redirect changes the protocol, the port, the host or
// the path: otherwise it leads to itself.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
// *sourced*
func redirectLoopRule(redirect object) *refusal {
	same := map[string]string{"protocol": "#{protocol}", "port": "#{port}", "host": "#{host}", "path": "/#{path}"}
	for key, unchanged := range same {
		if redirect.has(key) && redirect[key] != unchanged {
			return nil
		}
	}
	return invalidf("InvalidLoadBalancerAction", "protocol",
		"must change, or port, host or path: the redirect configuration is not valid because it creates a loop")
}

// checkActions is what AWS checks of the actions of a listener or a rule against
// everything around it. listener has at least loadBalancerArn and protocol.
func checkActions(t *tx, listener object, actions []object) error {
	for _, a := range actions {
		if err := checkNoDowngrade(listener, a); err != nil {
			return err
		}
	}
	for _, arn := range forwardedTo(actions) {
		if err := checkForward(t, listener, arn); err != nil {
			return err
		}
	}
	return checkTargetGroupCount(t, listener.str("loadBalancerArn"), forwardedTo(actions))
}

// checkNoDowngrade is that HTTPS is never redirected to HTTP.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
// *sourced* (the words are inferred)
func checkNoDowngrade(listener, action object) error {
	if listener.str("protocol") == "HTTPS" && action.object("redirect").str("protocol") == "HTTP" {
		return refuse("InvalidLoadBalancerAction", "Redirecting from HTTPS to HTTP is not supported")
	}
	return nil
}

// forwardedTo are the ARNs of the target groups that actions forward to.
func forwardedTo(actions []object) []string {
	var out []string
	for _, a := range actions {
		if arn := a.str("targetGroupArn"); arn != "" {
			out = append(out, arn)
		}
		for _, g := range a.object("forward").objects("targetGroups") {
			out = append(out, g.str("arn"))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// checkForward is that a listener can forward to a target group: it exists, in
// the load balancer's VPC, belongs to no other load balancer, and where it speaks
// HTTP/2 or gRPC the listener speaks HTTPS.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced* (the words about VPC and protocol are inferred)
func checkForward(t *tx, listener object, arn string) error {
	group, ok := t.get(targetGroupToken, arn)
	if !ok {
		return refuse("TargetGroupNotFound", "One or more target groups not found: '%s'", arn)
	}
	balancer, _ := t.get(loadBalancerToken, listener.str("loadBalancerArn"))
	if group.str("vpcId") != balancer.str("vpcId") {
		return refuse("InvalidConfigurationRequest", "The target group '%s' is in the VPC '%s', its load balancer in '%s'",
			arn, group.str("vpcId"), balancer.str("vpcId"))
	}
	for _, other := range balancersOf(t, arn) {
		if other != balancer.str("id") {
			return refuse("TargetGroupAssociationLimit",
				"The following target groups cannot be associated with more than one load balancer: %s", arn)
		}
	}
	if v := group.str("protocolVersion"); v != "HTTP1" && listener.str("protocol") != "HTTPS" {
		return refuse("InvalidConfigurationRequest",
			"Listener protocol '%s' is not supported with a target group with the protocol-version '%s': it must be HTTPS",
			listener.str("protocol"), v)
	}
	return nil
}

// checkTargetGroupCount is how many target groups a load balancer forwards to.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced*
func checkTargetGroupCount(t *tx, balancer string, more []string) error {
	all := slices.Clone(more)
	for _, g := range t.all(targetGroupToken) {
		if slices.Contains(balancersOf(t, g.str("id")), balancer) {
			all = append(all, g.str("id"))
		}
	}
	slices.Sort(all)
	if len(slices.Compact(all)) > 100 {
		return refuse("TooManyUniqueTargetGroupsPerLoadBalancer",
			"The maximum number of unique target groups per load balancer has been reached: 100")
	}
	return nil
}
