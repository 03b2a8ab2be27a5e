package awsrule_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

func TestAllowedCIDRs(t *testing.T) {
	tests := []struct {
		name, access string
		cidrs        []string
		dualStack    bool
		wantErr      string
	}{
		{"internet without ranges", "internet", nil, false, ""},
		{"one address", "cidrs", []string{"203.0.113.7/32"}, false, ""},
		{"ipv6 with dual stack", "cidrs", []string{"2001:db8::/32"}, true, ""},
		{"ranges for everyone", "internet", []string{"10.0.0.0/8"}, false,
			`c: must be empty unless accessFrom is "cidrs", which is "internet"`},
		{"ranges behind cloudfront", "cloudfront", []string{"10.0.0.0/8"}, false,
			`c: must be empty unless accessFrom is "cidrs", which is "cloudfront"`},
		{"no range", "cidrs", nil, false,
			`c: must name at least one address range when accessFrom is "cidrs", for example 203.0.113.7/32`},
		{"no prefix length", "cidrs", []string{"203.0.113.7"}, false,
			`c[0]: must be an address range such as 203.0.113.7/32, got "203.0.113.7"`},
		{"everyone", "cidrs", []string{"0.0.0.0/0"}, false,
			`c[0]: must not be everyone, got 0.0.0.0/0: set accessFrom to "internet" instead`},
		{"everyone in ipv6", "cidrs", []string{"::/0"}, true,
			`c[0]: must not be everyone, got ::/0: set accessFrom to "internet" instead`},
		{"host bits", "cidrs", []string{"10.0.0.1/8"}, false,
			`c[0]: must be written as AWS keeps it, 10.0.0.0/8, got 10.0.0.1/8`},
		{"ipv6 without dual stack", "cidrs", []string{"2001:db8::/32"}, false,
			`c[0]: must be IPv4, got 2001:db8::/32: the load balancer has no IPv6 address unless dualStack is true`},
		{"duplicate", "cidrs", []string{"10.0.0.0/8", "10.0.0.0/8"}, false, `c[1]: is a duplicate of "10.0.0.0/8": remove it`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := fault.ForConfig()
			awsrule.AllowedCIDRs(l, "c", tt.access, tt.cidrs, tt.dualStack)
			assertError(t, l.Err(), tt.wantErr)
		})
	}
}

func TestPlanIngress(t *testing.T) {
	v4 := func(key string, port int, cidr string) awsrule.Ingress {
		return awsrule.Ingress{Key: key, Port: port, CIDRv4: cidr}
	}
	v6 := func(key string, port int, cidr string) awsrule.Ingress {
		return awsrule.Ingress{Key: key, Port: port, CIDRv6: cidr}
	}
	list := awsrule.Ingress{Key: "443-cloudfront", Port: 443, PrefixList: "com.amazonaws.global.cloudfront.origin-facing"}
	list6 := awsrule.Ingress{Key: "443-cloudfront-ipv6", Port: 443, PrefixList: "com.amazonaws.global.ipv6.cloudfront.origin-facing"}
	tests := []struct {
		name, access string
		cidrs        []string
		dualStack    bool
		want         []awsrule.Ingress
	}{
		{"internet", "internet", nil, false,
			[]awsrule.Ingress{v4("80-0.0.0.0-0", 80, "0.0.0.0/0"), v4("443-0.0.0.0-0", 443, "0.0.0.0/0")}},
		{"internet, dual stack", "internet", nil, true, []awsrule.Ingress{
			v4("80-0.0.0.0-0", 80, "0.0.0.0/0"), v6("80----0", 80, "::/0"),
			v4("443-0.0.0.0-0", 443, "0.0.0.0/0"), v6("443----0", 443, "::/0"),
		}},
		{"ranges", "cidrs", []string{"203.0.113.7/32", "2001:db8::/32"}, true, []awsrule.Ingress{
			v4("80-203.0.113.7-32", 80, "203.0.113.7/32"), v6("80-2001-db8---32", 80, "2001:db8::/32"),
			v4("443-203.0.113.7-32", 443, "203.0.113.7/32"), v6("443-2001-db8---32", 443, "2001:db8::/32"),
		}},
		{"cloudfront never opens port 80", "cloudfront", nil, false, []awsrule.Ingress{list}},
		{"cloudfront, dual stack", "cloudfront", nil, true, []awsrule.Ingress{list, list6}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, awsrule.LoadBalancerIngress(tt.access, tt.cidrs, tt.dualStack))
		})
	}
}

func TestIngressFits(t *testing.T) {
	ranges := func(n int) []string {
		var cidrs []string
		for i := range n {
			cidrs = append(cidrs, fmt.Sprintf("10.%d.0.0/16", i))
		}
		return cidrs
	}
	assert.NoError(t, awsrule.IngressFits(awsrule.LoadBalancerIngress("cidrs", ranges(30), false), 60))
	assert.EqualError(t, awsrule.IngressFits(awsrule.LoadBalancerIngress("cidrs", ranges(31), false), 60),
		"must fit into one security group: 31 IPv4 ranges x 2 ports = 62 rules, the quota is 60; "+
			"merge ranges, or have the quota raised and set securityGroupRuleQuota")
	// The two families have quotas of their own.
	both := append(ranges(30), "2001:db8::/32")
	assert.NoError(t, awsrule.IngressFits(awsrule.LoadBalancerIngress("cidrs", both, true), 60))
	assert.ErrorContains(t, awsrule.IngressFits(awsrule.LoadBalancerIngress("cidrs", []string{"2001:db8::/32"}, true), 1),
		"1 IPv6 ranges x 2 ports = 2 rules, the quota is 1")
	// What a prefix list weighs is known only after it was looked up.
	assert.NoError(t, awsrule.IngressFits(awsrule.LoadBalancerIngress("cloudfront", nil, true), 1))
}

func TestPrefixListFits(t *testing.T) {
	const v4, v6 = "com.amazonaws.global.cloudfront.origin-facing", "com.amazonaws.global.ipv6.cloudfront.origin-facing"
	assert.NoError(t, awsrule.PrefixListFits(v4, 55, 55))
	assert.EqualError(t, awsrule.PrefixListFits(v4, 55, 54),
		"must hold the prefix list com.amazonaws.global.cloudfront.origin-facing: 1 rule x 55 entries = 55 IPv4 rules, the quota is 54; "+
			`have the quota "inbound or outbound rules per security group" raised and set securityGroupRuleQuota`)
	assert.ErrorContains(t, awsrule.PrefixListFits(v6, 55, 1), "55 IPv6 rules")
	assert.ErrorContains(t, awsrule.PrefixListFits(v4, 0, 54), "1 rule x 55 entries", "AWS returned no number")
	assert.NoError(t, awsrule.PrefixListFits(v4, 0, 55))
}

func TestOutboundFits(t *testing.T) {
	assert.NoError(t, awsrule.OutboundFits(59, 60))
	assert.EqualError(t, awsrule.OutboundFits(60, 60),
		"must have room in its security group for one more outbound rule: 61 routes x 1 rule = 61 rules, the quota is 60; "+
			"use a second load balancer, or have the quota raised and set securityGroupRuleQuota")
}

func TestSecurityGroupRuleQuota(t *testing.T) {
	assert.NoError(t, awsrule.SecurityGroupRuleQuota(awstable.SecurityGroupRuleQuota))
	assert.NoError(t, awsrule.SecurityGroupRuleQuota(1000))
	assert.EqualError(t, awsrule.SecurityGroupRuleQuota(0), "must be 1-1000 rules, got 0")
	assert.EqualError(t, awsrule.SecurityGroupRuleQuota(1001), "must be 1-1000 rules, got 1001")
}

func assertError(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		assert.NoError(t, err)
		return
	}
	assert.EqualError(t, err, want)
}
