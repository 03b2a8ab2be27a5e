package awsrule

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// Who may reach a load balancer.
const (
	// AccessInternet admits everyone, on 80 (redirected) and 443.
	AccessInternet = "internet"
	// AccessCIDRs admits the given address ranges, on 80 (redirected) and 443.
	AccessCIDRs = "cidrs"
	// AccessCloudFront admits CloudFront's origin-facing addresses, on 443 only.
	AccessCloudFront = "cloudfront"
	// AccessVPCOrigin admits CloudFront through a VPC origin, on 443 only.
	AccessVPCOrigin = "vpc-origin"
)

// AllowedCIDRs checks the address ranges that access admits and records each
// fault under path.
func AllowedCIDRs(l *fault.List, path, access string, cidrs []string, dualStack bool) {
	if access != AccessCIDRs {
		if len(cidrs) > 0 {
			l.Addf(path, "must be empty unless accessFrom is %q, which is %q", AccessCIDRs, access)
		}
		return
	}
	if len(cidrs) == 0 {
		l.Addf(path, "must name at least one address range when accessFrom is %q, for example 203.0.113.7/32", AccessCIDRs)
	}
	checkEach(l, path, cidrs, func(c string) error { return allowedCIDR(c, dualStack) })
}

func allowedCIDR(cidr string, dualStack bool) error {
	p, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil:
		return fmt.Errorf("must be an address range such as 203.0.113.7/32, got %q", cidr)
	case p.Bits() == 0:
		return fmt.Errorf("must not be everyone, got %s: set accessFrom to %q instead", cidr, AccessInternet)
	case p.Masked().String() != cidr:
		return fmt.Errorf("must be written as AWS keeps it, %s, got %s", p.Masked(), cidr)
	case p.Addr().Is6() && !dualStack:
		return fmt.Errorf("must be IPv4, got %s: the load balancer has no IPv6 address unless dualStack is true", cidr)
	}
	return nil
}

// Ingress is one inbound rule of the load balancer's security group. Exactly
// one of CIDRv4, CIDRv6 and PrefixList is set.
type Ingress struct {
	// Key tells the rule from the group's others and never depends on an
	// index: it becomes part of the resource's name.
	Key            string
	Port           int
	CIDRv4, CIDRv6 string
	PrefixList     string // the name of an AWS-managed list
}

// LoadBalancerIngress is the inbound rules of a load balancer's security group. Behind
// CloudFront there is no port 80 at all: nobody is there to be redirected. Whom a VPC origin
// comes from is not known before there is one: its rule is not among them.
func LoadBalancerIngress(access string, cidrs []string, dualStack bool) []Ingress {
	switch access {
	case AccessVPCOrigin:
		return nil
	case AccessCloudFront:
		return CloudFrontIngress(dualStack)
	case AccessInternet:
		cidrs = []string{"0.0.0.0/0"}
		if dualStack {
			cidrs = append(cidrs, "::/0")
		}
	}
	var rules []Ingress
	for _, port := range []int{awstable.HTTPPort, awstable.HTTPSPort} {
		for _, c := range cidrs {
			rule := Ingress{Key: fmt.Sprintf("%d-%s", port, cidrKey.Replace(c)), Port: port, CIDRv4: c}
			if strings.Contains(c, ":") {
				rule.CIDRv4, rule.CIDRv6 = "", c
			}
			rules = append(rules, rule)
		}
	}
	return rules
}

// cidrKey makes a range fit for a resource's name, where "::" and "/" have
// meanings of their own. Different ranges keep different keys.
var cidrKey = strings.NewReplacer(":", "-", "/", "-")
