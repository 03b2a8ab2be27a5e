package elb

import (
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// loadBalancerType is an Application Load Balancer.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
// *sourced*
func loadBalancerType() core.Type {
	return core.Type{
		Token: LoadBalancerToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 32},
		Inputs: []string{
			"clientKeepAlive", "desyncMitigationMode", "dropInvalidHeaderFields", "enableDeletionProtection",
			"enableHttp2", "enableTlsVersionAndCipherSuiteHeaders", "enableWafFailOpen", "enableXffClientPort",
			"idleTimeout", "internal", "ipAddressType", "loadBalancerType", "name", "preserveHostHeader",
			"securityGroups", "subnets", "tags", "xffHeaderProcessingMode",
		},
		Defaults: core.Object{
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
		Keeps: []string{"internal", "ipAddressType", "securityGroups"},
		Fills: core.Object{
			"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "",
			"internal":      false,
			"ipAddressType": "ipv4",
			"namePrefix":    "",
		},
		ARN: "elasticloadbalancing:loadbalancer/app/{name}/{hex16}",
		References: []core.Reference{
			{Input: "subnets", To: []string{ec2.SubnetToken}, Code: "SubnetNotFound"},
			{Input: "securityGroups", To: []string{ec2.SecurityGroupToken}, Code: "InvalidSecurityGroup"},
		},
		FreeToDelete: "its listeners are deleted with it",
		Unique: []core.Unique{{Inputs: []string{"name"}, Code: "DuplicateLoadBalancerName",
			Message: "A load balancer with the same name '{name}' exists, but with different settings"}},
		Recomputes: map[string][]string{"subnets": {"subnetMappings"}},
		Rules:      loadBalancerRules(),
		Create:     createLoadBalancer,
		Update:     updateLoadBalancer,
		Delete:     removeLoadBalancer,
		Examples: []core.Object{
			{"subnets": core.List(seededSubnetA, seededSubnetC), "securityGroups": []any{core.Sample(ec2.SecurityGroupToken)}},
		},
	}
}

// loadBalancerRules are the rules of a load balancer's own inputs.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
// *sourced*
func loadBalancerRules() []core.Rule {
	return []core.Rule{
		elbNameRule,
		notInternalNameRule,
		core.OneOf(core.Unsupported, "loadBalancerType", "application"),
		idleTimeoutRule,
		clientKeepAliveRule,
		twoSubnetsRule,
		securityGroupCountRule,
		core.OneOf("ValidationError", "desyncMitigationMode", "monitor", "defensive", "strictest"),
		core.OneOf("ValidationError", "ipAddressType", "ipv4", "dualstack"),
		core.OneOf("ValidationError", "xffHeaderProcessingMode", "append", "preserve", "remove"),
	}
}

// idleTimeoutRule limits how long a connection may be idle.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
// *sourced*
func idleTimeoutRule(in core.Object) *core.Refusal {
	return core.Within("ValidationError", "idleTimeout", 1, 4000)(in)
}

// clientKeepAliveRule limits how long a client may use one connection.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
// *sourced*
func clientKeepAliveRule(in core.Object) *core.Refusal {
	return core.Within("ValidationError", "clientKeepAlive", 60, 604800)(in)
}

// twoSubnetsRule refuses a single subnet. Whether two are in different zones is
// checked when they are known to exist.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *sourced*
func twoSubnetsRule(in core.Object) *core.Refusal {
	if subnets := in.List("subnets"); len(subnets) == 1 {
		return core.Invalid("ValidationError", "subnets", "%s, got 1 subnet", atLeastTwoZones)
	}
	return nil
}

const atLeastTwoZones = "must be at least two subnets in two different Availability Zones"

// securityGroupCountRule limits the security groups of a network interface to the
// default quota.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
// *sourced*
func securityGroupCountRule(in core.Object) *core.Refusal {
	if n := len(in.List("securityGroups")); n > 5 {
		return core.Invalid("InvalidConfigurationRequest", "securityGroups", "must be at most 5, got %d", n)
	}
	return nil
}

func createLoadBalancer(t *core.Tx, arn string, in core.Object) (core.Object, error) {
	zone, err := balancerZone(t.Region())
	if err != nil {
		return nil, err
	}
	out, err := balancerPlacement(t, in)
	if err != nil {
		return nil, err
	}
	return out.With(core.Object{
		"arnSuffix": strings.TrimPrefix(arnSuffix(arn), "loadbalancer/"),
		"dnsName":   balancerDNSName(t, in),
		"zoneId":    zone,
	}), nil
}

// updateLoadBalancer moves a load balancer to other subnets of its VPC and to other groups.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
// *inferred*
func updateLoadBalancer(t *core.Tx, _ string, old, in core.Object) (core.Object, error) {
	out, err := balancerPlacement(t, old.With(in))
	if err != nil {
		return nil, err
	}
	if out.Str("vpcId") != old.Str("vpcId") {
		return nil, core.Refuse("InvalidConfigurationRequest", "The subnets of a load balancer must stay in its VPC %s", old.Str("vpcId"))
	}
	return out, nil
}

// removeLoadBalancer deletes the listeners along with the load balancer, as AWS
// does.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
// *sourced*
func removeLoadBalancer(t *core.Tx, id string, state core.Object) error {
	if state.Bool("enableDeletionProtection") {
		return core.Refuse("OperationNotPermitted",
			"Load balancer '%s' cannot be deleted because deletion protection is enabled", id)
	}
	for _, l := range t.Where(ListenerToken, "loadBalancerArn", id) {
		removeListenerParts(t, l.Str("id"))
		t.Drop(ListenerToken, l.Str("id"))
	}
	return nil
}
