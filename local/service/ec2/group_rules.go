package ec2

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/portico-iac/portico/local/core"
)

// ruleQuota is how many rules a security group may have in each direction, for
// IPv4 and for IPv6 each, unless the account asked for more.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
const ruleQuota = 60

// peers are the inputs that say who the other end of a rule's traffic is.
var peers = []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"}

// securityGroupRuleType is one rule of a security group: traffic in or out.
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
			core.ExactlyOneOf(peers...), cidrRule("cidrIpv4", false), cidrRule("cidrIpv6", true),
			protocolRule, portRangeRule,
			// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html *sourced*
			core.Matching("InvalidParameterValue", "description", groupText, "at most "+groupTextForm),
		},
		Apply: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			return nil, checkRule(t, token, id, in)
		},
	}
}

// toPrefixList is the reference of a rule to one of AWS's prefix lists.
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

// peerKindReplaces makes a new rule of one whose peer becomes one of another
// kind, such as a prefix list instead of a block; another peer of the same kind
// is an update.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group_ingress_rule.go *sourced*
func peerKindReplaces(old, in core.Object) []string {
	return slices.DeleteFunc(slices.Clone(peers), func(p string) bool { return old.Has(p) == in.Has(p) })
}

// protocolRule is the rule that a protocol is one of those with a name, -1 for
// all of them, or a number.
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

// portRangeRule is the rule that TCP and UDP have a range of ports, and that all
// protocols together have none.
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

// checkRule is the rules of a rule that need a look at the account: a group that
// it names is of the same network, the rule is not there yet, and the group has
// room for it.
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

// checkRuleQuota is the quota of a security group. A prefix list counts as many
// rules as it may ever hold; another group counts once for IPv4 and once for IPv6.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
func checkRuleQuota(region string, rules []core.Object) error {
	var v4, v6 int
	for _, r := range rules {
		switch {
		case r.Has("cidrIpv4"):
			v4++
		case r.Has("cidrIpv6"):
			v6++
		case r.Has("prefixListId"):
			l, _ := PrefixListWith(region, r.Str("prefixListId"), "")
			if l.Family == "IPv6" {
				v6 += l.Weight
			} else {
				v4 += l.Weight
			}
		default:
			v4, v6 = v4+1, v6+1
		}
	}
	if v4 > ruleQuota || v6 > ruleQuota {
		return core.Refuse("RulesPerSecurityGroupLimitExceeded",
			"The maximum number of rules per security group has been reached: %d for IPv4 and %d for IPv6, %d each are allowed",
			v4, v6, ruleQuota)
	}
	return nil
}

func peerOf(r core.Object) string {
	for _, p := range peers {
		if r.Has(p) {
			return r.Str(p)
		}
	}
	return ""
}

func traffic(r core.Object) string {
	return fmt.Sprintf("%s, from port: %v, to port: %v", r.Str("ipProtocol"), r["fromPort"], r["toPort"])
}

// dropRules takes all rules of a group away.
func dropRules(t *core.Tx, group string) {
	for _, token := range []string{IngressRuleToken, EgressRuleToken} {
		for _, r := range t.Where(token, "securityGroupId", group) {
			t.Drop(token, r.Str("id"))
		}
	}
}
