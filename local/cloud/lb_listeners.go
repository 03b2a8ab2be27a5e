package cloud

import (
	"reflect"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"

	"github.com/portico-iac/portico/internal/awstable"
)

// listenerKind is a listener of an Application Load Balancer.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
// *sourced*
func listenerKind() kind {
	return kind{
		token:    listenerToken,
		inputs:   lb.ListenerArgs{}.ElementType(),
		state:    reflect.TypeOf(lb.Listener{}),
		required: []string{"defaultActions", "port"},
		changes: map[string]change{
			"certificateArn":  updates,
			"defaultActions":  updatesSetOnly, // one action, whose target groups are a set
			"loadBalancerArn": replaces,
			"port":            updates,
			"protocol":        updates,
			"sslPolicy":       updates,
			"tags":            updates,
		},
		keeps: []string{"protocol", "sslPolicy"},
		rules: append([]rule{
			within("ValidationError", "port", 1, 65535),
			oneOf("ValidationError", "protocol", "HTTP", "HTTPS"),
			sslPolicyRule,
			listenerCertificateRule,
			plainListenerRule,
		}, actionRules("defaultActions")...),
		create: createListener,
		update: updateListener,
		remove: func(t *tx, id string, _ object) error {
			dropRules(t, id)
			return nil
		},
	}
}

// sslPolicyRule is that the security policy exists.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
// *sourced*
func sslPolicyRule(in object) *refusal {
	policy, ok := in["sslPolicy"].(string)
	if !ok || slices.Contains(awstable.BalancerPolicies, policy) {
		return nil
	}
	return &refusal{code: "SSLPolicyNotFound", property: "sslPolicy", message: "SSL policy '" + policy + "' not found"}
}

// listenerCertificateRule is that an HTTPS listener has a certificate.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html
// *sourced*
func listenerCertificateRule(in object) *refusal {
	if in.str("protocol") == "HTTPS" && !in.has("certificateArn") {
		return &refusal{code: "ValidationError", property: "certificateArn",
			message: "A certificate must be specified for HTTPS listeners: give certificateArn"}
	}
	return nil
}

// plainListenerRule is that an HTTP listener, which is what a listener without a
// protocol becomes, has neither certificate nor security policy.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
// *sourced* (the words are inferred)
func plainListenerRule(in object) *refusal {
	if in.has("protocol") && in.str("protocol") != "HTTP" {
		return nil
	}
	for _, key := range []string{"certificateArn", "sslPolicy"} {
		if in.has(key) {
			return invalidf("ValidationError", key, "cannot be specified for HTTP listeners: protocol must be HTTPS")
		}
	}
	return nil
}

func createListener(t *tx, in object) (string, object, error) {
	balancer, err := t.mustExist(loadBalancerToken, in.str("loadBalancerArn"), "LoadBalancerNotFound")
	if err != nil {
		return "", nil, err
	}
	in = in.with(object{"protocol": listenerProtocol(in)})
	if err := checkListenerCount(t, in); err != nil {
		return "", nil, err
	}
	if err := checkListener(t, "", balancer, in); err != nil {
		return "", nil, err
	}
	arn := childArn(t, in.str("loadBalancerArn"), "loadbalancer", "listener")
	return arn, secureOutputs(in).with(object{"arn": arn}), nil
}

func updateListener(t *tx, id string, old, in object) (object, error) {
	balancer, err := t.mustExist(loadBalancerToken, old.str("loadBalancerArn"), "LoadBalancerNotFound")
	if err != nil {
		return nil, err
	}
	in = in.with(object{"protocol": listenerProtocol(old.with(in))})
	if err := checkListener(t, id, balancer, in); err != nil {
		return nil, err
	}
	for _, r := range t.where(listenerRuleToken, "listenerArn", id) {
		if err := checkActions(t, in, r.objects("actions")); err != nil {
			return nil, err
		}
	}
	return secureOutputs(old.with(in)), nil
}

// secureOutputs are what a listener shows of its protocol. The policy that AWS
// takes where none is given is an old one.
func secureOutputs(in object) object {
	out := object{"protocol": in.str("protocol"), "sslPolicy": sslPolicyOf(in), "mutualAuthentication": map[string]any{}}
	if in.str("protocol") == "HTTPS" {
		out["mutualAuthentication"] = map[string]any{"mode": "off", "ignoreClientCertificateExpiry": false}
	}
	return out
}

// listenerProtocol is the protocol of a listener, HTTP unless told otherwise.
func listenerProtocol(in object) string {
	if p := in.str("protocol"); p != "" {
		return p
	}
	return "HTTP"
}

// sslPolicyOf is the security policy of a listener with its protocol.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
// *sourced*
func sslPolicyOf(in object) string {
	switch {
	case in.str("protocol") != "HTTPS":
		return ""
	case in.str("sslPolicy") != "":
		return in.str("sslPolicy")
	}
	return awstable.DefaultBalancerPolicy
}

// checkListener is what AWS checks of a listener against everything around it.
// id is the listener's own, "" before it has one.
func checkListener(t *tx, id string, balancer, in object) error {
	if err := checkPortFree(t, id, balancer.str("id"), in.integer("port")); err != nil {
		return err
	}
	if in.str("protocol") == "HTTPS" {
		if err := checkBalancerCertificate(t, in.str("certificateArn")); err != nil {
			return err
		}
	}
	in = in.with(object{"loadBalancerArn": balancer.str("id")})
	return checkActions(t, in, in.objects("defaultActions"))
}

// checkPortFree is that a load balancer has one listener for a port.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
// *sourced*
func checkPortFree(t *tx, id, balancer string, port int) error {
	for _, l := range t.where(listenerToken, "loadBalancerArn", balancer) {
		if l.str("id") != id && l.integer("port") == port {
			return refuse("DuplicateListener",
				"A listener already exists on this port (%d) for this load balancer '%s'", port, balancer)
		}
	}
	return nil
}

// checkListenerCount is how many listeners a load balancer has.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced*
func checkListenerCount(t *tx, in object) error {
	if len(t.where(listenerToken, "loadBalancerArn", in.str("loadBalancerArn"))) >= 50 {
		return refuse("TooManyListeners", "The maximum number of listeners on a load balancer has been reached: 50")
	}
	return nil
}

// dropRules deletes what hangs on a listener: its rules and its certificates.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html
// *sourced*
func dropRules(t *tx, listener string) {
	for _, token := range []string{listenerRuleToken, listenerCertificateToken} {
		for _, hanging := range t.where(token, "listenerArn", listener) {
			t.drop(token, hanging.str("id"))
		}
	}
}
