package awsrule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
)

func TestOriginDomain(t *testing.T) {
	tests := []struct{ name, domain, wantErr string }{
		{"a name of its own", "origin.example.com", ""},
		{"none", "", "is required"},
		{"the load balancer's name", "web-123.ap-northeast-1.elb.amazonaws.com", "viewers would get 502"},
		{"a distribution", "d111111abcdef8.cloudfront.net", "viewers would get 403"},
		{"an address", "192.0.2.1", `got the address "192.0.2.1"`},
		{"an IPv6 address", "2001:db8::1", `got the address "2001:db8::1"`},
		{"a URL", "https://origin.example.com", "without scheme or path"},
		{"a wildcard", "*.example.com", "must be the name of one host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assertErrorContains(t, awsrule.OriginDomain(tt.domain), tt.wantErr)
		})
	}
}

func TestOriginPort(t *testing.T) {
	for _, p := range []int{80, 443, 1024, 65535} {
		assert.NoError(t, awsrule.OriginPort(p))
	}
	for _, p := range []int{-1, 0, 79, 81, 444, 1023, 65536} {
		assert.ErrorContains(t, awsrule.OriginPort(p), "must be 80, 443 or 1024-65535")
	}
}

func TestOriginTimeout(t *testing.T) {
	assert.NoError(t, awsrule.OriginTimeout(1))
	assert.NoError(t, awsrule.OriginTimeout(120))
	assert.EqualError(t, awsrule.OriginTimeout(0), "must be 1-120 s, got 0")
	assert.EqualError(t, awsrule.OriginTimeout(121), "must be 1-120 s, got 121")
}

func TestHeaderName(t *testing.T) {
	tests := []struct{ header, wantErr string }{
		{"X-Origin-Verify", ""},
		{strings.Repeat("x", 40), ""},
		{strings.Repeat("x", 41), "must be at most 40 characters"},
		{"", "must be letters, digits and hyphens"},
		{"X_Origin_Verify", "load balancers and nginx drop headers with other characters"},
		{"X-Origin: a", "must be letters, digits and hyphens"},
		{"Host", "must be a header that CloudFront can add"},
		{"cookie", "must be a header that CloudFront can add"},
		{"X-Amz-Secret", "must be a header that CloudFront can add"},
		{"X-Edge-Secret", "must be a header that CloudFront can add"},
		{"X-Forwarded-Secret", "must not be a header that the load balancer writes"},
		{"X-Amzn-Secret", "must not be a header that the load balancer writes"},
	}
	for _, tt := range tests {
		t.Run(tt.header, func(t *testing.T) { assertErrorContains(t, awsrule.SecretHeader(tt.header), tt.wantErr) })
	}
}
