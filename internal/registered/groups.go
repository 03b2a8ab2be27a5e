package registered

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// readGroups describes the security groups with their rules, inline ones and
// those that are resources.
func (r *reader) readGroups() {
	for _, kind := range []string{typeGroup, typeDefaultGroup} {
		for _, g := range r.all[kind] {
			r.admit(g.id, true, r.inline(g, "ingress"))
			r.admit(g.id, false, r.inline(g, "egress"))
		}
	}
	for _, kind := range []string{typeIngress, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", typeGroupRule} {
		for _, rule := range r.all[kind] {
			in := kind == typeIngress || kind == typeGroupRule && rule.str("type") == "ingress"
			r.admit(rule.str("securityGroupId"), in, r.accesses(rule, rule.object, "", in))
		}
	}
	slices.SortFunc(r.Plan.SecurityGroups, func(a, b requestpath.SecurityGroup) int { return cmp.Compare(a.Name, b.Name) })
}

// admit adds rules to a group of the plan, equal ones once.
func (r *reader) admit(id string, in bool, rules []requestpath.Access) {
	group := groupIn(&r.Plan, id)
	own := &group.Egress
	if in {
		own = &group.Ingress
	}
	for _, rule := range rules {
		if !slices.Contains(*own, rule) {
			*own = append(*own, rule)
		}
	}
}

// groupIn is the group of an id in a plan, which is made when it is not there.
func groupIn(plan *requestpath.Plan, id string) *requestpath.SecurityGroup {
	if g := find(plan.SecurityGroups, func(g *requestpath.SecurityGroup) bool { return g.Name == id }); g != nil {
		return g
	}
	plan.SecurityGroups = append(plan.SecurityGroups, requestpath.SecurityGroup{Name: id})
	return &plan.SecurityGroups[len(plan.SecurityGroups)-1]
}

// groupsOf notes which of the groups are not among the resources.
func (r *reader) groupsOf(by *resource, property string, ids []string) []string {
	for _, id := range r.notAmong(ids) {
		r.doubt(by, property, "security group "+id+" is not among the resources: of its rules only those that are count")
		r.open = append(r.open, id)
	}
	return ids
}

func (r *reader) inline(group *resource, direction string) []requestpath.Access {
	if group.secret(direction) {
		r.doubt(group, direction, "the rules are encrypted and so left out")
		r.open = append(r.open, group.id)
	}
	var out []requestpath.Access
	for i, rule := range group.blocks(direction) {
		out = append(out, r.accesses(group, rule, fmt.Sprintf("%s[%d].", direction, i), direction == "ingress")...)
	}
	return out
}

// accesses are one rule of AWS, which may name several others.
func (r *reader) accesses(of *resource, rule object, at string, in bool) []requestpath.Access {
	base, ok := portsOf(rule)
	if !ok {
		return nil
	}
	out := toBlocks(base, texts(rule, "cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"))
	groups := texts(rule, "referencedSecurityGroupId", "securityGroups", "sourceSecurityGroupId")
	if rule.flag("self") {
		groups = append(groups, cmp.Or(of.str("securityGroupId"), of.id))
	}
	for _, group := range groups {
		a := base
		a.SecurityGroup = r.groupNamed(of, at, group[strings.LastIndex(group, "/")+1:], in)
		out = append(out, a)
	}
	for _, list := range texts(rule, "prefixListId", "prefixListIds") {
		out = append(out, r.listed(of, rule, at, base, list, in)...)
	}
	return out
}

func toBlocks(base requestpath.Access, cidrs []string) []requestpath.Access {
	var out []requestpath.Access
	for _, cidr := range cidrs {
		base.CIDR = cidr
		out = append(out, base)
	}
	return out
}

// texts are those of properties that are each a text or a list.
func texts(o object, properties ...string) []string {
	var out []string
	for _, p := range properties {
		out = append(append(out, o.str(p)), o.strs(p)...)
	}
	return present(out)
}

// portsOf is the part of a rule that says what it is about. It is false for a
// rule about no port that a request uses.
// Sourced: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
func portsOf(rule object) (requestpath.Access, bool) {
	protocols := map[string]string{"-1": "-1", "all": "-1", "tcp": "tcp", "6": "tcp", "udp": "udp", "17": "udp"}
	protocol := protocols[strings.ToLower(cmp.Or(rule.str("ipProtocol"), rule.str("protocol")))]
	if protocol == "-1" {
		return requestpath.Access{Protocol: protocol}, true
	}
	a := requestpath.Access{Protocol: protocol, FromPort: rule.num("fromPort"), ToPort: rule.num("toPort")}
	return a, protocol != "" && a.ToPort > 0
}

// otherLists are words by which a rule's description names another of AWS's
// prefix lists than CloudFront's.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
var otherLists = regexp.MustCompile(`(?i)\b(s3|dynamodb|lattice|health[ -]?checks?|route ?53|instance connect|ground ?station|ipv6)\b`)

// listed is a rule about a prefix list: the blocks of one that is registered,
// CloudFront's under the model's name for it, others under their id. Which one is
// CloudFront's differs by Region and is in no state.
func (r *reader) listed(of *resource, rule object, at string, base requestpath.Access, id string, in bool) []requestpath.Access {
	if list := r.one("aws:ec2/managedPrefixList:ManagedPrefixList", id); list != nil {
		return toBlocks(base, r.entries(list))
	}
	base.PrefixList = id
	known := len(r.options.OriginFacing) > 0
	another := known || !in || len(r.where(typeEndpoint, "prefixListId", id)) > 0 || otherLists.MatchString(rule.str("description"))
	if !another {
		r.note(of, at+"prefixListId", "prefix list "+id+" is taken for CloudFront's origin-facing one, since nothing says another")
	}
	if !another || slices.Contains(r.options.OriginFacing, id) {
		base.PrefixList = requestpath.OriginFacing
	}
	return []requestpath.Access{base}
}

func (r *reader) entries(list *resource) []string {
	entries := r.where("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", "prefixListId", list.id)
	return append(pluck(list.blocks("entries"), "cidr"), pluck(entries, "cidr")...)
}
