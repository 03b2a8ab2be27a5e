package elb

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// targetGroupRules are the rules of a target group except its health check.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func targetGroupRules() []core.Rule {
	return []core.Rule{
		elbNameRule,
		core.Within("ValidationError", "port", 1, 65535),
		core.OneOf(core.Unsupported, "protocol", "HTTP", "HTTPS"),
		core.OneOf(core.Unsupported, "targetType", "instance", "ip"),
		core.OneOf("ValidationError", "protocolVersion", "HTTP1", "HTTP2", "GRPC"),
		core.OneOf("ValidationError", "ipAddressType", "ipv4", "ipv6"),
		core.OneOf("ValidationError", "loadBalancingAlgorithmType",
			"round_robin", "least_outstanding_requests", "weighted_random"),
		core.OneOf("ValidationError", "loadBalancingAnomalyMitigation", "on", "off"),
		core.OneOf("ValidationError", "loadBalancingCrossZoneEnabled", "true", "false", "use_load_balancer_configuration"),
		ipv6TargetsRule,
		anomalyMitigationRule,
		deregistrationDelayRule,
		slowStartRule,
		stickinessRule,
	}
}

// ipv6TargetsRule refuses IPv6 targets that are not given by address.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
// *sourced* for the provider, which has ipAddressType for target type ip only
func ipv6TargetsRule(in core.Object) *core.Refusal {
	if in.Pending("targetType") || in.Str("ipAddressType") != "ipv6" || in.Str("targetType") == "ip" {
		return nil
	}
	return core.Invalid("ValidationError", "ipAddressType", "can be ipv6 only with targetType ip, got %q", in.Str("targetType"))
}

// anomalyMitigationRule refuses anomaly mitigation without the algorithm
// weighted_random.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func anomalyMitigationRule(in core.Object) *core.Refusal {
	algorithm := "loadBalancingAlgorithmType"
	if in.Pending(algorithm) || in.Str("loadBalancingAnomalyMitigation") != "on" || in.Str(algorithm) == "weighted_random" {
		return nil
	}
	return core.Invalid("InvalidConfigurationRequest", "loadBalancingAnomalyMitigation",
		"can be on only with loadBalancingAlgorithmType weighted_random")
}

// deregistrationDelayRule limits how long a deregistered target may finish its
// requests.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func deregistrationDelayRule(in core.Object) *core.Refusal {
	return core.Within("ValidationError", "deregistrationDelay", 0, 3600)(in)
}

// slowStartRule limits how long the share of a new target grows: 0 for not at all.
// Only the algorithm round_robin has a slow start.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func slowStartRule(in core.Object) *core.Refusal {
	n, ok := in.Num("slowStart")
	if !ok || n == 0 {
		return nil
	}
	if n < 30 || n > 900 {
		return core.Invalid("ValidationError", "slowStart", "must be 0 or 30-900 seconds, got %v", n)
	}
	if a := in.Str("loadBalancingAlgorithmType"); a != "" && a != "round_robin" {
		return core.Invalid("InvalidConfigurationRequest", "slowStart", "needs loadBalancingAlgorithmType round_robin, got %q", a)
	}
	return nil
}

// stickinessRule is the form of sticky sessions.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func stickinessRule(in core.Object) *core.Refusal {
	return core.InBlocks("stickiness",
		core.OneOf("ValidationError", "type", "lb_cookie", "app_cookie"),
		core.Within("ValidationError", "cookieDuration", 1, 604800),
		cookieNameRule,
	)(in)
}

// cookieNameRule requires the name of an application cookie, and refuses those of the
// load balancer's own cookies.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func cookieNameRule(stickiness core.Object) *core.Refusal {
	name := stickiness.Str("cookieName")
	if stickiness.Str("type") == "app_cookie" && !stickiness.Has("cookieName") {
		return core.Invalid("ValidationError", "cookieName", "is required with type app_cookie")
	}
	if strings.HasPrefix(name, "AWSALB") {
		return core.Invalid("ValidationError", "cookieName", "must not begin with AWSALB, got %q", name)
	}
	return nil
}

// healthCheckRules are the rules of the block healthCheck.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func healthCheckRules() []core.Rule {
	return []core.Rule{
		core.InBlocks("healthCheck",
			core.OneOf("ValidationError", "protocol", "HTTP", "HTTPS"),
			core.Within("ValidationError", "interval", 5, 300),
			core.Within("ValidationError", "timeout", 2, 120),
			core.Within("ValidationError", "healthyThreshold", 2, 10),
			core.Within("ValidationError", "unhealthyThreshold", 2, 10),
			core.AtMost("ValidationError", "path", 1024),
			core.Matching("ValidationError", "path", regexp.MustCompile(`^/`), "a path that begins with /"),
			healthCheckPortRule,
			healthCheckEnabledRule,
		),
		timeoutBelowIntervalRule,
		matcherRule,
	}
}

// healthCheckPortRule is the form of the port of a health check.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// *sourced*
func healthCheckPortRule(check core.Object) *core.Refusal {
	port := check.Str("port")
	if port == "" || port == "traffic-port" || portNumber(port) {
		return nil
	}
	return core.Invalid("ValidationError", "port", "must be traffic-port or 1-65535, got %q", port)
}

// healthCheckEnabledRule refuses to leave targets unchecked that are instances or
// addresses.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func healthCheckEnabledRule(check core.Object) *core.Refusal {
	if enabled, ok := check["enabled"].(bool); ok && !enabled {
		return core.Invalid("ValidationError", "enabled", "must be true for the target types instance and ip")
	}
	return nil
}

// timeoutBelowIntervalRule requires that a health check ends before the next begins.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// *inferred*: the page gives the ranges, the API refuses the rest
func timeoutBelowIntervalRule(in core.Object) *core.Refusal {
	if given := in.Block("healthCheck"); given.Pending("timeout") || given.Pending("interval") {
		return nil
	}
	check := effectiveHealthCheck(in)
	if timeout, interval := check.Int("timeout"), check.Int("interval"); timeout >= interval {
		return core.Invalid("ValidationError", "healthCheck.timeout",
			"must be smaller than the interval: timeout is %d s, interval is %d s", timeout, interval)
	}
	return nil
}

// matcherRule is the form of the codes that count as healthy: HTTP 200-499, gRPC 0-99.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// *sourced*
func matcherRule(in core.Object) *core.Refusal {
	matcher, ok := in.Block("healthCheck")["matcher"].(string)
	if !ok || in.Pending("protocolVersion") {
		return nil
	}
	least, most := 200, 499
	if in.Str("protocolVersion") == "GRPC" {
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
			return core.Invalid("ValidationError", "healthCheck.matcher",
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
