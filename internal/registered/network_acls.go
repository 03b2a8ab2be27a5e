package registered

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

const (
	typeACL            = "aws:ec2/networkAcl:NetworkAcl"
	typeDefaultACL     = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
	typeACLRule        = "aws:ec2/networkAclRule:NetworkAclRule"
	typeACLAssociation = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
)

// readNetworkACLs notes the network ACLs that may drop packets. Those of subnets in
// which a load balancer or a server stands may drop every request to it.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
func (r *reader) readNetworkACLs() {
	for _, kind := range []string{typeACL, typeDefaultACL} {
		for _, acl := range r.all[kind] {
			if subnets := r.aclSubnets(acl); !r.admitsAll(acl, subnets) {
				r.noteACL(acl, subnets)
			}
		}
	}
	for _, kind := range []string{typeACLRule, typeACLAssociation} {
		for _, part := range r.all[kind] {
			if id := part.str("networkAclId"); r.one(typeACL, id) == nil && r.one(typeDefaultACL, id) == nil {
				r.noteACL(part, pluck(r.where(typeACLAssociation, "networkAclId", id), "subnetId"))
			}
		}
	}
}

func (r *reader) noteACL(of *resource, subnets []string) {
	within := func(ids []string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(subnets, id) })
	}
	closed := map[string]bool{} // by the name of a server or the DNS name of a load balancer
	for _, b := range r.all[typeLoadBalancer] {
		closed[b.str("dnsName")] = within(subnetsOf(b))
	}
	for server, ids := range r.stands {
		closed[server] = within(ids)
	}
	r.mayBe(of, "", "network ACLs may drop packets, which is not described", func(plan *requestpath.Plan) {
		plan.LoadBalancers = changed(plan.LoadBalancers, func(b *requestpath.LoadBalancer) {
			if closed[b.DNSName] {
				b.SecurityGroups = nil
			}
		})
		plan.Servers = changed(plan.Servers, func(s *requestpath.Server) {
			if closed[s.Name] {
				s.SecurityGroups = nil
			}
		})
	})
}

// aclSubnets are those of an ACL. The default one of a VPC has every subnet that no
// other one has.
func (r *reader) aclSubnets(acl *resource) []string {
	subnets := append(acl.strs("subnetIds"), pluck(r.where(typeACLAssociation, "networkAclId", acl.id), "subnetId")...)
	if acl.kind != typeDefaultACL {
		return subnets
	}
	others := pluck(r.all[typeACLAssociation], "subnetId")
	for _, other := range r.all[typeACL] {
		others = append(others, other.strs("subnetIds")...)
	}
	for _, subnet := range r.where(typeSubnet, "vpcId", acl.str("vpcId")) {
		if !slices.Contains(others, subnet.id) {
			subnets = append(subnets, subnet.id)
		}
	}
	return subnets
}

// admitsAll says whether an ACL is known to drop nothing, as the one with which a VPC
// begins.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
func (r *reader) admitsAll(acl *resource, subnets []string) bool {
	blocks := []string{everywhere}
	if slices.ContainsFunc(subnets, func(id string) bool { return r.get(typeSubnet, id).str("ipv6CidrBlock") != "" }) {
		blocks = append(blocks, "::/0")
	}
	for _, direction := range []string{"ingress", "egress"} {
		rules := acl.blocks(direction)
		for _, rule := range r.where(typeACLRule, "networkAclId", acl.id) {
			if rule.flag("egress") == (direction == "egress") {
				rules = append(rules, rule.object)
			}
		}
		denies := func(rule object) bool { return strings.EqualFold(rule.str("action")+rule.str("ruleAction"), "deny") }
		if slices.ContainsFunc(rules, denies) {
			return false
		}
		for _, block := range blocks {
			if !slices.ContainsFunc(rules, func(rule object) bool {
				return slices.Contains([]string{"-1", "all"}, rule.str("protocol")) && slices.Contains(texts(rule, "cidrBlock", "ipv6CidrBlock"), block)
			}) {
				return false
			}
		}
	}
	return true
}
