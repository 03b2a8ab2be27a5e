package ec2

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/portico-iac/portico/local/core"
)

// ruleQuota is how many rules a security group may have in each direction, for IPv4 and
// for IPv6 each.
const ruleQuota = 60

// peers are the inputs for the other end of a rule's traffic.
var peers = []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"}

// securityGroupRuleType is a rule of a security group, inbound or outbound.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html *sourced*
func securityGroupRuleType(token string) core.Type {
	return core.Type{
		Token: token,
		Inputs: []string{
			"cidrIpv4", "cidrIpv6", "description", "fromPort", "ipProtocol", "prefixListId",
			"referencedSecurityGroupId", "securityGroupId", "tags", "toPort",
		},
		ID:    "sgr-{hex17}",
		ARN:   "ec2:security-group-rule/{id}",
		Fills: core.Object{"securityGroupRuleId": "{id}"},
		References: []core.Reference{
			{Input: "securityGroupId", To: []string{SecurityGroupToken}, Code: "InvalidGroup.NotFound", Cascades: true},
			{Input: "referencedSecurityGroupId", To: []string{SecurityGroupToken}, Code: "InvalidGroup.NotFound"},
			toPrefixList(),
		},
		FreeToDelete: "nothing refers to a rule",
		Replaces:     peerKindReplaces,
		Rules: []core.Rule{
			core.ExactlyOneOf(peers...), cidrRule("cidrIpv4", "IPv4"), cidrRule("cidrIpv6", "IPv6"),
			protocolRule, portRangeRule,
			// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html *sourced*
			core.Matching("InvalidParameterValue", "description", groupText, "at most "+groupTextForm),
		},
		Apply: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			return nil, checkRule(t, token, id, in)
		},
	}
}

func toPrefixList() core.Reference {
	return core.Reference{
		Input: "prefixListId", Code: "InvalidPrefixListID.NotFound",
		Exists: func(t *core.Tx, id string) bool {
			_, ok := PrefixListWith(t.Region(), id, "")
			return ok
		},
		Message: func(_ *core.Tx, id string) string {
			return fmt.Sprintf("The prefix list ID '%s' does not exist", id)
		},
	}
}

// peerKindReplaces replaces a rule whose peer becomes one of another kind, such as a
// prefix list instead of a block; another peer of the same kind is an update.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group_ingress_rule.go *sourced*
func peerKindReplaces(old, in core.Object) []string {
	return slices.DeleteFunc(slices.Clone(peers), func(p string) bool { return old.Has(p) == in.Has(p) })
}

// protocolRule requires a protocol to be one of those with a name, -1 for all of them,
// or a number.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html *sourced*
func protocolRule(in core.Object) *core.Refusal {
	p := in.Str("ipProtocol")
	if !in.Known("ipProtocol") || slices.Contains([]string{"tcp", "udp", "icmp", "icmpv6", "-1"}, p) {
		return nil
	}
	if n, err := strconv.Atoi(p); err == nil && n >= 0 && n <= 255 {
		return nil
	}
	return core.Invalid("InvalidParameterValue", "ipProtocol",
		"Invalid value '%s' for IP protocol: must be tcp, udp, icmp, icmpv6, -1 or 0-255", p)
}

// portRangeRule requires a range of ports for TCP and UDP, and none for all protocols
// together.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html *sourced*
func portRangeRule(in core.Object) *core.Refusal {
	switch in.Str("ipProtocol") {
	case "-1":
		if in.Has("fromPort") || in.Has("toPort") {
			return core.Invalid("InvalidParameterValue", "fromPort", "must not be given with the protocol -1, which is all ports")
		}
	case "tcp", "udp":
		from, fromKnown := in.Num("fromPort")
		to, toKnown := in.Num("toPort")
		if !in.Has("fromPort") || !in.Has("toPort") {
			return core.Invalid("InvalidParameterValue", "fromPort", "and toPort are required for the protocol %s", in.Str("ipProtocol"))
		}
		if fromKnown && toKnown && (from < 0 || to > 65535 || from > to) {
			return core.Invalid("InvalidParameterValue", "fromPort", "Invalid TCP/UDP port range (%v:%v)", from, to)
		}
	}
	return nil
}

// checkRule refuses a rule that names a group of another VPC, exists already, or exceeds
// the quota.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html *sourced*, the wording inferred
func checkRule(t *core.Tx, token, id string, in core.Object) error {
	group, _ := t.Get(SecurityGroupToken, in.Str("securityGroupId"))
	peer, named := t.Get(SecurityGroupToken, in.Str("referencedSecurityGroupId"))
	if named && peer.Str("vpcId") != group.Str("vpcId") {
		return core.Refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
	}
	others := slices.DeleteFunc(t.Where(token, "securityGroupId", group.Str("id")),
		func(o core.Object) bool { return o.Str("id") == id })
	for _, o := range others {
		if peerOf(o) == peerOf(in) && traffic(o) == traffic(in) {
			return core.Refuse("InvalidPermission.Duplicate",
				"the specified rule \"peer: %s, %s\" already exists: %s", peerOf(in), traffic(in), o.Str("id"))
		}
	}
	return checkRuleQuota(t.Region(), append(others, in))
}

// checkRuleQuota limits the rules of a security group. A prefix list counts as many as
// it may ever hold; another group counts once for IPv4 and once for IPv6.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
func checkRuleQuota(region string, rules []core.Object) error {
	used := map[string]int{}
	for _, r := range rules {
		list, isList := PrefixListWith(region, r.Str("prefixListId"), "")
		switch {
		case isList:
			used[list.Family] += list.Weight
		case r.Has("cidrIpv4"):
			used["IPv4"]++
		case r.Has("cidrIpv6"):
			used["IPv6"]++
		default:
			used["IPv4"]++
			used["IPv6"]++
		}
	}
	if max(used["IPv4"], used["IPv6"]) > ruleQuota {
		return core.Refuse("RulesPerSecurityGroupLimitExceeded",
			"The maximum number of rules per security group has been reached: %d for IPv4 and %d for IPv6, %d each are allowed",
			used["IPv4"], used["IPv6"], ruleQuota)
	}
	return nil
}

// peerOf is the value of the one of peers that a rule has.
func peerOf(r core.Object) string {
	return r.Str("cidrIpv4") + r.Str("cidrIpv6") + r.Str("prefixListId") + r.Str("referencedSecurityGroupId")
}

func traffic(r core.Object) string {
	return fmt.Sprintf("%s, from port: %v, to port: %v", r.Str("ipProtocol"), r["fromPort"], r["toPort"])
}

func dropRules(t *core.Tx, group string) {
	for _, token := range []string{IngressRuleToken, EgressRuleToken} {
		for _, r := range t.Where(token, "securityGroupId", group) {
			t.Drop(token, r.Str("id"))
		}
	}
}
