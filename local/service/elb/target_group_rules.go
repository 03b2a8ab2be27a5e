package elb

import (
	"strconv"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// onlyWith is the rule that an input has a value only where another input has one.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced* for the provider, which has ipAddressType for target type ip only
func onlyWith(code, property, value, other, needed string) core.Rule {
	return func(in core.Object) *core.Refusal {
		if in.Pending(other) || in.Str(property) != value || in.Str(other) == needed {
			return nil
		}
		return core.Invalid(code, property, "can be %s only with %s %s", value, other, needed)
	}
}

// slowStartRule limits the slow start of a new target, which 0 switches off and only the
// algorithm round_robin has.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func slowStartRule(in core.Object) *core.Refusal {
	n, ok := in.Num("slowStart")
	if !ok || n == 0 {
		return nil
	}
	if n < 30 || n > 900 {
		return core.Invalid(invalid, "slowStart", "must be 0 or 30-900 seconds, got %v", n)
	}
	if a := in.Str("loadBalancingAlgorithmType"); a != "" && a != "round_robin" {
		return core.Invalid("InvalidConfigurationRequest", "slowStart", "needs loadBalancingAlgorithmType round_robin, got %q", a)
	}
	return nil
}

// cookieNameRule requires the name of an application cookie, and refuses the names of the
// load balancer's own cookies.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func cookieNameRule(stickiness core.Object) *core.Refusal {
	if stickiness.Str("type") == "app_cookie" && !stickiness.Has("cookieName") {
		return core.Invalid(invalid, "cookieName", "is required with type app_cookie")
	}
	if name := stickiness.Str("cookieName"); strings.HasPrefix(name, "AWSALB") {
		return core.Invalid(invalid, "cookieName", "must not begin with AWSALB, got %q", name)
	}
	return nil
}

// healthCheckEnabledRule refuses to switch off the health check of instances and addresses.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func healthCheckEnabledRule(check core.Object) *core.Refusal {
	if check["enabled"] == false {
		return core.Invalid(invalid, "enabled", "must be true for the target types instance and ip")
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
	check := EffectiveHealthCheck(in)
	if timeout, interval := check.Int("timeout"), check.Int("interval"); timeout >= interval {
		return core.Invalid(invalid, "healthCheck.timeout",
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
			return core.Invalid(invalid, "healthCheck.matcher",
				"must be codes or ranges of codes in %d-%d, separated by commas, got %q", least, most, matcher)
		}
	}
	return nil
}

// portOr is the rule that the property port is a word or the number of a port.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
// *sourced*
func portOr(word string) core.Rule {
	return func(in core.Object) *core.Refusal {
		port := in.Str("port")
		n, err := strconv.Atoi(port)
		if port == "" || port == word || err == nil && n >= 1 && n <= 65535 {
			return nil
		}
		return core.Invalid(invalid, "port", "must be %s or 1-65535, got %q", word, port)
	}
}
