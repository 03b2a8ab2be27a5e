package awsrule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestAliases(t *testing.T) {
	certificate := []string{"example.com", "*.example.com"}
	tests := []struct {
		name    string
		aliases []string
		wantErr string
	}{
		{"apex and www", []string{"example.com", "www.example.com"}, ""},
		{"wildcard", []string{"*.example.com"}, ""},
		{"none", nil, ""},
		{"two levels under a wildcard", []string{"a.b.example.com"},
			`a[0]: must be covered by the certificate, got "a.b.example.com", the certificate is for example.com, *.example.com`},
		{"another domain", []string{"example.com", "example.org"}, `a[1]: must be covered by the certificate, got "example.org"`},
		{"capitals", []string{"WWW.example.com"}, "a[0]: must be in lower case"},
		{"cloudfront's own", []string{"d1.cloudfront.net"}, `a[0]: must be a name of your own, got "d1.cloudfront.net"`},
		{"duplicate", []string{"example.com", "example.com"}, `a[1]: is a duplicate of "example.com"`},
		{"too many", many(101), "a: must be at most 100 names, got 101"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := fault.ForConfig()
			awsrule.Aliases(l, "a", tt.aliases, certificate)
			assertErrorContains(t, l.Err(), tt.wantErr)
		})
	}
}

func many(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strings.Repeat("a", i%60+1) + strings.Repeat("b", i/60) + ".example.com"
	}
	return names
}

func TestMinimumTLS(t *testing.T) {
	for _, p := range []string{"", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021"} {
		assert.NoError(t, awsrule.ViewerPolicy(p, true))
	}
	for _, p := range []string{"TLSv1", "TLSv1.1_2016", "TLSv1.2_2025", "TLSv1.3_2025", "tls1.2"} {
		assert.ErrorContains(t, awsrule.ViewerPolicy(p, true), "must be one of TLSv1.2_2018, TLSv1.2_2019, TLSv1.2_2021")
	}
	assert.NoError(t, awsrule.ViewerPolicy("", false))
	assert.ErrorContains(t, awsrule.ViewerPolicy("TLSv1.2_2021", false), "must not be set without aliases")
}

func TestWebACL(t *testing.T) {
	tests := []struct{ name, arn, wantErr string }{
		{"global", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/0a1b", ""},
		{"regional", "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/site/0a1b",
			"must be of scope CLOUDFRONT (us-east-1, global), got ap-northeast-1, regional"},
		{"regional in us-east-1", "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/site/0a1b", "got us-east-1, regional"},
		{"an id", "0a1b", "must be the ARN of a WAFv2 web ACL"},
		{"a rule group", "arn:aws:wafv2:us-east-1:123456789012:global/rulegroup/site/0a1b", "must be the ARN of a WAFv2 web ACL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { assertErrorContains(t, awsrule.WebACL(tt.arn), tt.wantErr) })
	}
}

func TestDistributionSettings(t *testing.T) {
	assert.NoError(t, awsrule.DefaultRootObject(""))
	assert.NoError(t, awsrule.DefaultRootObject("index.html"))
	assert.EqualError(t, awsrule.DefaultRootObject("/index.html"), `must not begin with /, got "/index.html"; use "index.html"`)
	assert.EqualError(t, awsrule.DefaultRootObject(strings.Repeat("a", 256)), "must be at most 255 characters, got 256")
	assert.NoError(t, awsrule.DistributionComment(strings.Repeat("a", 128)))
	assert.EqualError(t, awsrule.DistributionComment(strings.Repeat("a", 129)), "must be at most 128 characters, got 129")
	assert.NoError(t, awsrule.CertificateForCloudFront(true))
	assert.ErrorContains(t, awsrule.CertificateForCloudFront(false), "must be a certificate in us-east-1")
}
