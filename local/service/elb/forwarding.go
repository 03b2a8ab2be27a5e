package elb

import (
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// checkActions checks the actions of a listener or a rule, which in has at property,
// against the listener and the account. listener has at least loadBalancerArn and
// protocol.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
// *sourced* (the words about redirects are inferred)
func checkActions(t *core.Tx, listener, in core.Object, property string) error {
	if listener.Str("protocol") == "HTTPS" && slices.Contains(in.StrsAt(property+".redirect.protocol"), "HTTP") {
		return core.Refuse("InvalidLoadBalancerAction", "Redirecting from HTTPS to HTTP is not supported")
	}
	targets := forwardedTo(in, property)
	for _, arn := range targets {
		if err := checkForward(t, listener, arn); err != nil {
			return err
		}
	}
	return checkTargetGroupCount(t, listener.Str("loadBalancerArn"), targets)
}

// forwardedTo are the ARNs of the target groups that the actions at property forward to.
func forwardedTo(in core.Object, property string) []string {
	var out []string
	for _, path := range targetPaths(property) {
		out = append(out, in.StrsAt(path)...)
	}
	return out
}

// checkForward refuses a target group that is in another VPC than the load balancer,
// belongs to another load balancer, or speaks HTTP/2 or gRPC where the listener does
// not speak HTTPS.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced* (the words about VPC and protocol are inferred)
func checkForward(t *core.Tx, listener core.Object, arn string) error {
	group, _ := t.Get(TargetGroupToken, arn)
	loadBalancer, _ := t.Get(LoadBalancerToken, listener.Str("loadBalancerArn"))
	if group.Str("vpcId") != loadBalancer.Str("vpcId") {
		return core.Refuse("InvalidConfigurationRequest", "The target group '%s' is in the VPC '%s', its load balancer in '%s'",
			arn, group.Str("vpcId"), loadBalancer.Str("vpcId"))
	}
	for _, other := range LoadBalancersOf(t, arn) {
		if other != loadBalancer.Str("id") {
			return core.Refuse("TargetGroupAssociationLimit",
				"The following target groups cannot be associated with more than one load balancer: %s", arn)
		}
	}
	if v := group.Str("protocolVersion"); v != "HTTP1" && listener.Str("protocol") != "HTTPS" {
		return core.Refuse("InvalidConfigurationRequest",
			"Listener protocol '%s' is not supported with a target group with the protocol-version '%s': it must be HTTPS",
			listener.Str("protocol"), v)
	}
	return nil
}

// checkTargetGroupCount limits the target groups that a load balancer forwards to; more
// are those of a new action.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced*
func checkTargetGroupCount(t *core.Tx, loadBalancer string, more []string) error {
	all := slices.Clone(more)
	for _, l := range t.Where(ListenerToken, "loadBalancerArn", loadBalancer) {
		all = append(all, forwardedTo(l, "defaultActions")...)
	}
	for _, r := range partsOf(t, ListenerRuleToken, loadBalancer) {
		all = append(all, forwardedTo(r, "actions")...)
	}
	slices.Sort(all)
	if len(slices.Compact(all)) > 100 {
		return core.Refuse("TooManyUniqueTargetGroupsPerLoadBalancer",
			"The maximum number of unique target groups per load balancer has been reached: 100")
	}
	return nil
}
