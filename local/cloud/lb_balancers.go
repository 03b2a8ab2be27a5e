package cloud

import (
	"reflect"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
)

// loadBalancerKind is an Application Load Balancer.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
// *sourced*
func loadBalancerKind() kind {
	return kind{
		token:    loadBalancerToken,
		inputs:   lb.LoadBalancerArgs{}.ElementType(),
		state:    reflect.TypeOf(lb.LoadBalancer{}),
		autoname: &autoname{property: "name", maxLength: 32},
		required: []string{"subnets"},
		changes: map[string]change{
			"clientKeepAlive":                       updates, // inferred: newer than the facts
			"desyncMitigationMode":                  updates,
			"dropInvalidHeaderFields":               updates,
			"enableDeletionProtection":              updates,
			"enableHttp2":                           updates,
			"enableTlsVersionAndCipherSuiteHeaders": updates,
			"enableWafFailOpen":                     updates,
			"enableXffClientPort":                   updates,
			"idleTimeout":                           updates,
			"internal":                              replaces,
			"ipAddressType":                         updates,
			"loadBalancerType":                      replaces,
			"name":                                  replaces,
			"preserveHostHeader":                    updates,
			"securityGroups":                        updatesSetOnly,
			"subnets":                               updatesSetOnly,
			"tags":                                  updates,
			"xffHeaderProcessingMode":               updates,
		},
		defaults: object{
			"clientKeepAlive":                       3600.0,
			"desyncMitigationMode":                  "defensive",
			"dropInvalidHeaderFields":               false,
			"enableDeletionProtection":              false,
			"enableHttp2":                           true,
			"enableTlsVersionAndCipherSuiteHeaders": false,
			"enableWafFailOpen":                     false,
			"enableXffClientPort":                   false,
			"idleTimeout":                           60.0,
			"loadBalancerType":                      "application",
			"preserveHostHeader":                    false,
			"xffHeaderProcessingMode":               "append",
		},
		keeps: []string{"internal", "ipAddressType", "securityGroups"},
		rules: []rule{
			elbNameRule,
			notInternalNameRule,
			oneOf(unsupported, "loadBalancerType", "application"),
			idleTimeoutRule,
			clientKeepAliveRule,
			twoSubnetsRule,
			securityGroupCountRule,
			oneOf("ValidationError", "desyncMitigationMode", "monitor", "defensive", "strictest"),
			oneOf("ValidationError", "ipAddressType", "ipv4", "dualstack"),
			oneOf("ValidationError", "xffHeaderProcessingMode", "append", "preserve", "remove"),
		},
		create: createLoadBalancer,
		update: updateLoadBalancer,
		remove: removeLoadBalancer,
	}
}

// idleTimeoutRule is how long a connection may be idle.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
// *sourced*
func idleTimeoutRule(in object) *refusal {
	return within("ValidationError", "idleTimeout", 1, 4000)(in)
}

// clientKeepAliveRule is how long a client may keep one connection.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
// *sourced*
func clientKeepAliveRule(in object) *refusal {
	return within("ValidationError", "clientKeepAlive", 60, 604800)(in)
}

// twoSubnetsRule is that a load balancer has at least two subnets; that they are
// in two zones is checked when they are known to exist.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *sourced*
func twoSubnetsRule(in object) *refusal {
	if subnets := in.list("subnets"); len(subnets) == 1 {
		return invalidf("ValidationError", "subnets", "%s, got 1 subnet", atLeastTwoZones)
	}
	return nil
}

const atLeastTwoZones = "must be at least two subnets in two different Availability Zones"

// securityGroupCountRule is how many security groups a network interface has,
// unless the account asked for more.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
// *sourced*
func securityGroupCountRule(in object) *refusal {
	if n := len(in.list("securityGroups")); n > 5 {
		return invalidf("InvalidConfigurationRequest", "securityGroups", "must be at most 5, got %d", n)
	}
	return nil
}

// createLoadBalancer makes a load balancer, whose name is the only one of the account and Region.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
// *sourced*
func createLoadBalancer(t *tx, in object) (string, object, error) {
	name := in.str("name")
	if len(t.where(loadBalancerToken, "name", name)) > 0 {
		return "", nil, refuse("DuplicateLoadBalancerName", "A load balancer with the same name '%s' exists, but with different settings", name)
	}
	zone, err := balancerZone(t.region)
	if err != nil {
		return "", nil, err
	}
	out, err := balancerPlacement(t, in, in.boolean("internal"))
	if err != nil {
		return "", nil, err
	}
	arn := t.arn("elasticloadbalancing", "loadbalancer/app/"+name+"/"+t.hex(16))
	return arn, out.with(object{
		"arn":        arn,
		"arnSuffix":  strings.TrimPrefix(arnSuffix(arn), "loadbalancer/"),
		"dnsName":    balancerDNSName(t, name, in.boolean("internal")),
		"internal":   in.boolean("internal"),
		"namePrefix": "",
		"zoneId":     zone,
		"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "",
	}), nil
}

// updateLoadBalancer moves a load balancer to other subnets of its VPC and to other groups.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
// *inferred*
func updateLoadBalancer(t *tx, _ string, old, in object) (object, error) {
	in = old.with(in)
	out, err := balancerPlacement(t, in, old.boolean("internal"))
	if err != nil {
		return nil, err
	}
	if out.str("vpcId") != old.str("vpcId") {
		return nil, refuse("InvalidConfigurationRequest", "The subnets of a load balancer must stay in its VPC %s", old.str("vpcId"))
	}
	return out, nil
}

// removeLoadBalancer deletes the listeners along with the load balancer, as AWS
// does.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
// *sourced*
func removeLoadBalancer(t *tx, id string, state object) error {
	if state.boolean("enableDeletionProtection") {
		return refuse("OperationNotPermitted",
			"Load balancer '%s' cannot be deleted because deletion protection is enabled", id)
	}
	for _, l := range t.where(listenerToken, "loadBalancerArn", id) {
		dropRules(t, l.str("id"))
		t.drop(listenerToken, l.str("id"))
	}
	return nil
}
