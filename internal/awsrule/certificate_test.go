package awsrule_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestDomainName(t *testing.T) {
	for name, wantErr := range map[string]string{
		"app.example.com":                        "",
		"*.example.com":                          "",
		strings.Repeat("a", 60) + ".com":         "",
		strings.Repeat("a", 61) + ".com":         "at most 64 characters, since it becomes the certificate's common name, got 65",
		"no_host.example.com":                    "letters, digits and hyphens",
		"web-1.ap-northeast-1.elb.amazonaws.com": "a domain of your own",
		"d111111abcdef8.cloudfront.net":          "a domain of your own",
		"ec2-1-2-3-4.compute-1.amazonaws.com":    "a domain of your own",
	} {
		t.Run(name, func(t *testing.T) { assertErrorContains(t, awsrule.DomainName(name), wantErr) })
	}
}

func TestAlternativeNames(t *testing.T) {
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf("a%d.example.com", i)
	}
	for name, tt := range map[string]struct {
		names   []string
		wantErr string
	}{
		"none":              {nil, ""},
		"wildcard and long": {[]string{"*.example.com", strings.Repeat("a", 63) + ".example.com"}, ""},
		"at the limit":      {many[:99], ""},
		"above the limit":   {many, "sans: must be at most 99 besides the domain name, got 100"},
		"not a name":        {[]string{"a.example.com", "b"}, "sans[1]: must be fully qualified"},
		"a name of AWS":     {[]string{"d1.cloudfront.net"}, "sans[0]: must be a domain of your own"},
		"the domain again":  {[]string{"example.com"}, `sans[0]: "example.com" is on the certificate already`},
		"one of them again": {[]string{"a.example.com", "b.example.com", "a.example.com"}, "sans[2]: "},
	} {
		t.Run(name, func(t *testing.T) {
			l := fault.ForConfig()
			awsrule.AlternativeNames(l, "sans", "example.com", tt.names)
			assertErrorContains(t, l.Err(), tt.wantErr)
		})
	}
}

func TestKeyAlgorithm(t *testing.T) {
	for _, a := range []string{awsrule.KeyRSA2048, awsrule.KeyP256} {
		assert.NoError(t, awsrule.KeyAlgorithm(a, false))
		assert.NoError(t, awsrule.KeyAlgorithm(a, true))
	}
	assert.NoError(t, awsrule.KeyAlgorithm(awsrule.KeyP384, false))
	assert.EqualError(t, awsrule.KeyAlgorithm(awsrule.KeyP384, true),
		`must be "RSA_2048" or "EC_prime256v1" for CloudFront, got "EC_secp384r1"`)
	assert.ErrorContains(t, awsrule.KeyAlgorithm("RSA_4096", false), `must be one of "RSA_2048"`)
}

func TestARN(t *testing.T) {
	const virginia = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
	tokyo := strings.Replace(virginia, "us-east-1", "ap-northeast-1", 1)
	for _, err := range []error{
		awsrule.CertificateARN(virginia, "", false), awsrule.CertificateARN(virginia, "", true), awsrule.CertificateARN(virginia, "us-east-1", true),
		awsrule.CertificateARN(tokyo, "", false), awsrule.CertificateARN(tokyo, "ap-northeast-1", false),
	} {
		assert.NoError(t, err)
	}
	assert.ErrorContains(t, awsrule.CertificateARN(tokyo, "ap-northeast-1", true), "must be a certificate of us-east-1, got one of ap-northeast-1")
	assert.ErrorContains(t, awsrule.CertificateARN(virginia, "ap-northeast-1", false),
		"must be a certificate of ap-northeast-1, where its load balancer is, got one of us-east-1")
	for _, no := range []string{
		"", "12345678-1234-1234-1234-123456789012",
		"arn:aws:iam::123456789012:server-certificate/x",
		"arn:aws:acm:us-east-1:1:certificate/x",
		virginia + "/x", " " + virginia,
	} {
		for _, forCloudFront := range []bool{false, true} {
			assert.ErrorContains(t, awsrule.CertificateARN(no, "us-east-1", forCloudFront), "must be the ARN of an ACM certificate", no)
		}
	}
}
