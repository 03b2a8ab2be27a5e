package cloud

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
)

// ruleQuota is how many rules a security group may have in each direction, for
// IPv4 and for IPv6 each, unless the account asked for more.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
const ruleQuota = 60

// peers are the inputs that say whom a rule is about.
var peers = []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"}

// securityGroupRuleKind is one rule of a security group: traffic in or out.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
// *sourced*
func securityGroupRuleKind(token string) kind {
	inputs, state := vpc.SecurityGroupIngressRuleArgs{}.ElementType(), reflect.TypeFor[vpc.SecurityGroupIngressRule]()
	if token == egressRuleToken {
		inputs, state = vpc.SecurityGroupEgressRuleArgs{}.ElementType(), reflect.TypeFor[vpc.SecurityGroupEgressRule]()
	}
	return kind{
		token:  token,
		inputs: inputs,
		state:  state,
		changes: map[string]change{
			"cidrIpv4": updates, "cidrIpv6": updates, "prefixListId": updates, "referencedSecurityGroupId": updates,
			"description": updates, "fromPort": updates, "ipProtocol": updates, "toPort": updates,
			"securityGroupId": replaces, "tags": updates,
		},
		overrides: peerKindReplaces,
		rules: []rule{
			exactlyOneOf(peers...), cidrRule("cidrIpv4", false), cidrRule("cidrIpv6", true),
			protocolRule, portRangeRule, ruleDescriptionRule,
		},
		create: func(t *tx, in object) (string, object, error) {
			if err := admissible(t, token, "", in); err != nil {
				return "", nil, err
			}
			id := t.newID("sgr")
			return id, object{"arn": t.arn("ec2", "security-group-rule/"+id), "securityGroupRuleId": id}, nil
		},
		update: func(t *tx, id string, _, in object) (object, error) {
			return nil, admissible(t, token, id, in)
		},
	}
}

// peerKindReplaces makes a new rule of one whose peer becomes one of another
// kind, such as a prefix list instead of a block; another peer of the same kind
// is an update.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group_ingress_rule.go *sourced*
func peerKindReplaces(old, in object) map[string]change {
	out := map[string]change{}
	for _, p := range peers {
		if old.has(p) != in.has(p) {
			out[p] = replaces
		}
	}
	return out
}

// protocolRule is the rule that a protocol is one of those with a name, -1 for
// all of them, or a number.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html *sourced*
func protocolRule(in object) *refusal {
	p := in.str("ipProtocol")
	if !in.known("ipProtocol") || slices.Contains([]string{"tcp", "udp", "icmp", "icmpv6", "-1"}, p) {
		return nil
	}
	if n, err := strconv.Atoi(p); err == nil && n >= 0 && n <= 255 {
		return nil
	}
	return invalidf("InvalidParameterValue", "ipProtocol",
		"Invalid value '%s' for IP protocol: must be tcp, udp, icmp, icmpv6, -1 or 0-255", p)
}

// portRangeRule is the rule that TCP and UDP have a range of ports, and that all
// protocols together have none.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html *sourced*
func portRangeRule(in object) *refusal {
	switch in.str("ipProtocol") {
	case "-1":
		if in.has("fromPort") || in.has("toPort") {
			return invalidf("InvalidParameterValue", "fromPort", "must not be given with the protocol -1, which is all ports")
		}
	case "tcp", "udp":
		from, fromKnown := in.num("fromPort")
		to, toKnown := in.num("toPort")
		if !in.has("fromPort") || !in.has("toPort") {
			return invalidf("InvalidParameterValue", "fromPort", "and toPort are required for the protocol %s", in.str("ipProtocol"))
		}
		if fromKnown && toKnown && (from < 0 || to > 65535 || from > to) {
			return invalidf("InvalidParameterValue", "fromPort", "Invalid TCP/UDP port range (%v:%v)", from, to)
		}
	}
	return nil
}

// ruleDescriptionRule is the rules of a rule's description.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html *sourced*
func ruleDescriptionRule(in object) *refusal {
	if d := in.str("description"); len(d) > 255 || !groupCharset.MatchString(d) {
		return invalidf("InvalidParameterValue", "description",
			"must be at most 255 characters of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*")
	}
	return nil
}

// admissible is the rules of a rule that need a look at the account: whom it
// names exists, it is not there yet, and the group has room for it.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
// *sourced*, the wording inferred
func admissible(t *tx, token, id string, in object) error {
	group, err := t.mustExist(securityGroupToken, in.str("securityGroupId"), "InvalidGroup.NotFound")
	if err != nil {
		return err
	}
	if err := peerExists(t, group, in); err != nil {
		return err
	}
	others := slices.DeleteFunc(t.where(token, "securityGroupId", group.str("id")),
		func(o object) bool { return o.str("id") == id })
	for _, o := range others {
		if sameTraffic(o, in) {
			return refuse("InvalidPermission.Duplicate",
				"the specified rule \"peer: %s, %s\" already exists: %s", peerOf(in), traffic(in), o.str("id"))
		}
	}
	return hasRoom(t.region, append(others, in))
}

// peerExists is the rule that the group or list that a rule names exists, the
// group in the same network.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html *sourced*
func peerExists(t *tx, group, in object) error {
	if id := in.str("referencedSecurityGroupId"); id != "" {
		peer, err := t.mustExist(securityGroupToken, id, "InvalidGroup.NotFound")
		if err != nil {
			return err
		}
		if peer.str("vpcId") != group.str("vpcId") {
			return refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
		}
	}
	if id := in.str("prefixListId"); id != "" {
		if _, ok := prefixListWith(t.region, id, ""); !ok {
			return refuse("InvalidPrefixListID.NotFound", "The prefix list ID '%s' does not exist", id)
		}
	}
	return nil
}

// hasRoom is the quota of a security group. A prefix list weighs as much as it
// may ever hold; another group counts once for IPv4 and once for IPv6.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html *sourced*
func hasRoom(region string, rules []object) error {
	var v4, v6 int
	for _, r := range rules {
		switch {
		case r.has("cidrIpv4"):
			v4++
		case r.has("cidrIpv6"):
			v6++
		case r.has("prefixListId"):
			l, _ := prefixListWith(region, r.str("prefixListId"), "")
			if l.family == "IPv6" {
				v6 += l.weight
			} else {
				v4 += l.weight
			}
		default:
			v4, v6 = v4+1, v6+1
		}
	}
	if v4 > ruleQuota || v6 > ruleQuota {
		return refuse("RulesPerSecurityGroupLimitExceeded",
			"The maximum number of rules per security group has been reached: %d for IPv4 and %d for IPv6, %d each are allowed",
			v4, v6, ruleQuota)
	}
	return nil
}

// sameTraffic tells whether two rules of a group let the same traffic through.
func sameTraffic(a, b object) bool {
	return peerOf(a) == peerOf(b) && traffic(a) == traffic(b)
}

func peerOf(r object) string {
	for _, p := range peers {
		if r.has(p) {
			return r.str(p)
		}
	}
	return ""
}

func traffic(r object) string {
	return fmt.Sprintf("%s, from port: %v, to port: %v", r.str("ipProtocol"), r["fromPort"], r["toPort"])
}

// addRule stores a rule that AWS makes by itself.
func (t *tx) addRule(token string, in object) {
	id := t.newID("sgr")
	t.set(token, id, in.with(object{
		"arn": t.arn("ec2", "security-group-rule/"+id), "securityGroupRuleId": id,
	}))
}

// dropRules takes all rules of a group away.
func (t *tx) dropRules(group string) {
	for _, token := range []string{ingressRuleToken, egressRuleToken} {
		for _, r := range t.where(token, "securityGroupId", group) {
			t.drop(token, r.str("id"))
		}
	}
}
