package dnsname_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/dnsname"
)

func TestCheckCertificateDomain(t *testing.T) {
	for name, wantErr := range map[string]string{
		"app.example.com":                        "",
		"*.example.com":                          "",
		labels(60, 3):                            "",
		labels(61, 3):                            "at most 64 characters, since it becomes the certificate's common name, got 65",
		"no_host.example.com":                    "letters, digits and hyphens",
		"web-1.ap-northeast-1.elb.amazonaws.com": "a domain of your own",
		"d111111abcdef8.cloudfront.net":          "a domain of your own",
		"ec2-1-2-3-4.compute-1.amazonaws.com":    "a domain of your own",
	} {
		t.Run(name, func(t *testing.T) { matches(t, dnsname.CheckCertificateDomain(name), wantErr) })
	}
}

func TestCheckAlternativeNames(t *testing.T) {
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf("a%d.example.com", i)
	}
	for name, tt := range map[string]struct {
		names   []string
		index   int
		wantErr string
	}{
		"none":              {nil, -1, ""},
		"apex and wildcard": {[]string{"*.example.com", labels(63, 63, 3)}, -1, ""},
		"at the limit":      {many[:99], -1, ""},
		"above the limit":   {many, -1, "must be at most 99 besides the domain name, got 100"},
		"not a name":        {[]string{"a.example.com", "b"}, 1, "fully qualified"},
		"a name of AWS":     {[]string{"d1.cloudfront.net"}, 0, "a domain of your own"},
		"the domain again":  {[]string{"example.com"}, 0, "on the certificate already"},
		"one of them again": {[]string{"a.example.com", "b.example.com", "a.example.com"}, 2, "on the certificate already"},
	} {
		t.Run(name, func(t *testing.T) {
			index, err := dnsname.CheckAlternativeNames("example.com", tt.names)
			matches(t, err, tt.wantErr)
			assert.Equal(t, tt.index, index)
		})
	}
}
