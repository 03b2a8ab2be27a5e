package requestpath

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPolicyTLS(t *testing.T) {
	for policy, want := range map[string][]string{
		"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09": {TLS12, TLS13},
		"ELBSecurityPolicy-TLS13-1-2-2021-06":        {TLS12, TLS13},
		"ELBSecurityPolicy-TLS13-1-3-2021-06":        {TLS13},
		"ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04":   {TLS13},
		"ELBSecurityPolicy-TLS13-1-1-2021-06":        {TLS11, TLS12, TLS13},
		"ELBSecurityPolicy-TLS13-1-0-2021-06":        {TLS10, TLS11, TLS12, TLS13},
		"ELBSecurityPolicy-TLS-1-2-2017-01":          {TLS12},
		"ELBSecurityPolicy-TLS-1-1-2017-01":          {TLS11, TLS12},
		"ELBSecurityPolicy-FS-1-2-Res-2020-10":       {TLS12},
		"ELBSecurityPolicy-FS-1-1-2019-08":           {TLS11, TLS12},
		"ELBSecurityPolicy-FS-2018-06":               {TLS10, TLS11, TLS12},
		"ELBSecurityPolicy-2016-08":                  {TLS10, TLS11, TLS12},
		"ELBSecurityPolicy-2099-01":                  nil,
		"TLSv1.2_2021":                               nil,
		"":                                           nil,
	} {
		assert.Equal(t, want, policyTLS(policy), policy)
	}
}

func TestViewerTLS(t *testing.T) {
	for policy, oldest := range map[string]string{
		"SSLv3": SSL3, "TLSv1": TLS10, "TLSv1_2016": TLS10, "TLSv1.1_2016": TLS11,
		"TLSv1.2_2018": TLS12, "TLSv1.2_2021": TLS12, "TLSv1.2_2025": TLS12, "TLSv1.3_2025": TLS13,
	} {
		assert.Equal(t, tlsBetween(oldest, TLS13), viewerTLS(policy), policy)
	}
	assert.Empty(t, viewerTLS("TLSv2"))
}

func TestURL(t *testing.T) {
	for want, r := range map[string]Request{
		"https://www.example.com/":         {Name: "www.example.com"},
		"http://www.example.com/a%20b?c=d": {Scheme: SchemeHTTP, Name: "www.example.com", Path: "/a%20b", Query: "c=d"},
		"https://www.example.com:8443/":    {Name: "www.example.com", Port: 8443},
		"http://www.example.com:443/":      {Scheme: SchemeHTTP, Name: "www.example.com", Port: 443},
		"https://[2001:db8::1]/":           {Name: "2001:db8::1"},
		"https://198.51.100.20/":           {Name: "198.51.100.20", Port: 443, Host: "www.example.com"},
	} {
		assert.Equal(t, want, r.URL())
	}
}

func TestAccess(t *testing.T) {
	viewer, distribution := Source{}.withDefaults().peer(), Source{Kind: FromCloudFront}.withDefaults().peer()
	member := Source{Kind: FromVPC, SecurityGroups: []string{"alb"}}.withDefaults().peer()
	for _, tt := range []struct {
		name string
		rule Access
		port int
		peer peer
		want bool
	}{
		{"every port", Access{CIDR: "0.0.0.0/0"}, 443, viewer, true},
		{"the port", Access{FromPort: 443, ToPort: 443, CIDR: "0.0.0.0/0"}, 443, viewer, true},
		{"below the range", Access{FromPort: 1024, ToPort: 2000, CIDR: "0.0.0.0/0"}, 1023, viewer, false},
		{"the range's end", Access{FromPort: 1024, ToPort: 2000, CIDR: "0.0.0.0/0"}, 2000, viewer, true},
		{"all protocols", Access{Protocol: "-1", FromPort: 1, ToPort: 1, CIDR: "0.0.0.0/0"}, 443, viewer, true},
		{"another protocol", Access{Protocol: "udp", CIDR: "0.0.0.0/0"}, 443, viewer, false},
		{"another family", Access{CIDR: "::/0"}, 443, viewer, false},
		{"another network", Access{CIDR: "10.0.0.0/8"}, 443, viewer, false},
		{"no network", Access{CIDR: "anywhere"}, 443, viewer, false},
		{"nobody", Access{}, 443, viewer, false},
		{"the prefix list", Access{PrefixList: OriginFacing}, 443, distribution, true},
		{"the prefix list, a viewer", Access{PrefixList: OriginFacing}, 443, viewer, false},
		{"the group", Access{SecurityGroup: "alb"}, 443, member, true},
		{"another group", Access{SecurityGroup: "app"}, 443, member, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, tt.rule.covers(tt.port) && tt.rule.isFor(tt.peer))
		})
	}
}
