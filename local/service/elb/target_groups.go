package elb

import (
	"maps"
	"regexp"
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// targetGroupType is a target group of an Application Load Balancer.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
// *sourced*
func targetGroupType() core.Type {
	return core.Type{
		Token: TargetGroupToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 32},
		Inputs: []string{
			"deregistrationDelay", "healthCheck.enabled", "healthCheck.healthyThreshold", "healthCheck.interval",
			"healthCheck.matcher", "healthCheck.path", "healthCheck.port", "healthCheck.protocol", "healthCheck.timeout",
			"healthCheck.unhealthyThreshold", "ipAddressType", "loadBalancingAlgorithmType",
			"loadBalancingAnomalyMitigation", "loadBalancingCrossZoneEnabled", "name", "port", "protocol",
			"protocolVersion", "slowStart", "stickiness.cookieDuration", "stickiness.cookieName", "stickiness.enabled",
			"stickiness.type", "tags", "targetType", "vpcId",
		},
		Defaults: core.Object{
			"deregistrationDelay":            300.0,
			"lambdaMultiValueHeadersEnabled": false,
			"proxyProtocolV2":                false,
			"slowStart":                      0.0,
			"targetType":                     "instance",
		},
		Keeps: []string{
			"healthCheck", "ipAddressType", "loadBalancingAlgorithmType", "loadBalancingAnomalyMitigation",
			"loadBalancingCrossZoneEnabled", "protocolVersion", "stickiness",
		},
		Fills: core.Object{
			"connectionTermination":          false,
			"ipAddressType":                  "ipv4",
			"loadBalancerArns":               []any{},
			"loadBalancingAlgorithmType":     "round_robin",
			"loadBalancingAnomalyMitigation": "off",
			"loadBalancingCrossZoneEnabled":  "use_load_balancer_configuration",
			"namePrefix":                     "",
			"preserveClientIp":               "",
			"protocolVersion":                "HTTP1",
			"stickiness":                     map[string]any{"type": "lb_cookie", "enabled": false, "cookieDuration": 86400.0},
			"targetFailovers":                []any{},
			"targetHealthStates":             []any{},
		},
		ARN:        "elasticloadbalancing:targetgroup/{name}/{hex16}",
		References: []core.Reference{{Input: "vpcId", To: []string{ec2.VpcToken}, Code: invalid, Loose: true}},
		InUse:      "ResourceInUse",
		Unique: []core.Unique{{Inputs: []string{"name"}, Code: "DuplicateTargetGroupName",
			Message: "A target group with the same name '{name}' exists, but with different settings"}},
		Rules: []core.Rule{
			elbNameRule,
			core.Within(invalid, "port", 1, 65535),
			core.OneOf(core.Unsupported, "protocol", "HTTP", "HTTPS"),
			core.OneOf(core.Unsupported, "targetType", "instance", "ip"),
			core.OneOf(invalid, "protocolVersion", "HTTP1", "HTTP2", "GRPC"),
			core.OneOf(invalid, "ipAddressType", "ipv4", "ipv6"),
			core.OneOf(invalid, "loadBalancingAlgorithmType", "round_robin", "least_outstanding_requests", "weighted_random"),
			core.OneOf(invalid, "loadBalancingAnomalyMitigation", "on", "off"),
			core.OneOf(invalid, "loadBalancingCrossZoneEnabled", "true", "false", "use_load_balancer_configuration"),
			core.Within(invalid, "deregistrationDelay", 0, 3600),
			onlyWith(invalid, "ipAddressType", "ipv6", "targetType", "ip"),
			onlyWith("InvalidConfigurationRequest", "loadBalancingAnomalyMitigation", "on",
				"loadBalancingAlgorithmType", "weighted_random"),
			slowStartRule,
			core.InBlocks("stickiness",
				core.OneOf(invalid, "type", "lb_cookie", "app_cookie"),
				core.Within(invalid, "cookieDuration", 1, 604800),
				cookieNameRule),
			core.InBlocks("healthCheck",
				core.OneOf(invalid, "protocol", "HTTP", "HTTPS"),
				core.Within(invalid, "interval", 5, 300),
				core.Within(invalid, "timeout", 2, 120),
				core.Within(invalid, "healthyThreshold", 2, 10),
				core.Within(invalid, "unhealthyThreshold", 2, 10),
				core.AtMost(invalid, "path", 1024),
				core.Matching(invalid, "path", regexp.MustCompile(`^/`), "a path that begins with /"),
				portOr("traffic-port"),
				healthCheckEnabledRule),
			timeoutBelowIntervalRule,
			matcherRule,
		},
		Create: createTargetGroup,
	}
}

func createTargetGroup(_ *core.Tx, arn string, in core.Object) (core.Object, error) {
	out := core.Object{"arnSuffix": arnSuffix(arn)}
	if !in.Has("healthCheck") {
		out["healthCheck"] = map[string]any(EffectiveHealthCheck(in))
	}
	return out, nil
}

// EffectiveHealthCheck is the health check of a target group with what AWS and
// the provider's schema fill in. A state has only what was given, if anything was.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func EffectiveHealthCheck(targetGroup core.Object) core.Object {
	out := core.Object{
		"enabled":            true,
		"healthyThreshold":   3.0,
		"interval":           30.0,
		"matcher":            "200",
		"path":               "/",
		"port":               "traffic-port",
		"protocol":           "HTTP",
		"timeout":            5.0,
		"unhealthyThreshold": 3.0,
	}
	if targetGroup.Str("protocolVersion") == "GRPC" {
		out = out.With(core.Object{"matcher": "12", "path": "/AWS.ALB/healthcheck"})
	}
	return out.With(targetGroup.Block("healthCheck"))
}

// LoadBalancersOf are the ARNs of the load balancers whose listeners and rules
// forward to a target group: none, or one.
func LoadBalancersOf(t *core.Tx, targetGroup string) []string {
	seen := map[string]bool{}
	for _, path := range targetPaths("defaultActions") {
		for _, l := range t.Where(ListenerToken, path, targetGroup) {
			seen[l.Str("loadBalancerArn")] = true
		}
	}
	for _, path := range targetPaths("actions") {
		for _, r := range t.Where(ListenerRuleToken, path, targetGroup) {
			listener, _ := t.Get(ListenerToken, r.Str("listenerArn"))
			seen[listener.Str("loadBalancerArn")] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
