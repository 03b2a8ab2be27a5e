package elb

import (
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
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
			"accessLogs.bucket", "accessLogs.enabled", "accessLogs.prefix", "clientKeepAlive", "connectionLogs.bucket",
			"connectionLogs.enabled", "connectionLogs.prefix", "desyncMitigationMode", "dropInvalidHeaderFields", "enableDeletionProtection",
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
		References: append(logReferences(),
			core.Reference{Input: "subnets", To: []string{ec2.SubnetToken}, Code: "SubnetNotFound"},
			core.Reference{Input: "securityGroups", To: []string{ec2.SecurityGroupToken}, Code: "InvalidSecurityGroup"},
		),
		FreeToDelete: "its listeners are deleted with it",
		Unique: []core.Unique{{Inputs: []string{"name"}, Code: "DuplicateLoadBalancerName",
			Message: "A load balancer with the same name '{name}' exists, but with different settings"}},
		Recomputes: map[string][]string{"subnets": {"subnetMappings"}},
		Rules: []core.Rule{
			elbNameRule,
			notInternalNameRule,
			core.OneOf(core.Unsupported, "loadBalancerType", "application"),
			// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
			core.Within(invalid, "idleTimeout", 1, 4000),
			core.Within(invalid, "clientKeepAlive", 60, 604800),
			twoSubnetsRule,
			// The default quota of a network interface.
			// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
			core.AtMostItems("InvalidConfigurationRequest", "securityGroups", 5),
			core.OneOf(invalid, "desyncMitigationMode", "monitor", "defensive", "strictest"),
			core.OneOf(invalid, "ipAddressType", "ipv4", "dualstack"),
			core.OneOf(invalid, "xffHeaderProcessingMode", "append", "preserve", "remove"),
			core.InBlocks("accessLogs", logPrefixRule),
			core.InBlocks("connectionLogs", logPrefixRule),
		},
		Create: createLoadBalancer,
		Update: updateLoadBalancer,
		Delete: checkDeletionProtection,
	}
}

// twoSubnetsRule refuses a single subnet. That each is in another zone is checked when
// they are known to exist.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
// *sourced*
func twoSubnetsRule(in core.Object) *core.Refusal {
	if len(in.List("subnets")) == 1 {
		return core.Invalid(invalid, "subnets",
			"must be at least two subnets in two different Availability Zones, got 1 subnet")
	}
	return nil
}

// createLoadBalancer places a load balancer. That Regions without a known hosted zone are
// refused is a limit of the local AWS.
func createLoadBalancer(t *core.Tx, arn string, in core.Object) (core.Object, error) {
	zone, ok := awstable.LoadBalancerZones[t.Region()]
	if !ok {
		return nil, core.Refuse(core.Unsupported, "the hosted zone of load balancers in %s is not known", t.Region())
	}
	out, err := loadBalancerPlacement(t, in)
	if err == nil {
		err = checkLogs(t, in)
	}
	if err != nil {
		return nil, err
	}
	return out.With(core.Object{
		"arnSuffix": strings.TrimPrefix(arnSuffix(arn), "loadbalancer/"),
		"dnsName":   loadBalancerDNSName(t, in),
		"zoneId":    zone,
	}), nil
}

// updateLoadBalancer moves a load balancer to other subnets of its VPC and to other groups.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
// *inferred*
func updateLoadBalancer(t *core.Tx, _ string, old, in core.Object) (core.Object, error) {
	out, err := loadBalancerPlacement(t, old.With(in))
	if err == nil && out.Str("vpcId") != old.Str("vpcId") {
		err = core.Refuse("InvalidConfigurationRequest", "The subnets of a load balancer must stay in its VPC %s", old.Str("vpcId"))
	}
	if err == nil {
		err = checkLogs(t, in)
	}
	return out, err
}

// checkDeletionProtection refuses to delete a protected load balancer.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
// *sourced*
func checkDeletionProtection(_ *core.Tx, id string, state core.Object) error {
	if state.Bool("enableDeletionProtection") {
		return core.Refuse("OperationNotPermitted",
			"Load balancer '%s' cannot be deleted because deletion protection is enabled", id)
	}
	return nil
}
