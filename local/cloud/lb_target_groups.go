package cloud

import (
	"maps"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
)

// targetGroupKind is a target group of an Application Load Balancer.
func targetGroupKind() kind {
	return kind{
		token:    targetGroupToken,
		inputs:   lb.TargetGroupArgs{}.ElementType(),
		state:    reflect.TypeOf(lb.TargetGroup{}),
		autoname: &autoname{property: "name", maxLength: 32},
		required: []string{"port", "protocol", "vpcId"},
		changes: map[string]change{
			"deregistrationDelay":            updates,
			"healthCheck":                    updates,
			"ipAddressType":                  replaces,
			"loadBalancingAlgorithmType":     updates,
			"loadBalancingAnomalyMitigation": updates, // inferred: newer than the facts
			"loadBalancingCrossZoneEnabled":  updates,
			"name":                           replaces,
			"port":                           replaces,
			"protocol":                       replaces,
			"protocolVersion":                replaces,
			"slowStart":                      updates,
			"stickiness":                     updates,
			"tags":                           updates,
			"targetType":                     replaces,
			"vpcId":                          replaces,
		},
		defaults: object{
			"deregistrationDelay":            300.0,
			"lambdaMultiValueHeadersEnabled": false,
			"proxyProtocolV2":                false,
			"slowStart":                      0.0,
			"targetType":                     "instance",
		},
		keeps: []string{
			"healthCheck", "ipAddressType", "loadBalancingAlgorithmType", "loadBalancingAnomalyMitigation",
			"loadBalancingCrossZoneEnabled", "protocolVersion", "stickiness",
		},
		rules:  append(targetGroupRules(), healthCheckRules()...),
		create: createTargetGroup,
		remove: removeTargetGroup,
	}
}

// createTargetGroup makes a target group. What AWS fills in where an input is not
// given comes from effectiveHealthCheck and the values here.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func createTargetGroup(t *tx, in object) (string, object, error) {
	name := in.str("name")
	if len(t.where(targetGroupToken, "name", name)) > 0 {
		return "", nil, refuse("DuplicateTargetGroupName",
			"A target group with the same name '%s' exists, but with different settings", name)
	}
	if _, ok := t.get(vpcToken, in.str("vpcId")); !ok {
		return "", nil, refuse("ValidationError", "The VPC ID '%s' is not found", in.str("vpcId"))
	}
	arn := t.arn("elasticloadbalancing", "targetgroup/"+name+"/"+t.hex(16))
	out := object{
		"arn":                            arn,
		"arnSuffix":                      arnSuffix(arn),
		"connectionTermination":          false,
		"healthCheck":                    map[string]any(effectiveHealthCheck(in)),
		"ipAddressType":                  "ipv4",
		"loadBalancingAlgorithmType":     "round_robin",
		"loadBalancingAnomalyMitigation": "off",
		"loadBalancingCrossZoneEnabled":  "use_load_balancer_configuration",
		"loadBalancerArns":               []any{},
		"namePrefix":                     "",
		"preserveClientIp":               "",
		"protocolVersion":                "HTTP1",
		"stickiness":                     map[string]any{"type": "lb_cookie", "enabled": false, "cookieDuration": 86400.0},
		"targetFailovers":                []any{},
		"targetHealthStates":             []any{},
	}
	return arn, out.without(in.keys()...), nil
}

// effectiveHealthCheck is the health check of a target group with what AWS and
// the provider's schema fill in. A state has only what was given, if anything was.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
// *sourced*
func effectiveHealthCheck(targetGroup object) object {
	out := object{
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
	if targetGroup.str("protocolVersion") == "GRPC" {
		out = out.with(object{"matcher": "12", "path": "/AWS.ALB/healthcheck"})
	}
	return out.with(targetGroup.object("healthCheck"))
}

// removeTargetGroup refuses to delete what traffic is forwarded to, and
// deregisters the targets.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html
// *sourced*
func removeTargetGroup(t *tx, id string, _ object) error {
	if len(balancersOf(t, id)) > 0 {
		return refuse("ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", id)
	}
	for _, a := range t.where(targetGroupAttachmentToken, "targetGroupArn", id) {
		t.drop(targetGroupAttachmentToken, a.str("id"))
	}
	return nil
}

// balancersOf are the ARNs of the load balancers whose listeners and rules
// forward to a target group: none, or one.
func balancersOf(t *tx, targetGroup string) []string {
	seen := map[string]bool{}
	for _, l := range t.all(listenerToken) {
		if slices.Contains(forwardedTo(l.objects("defaultActions")), targetGroup) {
			seen[l.str("loadBalancerArn")] = true
		}
		for _, r := range t.where(listenerRuleToken, "listenerArn", l.str("id")) {
			if slices.Contains(forwardedTo(r.objects("actions")), targetGroup) {
				seen[l.str("loadBalancerArn")] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
