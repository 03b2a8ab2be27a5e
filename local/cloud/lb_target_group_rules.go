package cloud

import (
	"regexp"
	"strconv"
	"strings"
)

// targetGroupRules are the rules of a target group but for its health check.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func targetGroupRules() []rule {
	return []rule{
		elbNameRule,
		within("ValidationError", "port", 1, 65535),
		oneOf(unsupported, "protocol", "HTTP", "HTTPS"),
		oneOf(unsupported, "targetType", "instance", "ip"),
		oneOf("ValidationError", "protocolVersion", "HTTP1", "HTTP2", "GRPC"),
		oneOf("ValidationError", "ipAddressType", "ipv4", "ipv6"),
		oneOf("ValidationError", "loadBalancingAlgorithmType",
			"round_robin", "least_outstanding_requests", "weighted_random"),
		oneOf("ValidationError", "loadBalancingAnomalyMitigation", "on", "off"),
		oneOf("ValidationError", "loadBalancingCrossZoneEnabled", "true", "false", "use_load_balancer_configuration"),
		ipv6TargetsRule,
		anomalyMitigationRule,
		deregistrationDelayRule,
		slowStartRule,
		stickinessRule,
	}
}

// ipv6TargetsRule is that only targets given by address can be IPv6.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
// *sourced* for the provider, which has ipAddressType for target type ip only
func ipv6TargetsRule(in object) *refusal {
	if in.str("ipAddressType") == "ipv6" && in.str("targetType") != "ip" {
		return invalidf("ValidationError", "ipAddressType", "can be ipv6 only with targetType ip, got %q", in.str("targetType"))
	}
	return nil
}

// anomalyMitigationRule is that anomaly mitigation needs the algorithm
// weighted_random.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func anomalyMitigationRule(in object) *refusal {
	if in.str("loadBalancingAnomalyMitigation") == "on" && in.str("loadBalancingAlgorithmType") != "weighted_random" {
		return invalidf("InvalidConfigurationRequest", "loadBalancingAnomalyMitigation",
			"can be on only with loadBalancingAlgorithmType weighted_random")
	}
	return nil
}

// deregistrationDelayRule is how long a target may finish its requests.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func deregistrationDelayRule(in object) *refusal {
	return within("ValidationError", "deregistrationDelay", 0, 3600)(in)
}

// slowStartRule is how long a new target's share may grow: 0 for not at all, and
// with the algorithm round_robin only.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func slowStartRule(in object) *refusal {
	n, ok := in.num("slowStart")
	if !ok || n == 0 {
		return nil
	}
	if n < 30 || n > 900 {
		return invalidf("ValidationError", "slowStart", "must be 0 or 30-900 seconds, got %v", n)
	}
	if a := in.str("loadBalancingAlgorithmType"); a != "" && a != "round_robin" {
		return invalidf("InvalidConfigurationRequest", "slowStart", "needs loadBalancingAlgorithmType round_robin, got %q", a)
	}
	return nil
}

// stickinessRule is how clients are bound to targets.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func stickinessRule(in object) *refusal {
	return inBlocks("stickiness",
		oneOf("ValidationError", "type", "lb_cookie", "app_cookie"),
		within("ValidationError", "cookieDuration", 1, 604800),
		cookieNameRule,
	)(in)
}

// cookieNameRule is that an application cookie has a name, which is none of the
// load balancer's own.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func cookieNameRule(stickiness object) *refusal {
	name := stickiness.str("cookieName")
	if stickiness.str("type") == "app_cookie" && !stickiness.has("cookieName") {
		return invalidf("ValidationError", "cookieName", "is required with type app_cookie")
	}
	if strings.HasPrefix(name, "AWSALB") {
		return invalidf("ValidationError", "cookieName", "must not begin with AWSALB, got %q", name)
	}
	return nil
}

// healthCheckRules are the rules of the block healthCheck.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func healthCheckRules() []rule {
	return []rule{
		inBlocks("healthCheck",
			oneOf("ValidationError", "protocol", "HTTP", "HTTPS"),
			within("ValidationError", "interval", 5, 300),
			within("ValidationError", "timeout", 2, 120),
			within("ValidationError", "healthyThreshold", 2, 10),
			within("ValidationError", "unhealthyThreshold", 2, 10),
			atMost("ValidationError", "path", 1024),
			matching("ValidationError", "path", regexp.MustCompile(`^/`), "a path that begins with /"),
			healthCheckPortRule,
			healthCheckEnabledRule,
		),
		timeoutBelowIntervalRule,
		matcherRule,
	}
}

// healthCheckPortRule is that a health check goes to the target's port or to one
// given.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// *sourced*
func healthCheckPortRule(check object) *refusal {
	port := check.str("port")
	if port == "" || port == "traffic-port" || portNumber(port) {
		return nil
	}
	return invalidf("ValidationError", "port", "must be traffic-port or 1-65535, got %q", port)
}

// healthCheckEnabledRule is that targets which are instances or addresses are
// always checked.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func healthCheckEnabledRule(check object) *refusal {
	if enabled, ok := check["enabled"].(bool); ok && !enabled {
		return invalidf("ValidationError", "enabled", "must be true for the target types instance and ip")
	}
	return nil
}

// timeoutBelowIntervalRule is that a health check ends before the next begins.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// *inferred*: the page gives the ranges, the API refuses the rest
func timeoutBelowIntervalRule(in object) *refusal {
	given := in.object("healthCheck")
	if given.has("timeout") && !given.known("timeout") || given.has("interval") && !given.known("interval") {
		return nil
	}
	check := effectiveHealthCheck(in)
	if timeout, interval := check.integer("timeout"), check.integer("interval"); timeout >= interval {
		return invalidf("ValidationError", "healthCheck.timeout",
			"must be smaller than the interval: timeout is %d s, interval is %d s", timeout, interval)
	}
	return nil
}

// matcherRule is which codes count as healthy: HTTP 200-499, gRPC 0-99.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// *sourced*
func matcherRule(in object) *refusal {
	matcher, ok := in.object("healthCheck")["matcher"].(string)
	if !ok {
		return nil
	}
	least, most := 200, 499
	if in.str("protocolVersion") == "GRPC" {
		least, most = 0, 99
	}
	for _, part := range strings.Split(matcher, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, errFrom := strconv.Atoi(first)
		to, errTo := strconv.Atoi(last)
		if errFrom != nil || errTo != nil || from < least || to > most || from > to {
			return invalidf("ValidationError", "healthCheck.matcher",
				"must be codes or ranges of codes in %d-%d, separated by commas, got %q", least, most, matcher)
		}
	}
	return nil
}

// portNumber tells whether a string is a port.
func portNumber(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1 && n <= 65535
}
