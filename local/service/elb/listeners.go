package elb

import (
	"cmp"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
)

// listenerType is a listener of an Application Load Balancer. Its ARN continues that
// of the load balancer.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced*
func listenerType() core.Type {
	return core.Type{
		Token: ListenerToken,
		Inputs: append(actionInputs("defaultActions"),
			"certificateArn", "loadBalancerArn", "port", "protocol", "sslPolicy", "tags"),
		Keeps: []string{"protocol", "sslPolicy"},
		Fills: core.Object{"arn": "{id}"},
		NewID: func(t *core.Tx, in core.Object) (string, error) {
			return childARN(t, in.Str("loadBalancerArn"), "loadbalancer", "listener"), nil
		},
		References: append(targetReferences("defaultActions"),
			core.Reference{Input: "loadBalancerArn", To: []string{LoadBalancerToken}, Code: "LoadBalancerNotFound", Cascades: true},
			core.Reference{Input: "certificateArn", To: []string{acm.CertificateToken}, Code: "CertificateNotFound"}),
		FreeToDelete: "its rules and certificates are deleted with it",
		Unique: []core.Unique{{Inputs: []string{"loadBalancerArn", "port"}, Code: "DuplicateListener",
			Message: "A listener already exists on this port ({port}) for this load balancer '{loadBalancerArn}'"}},
		Quotas: []core.Quota{{Most: 50, Per: "loadBalancerArn", Code: "TooManyListeners",
			Message: "The maximum number of listeners on a load balancer has been reached: 50"}},
		Recomputes: map[string][]string{"protocol": {"mutualAuthentication", "sslPolicy"}},
		Rules: append([]core.Rule{
			core.Within(invalid, "port", 1, 65535),
			core.OneOf(invalid, "protocol", "HTTP", "HTTPS"),
			sslPolicyRule,
			listenerCertificateRule,
		}, actionRules("defaultActions")...),
		Apply: applyListener,
	}
}

// sslPolicyRule refuses security policies that do not exist.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
// *sourced*
func sslPolicyRule(in core.Object) *core.Refusal {
	if policy := in.Str("sslPolicy"); in.Known("sslPolicy") && !slices.Contains(securityPolicies, policy) {
		return &core.Refusal{Code: "SSLPolicyNotFound", Property: "sslPolicy", Message: "SSL policy '" + policy + "' not found"}
	}
	return nil
}

// listenerCertificateRule requires a certificate of an HTTPS listener, and refuses it,
// like a security policy, for an HTTP listener. A listener without a protocol becomes one.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
// *sourced* (the words about HTTP are inferred)
func listenerCertificateRule(in core.Object) *core.Refusal {
	if in.Str("protocol") == "HTTPS" && !in.Has("certificateArn") {
		return &core.Refusal{Code: invalid, Property: "certificateArn",
			Message: "A certificate must be specified for HTTPS listeners: give certificateArn"}
	}
	for _, key := range []string{"certificateArn", "sslPolicy"} {
		if in.Has(key) && (!in.Has("protocol") || in.Str("protocol") == "HTTP") {
			return core.Invalid(invalid, key, "cannot be specified for HTTP listeners: protocol must be HTTPS")
		}
	}
	return nil
}

// applyListener makes or changes a listener. Its protocol is the one it had, at first
// HTTP, unless another is given, which its rules must suit too.
func applyListener(t *core.Tx, arn string, in core.Object) (core.Object, error) {
	old, _ := t.Get(ListenerToken, arn)
	listener := core.Object{"protocol": "HTTP"}.With(old, in)
	if listener.Str("protocol") == "HTTPS" {
		if err := checkLoadBalancerCertificate(t, in.Str("certificateArn")); err != nil {
			return nil, err
		}
	}
	err := checkActions(t, listener, in, "defaultActions")
	for _, r := range t.Where(ListenerRuleToken, "listenerArn", arn) {
		err = cmp.Or(err, checkActions(t, listener, r, "actions"))
	}
	return secureOutputs(listener), err
}

// secureOutputs are the outputs of a listener that depend on its protocol. The
// security policy that AWS chooses when none is given is an old one.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
// *sourced*
func secureOutputs(in core.Object) core.Object {
	if in.Str("protocol") != "HTTPS" {
		return core.Object{"protocol": in.Str("protocol"), "sslPolicy": "", "mutualAuthentication": map[string]any{}}
	}
	return core.Object{
		"protocol":             "HTTPS",
		"sslPolicy":            cmp.Or(in.Str("sslPolicy"), awstable.DefaultLoadBalancerPolicy),
		"mutualAuthentication": map[string]any{"mode": "off", "ignoreClientCertificateExpiry": false},
	}
}

// partsOf are the rules or the certificates of all listeners of a load balancer.
func partsOf(t *core.Tx, token, loadBalancer string) []core.Object {
	var out []core.Object
	for _, l := range t.Where(ListenerToken, "loadBalancerArn", loadBalancer) {
		out = append(out, t.Where(token, "listenerArn", l.Str("id"))...)
	}
	return out
}
