package awsrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestRegionalWebACL(t *testing.T) {
	const arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/a1"
	assert.NoError(t, awsrule.RegionalWebACL(arn, ""))
	assert.NoError(t, awsrule.RegionalWebACL(arn, "eu-west-1"))
	assert.ErrorContains(t, awsrule.RegionalWebACL(arn, "eu-west-2"), "must be in eu-west-2, where the load balancer is, got one in eu-west-1")
	assert.ErrorContains(t, awsrule.RegionalWebACL("arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/a1", ""), "must be of scope REGIONAL")
	assert.ErrorContains(t, awsrule.RegionalWebACL("shop", ""), `got "shop"`)
}

func TestNumbersOfAWebACL(t *testing.T) {
	for limit, fine := range map[int]bool{9: false, 10: true, 2_000_000_000: true, 2_000_000_001: false} {
		assert.Equal(t, fine, awsrule.RateLimit(limit) == nil, limit)
	}
	for seconds, fine := range map[int]bool{0: false, 60: true, 120: true, 300: true, 600: true, 601: false} {
		assert.Equal(t, fine, awsrule.RateWindow(seconds) == nil, seconds)
	}
	for kb, fine := range map[int]bool{0: true, 8: false, 16: true, 32: true, 48: true, 64: true, 65: false} {
		assert.Equal(t, fine, awsrule.InspectedBody(kb, true) == nil, kb)
		assert.Equal(t, kb == 0, awsrule.InspectedBody(kb, false) == nil, kb)
	}
	assert.NoError(t, awsrule.WebACLCapacity(5000))
	assert.Error(t, awsrule.WebACLCapacity(5001))
}

func TestTextsOfAWebACL(t *testing.T) {
	for name, fine := range map[string]bool{"a": true, "A_b-1": true, "": false, "a b": false, "All": false, "Default_Action": false} {
		assert.Equal(t, fine, awsrule.WebACLRuleName(name) == nil, name)
	}
	for path, fine := range map[string]bool{"/": true, "/a*": true, "/*": true, "": false, "a": false, "/a*b": false, "/%61": false, "/**": false} {
		assert.Equal(t, fine, awsrule.WebACLPath(path) == nil, path)
	}
	for code, want := range map[string]string{
		"DE": "", "UK": `use "GB"`, "de": "two upper-case letters", "DEU": "two upper-case letters",
	} {
		l := fault.ForConfig()
		awsrule.Countries(l, "countries", []string{code})
		if want == "" {
			assert.NoError(t, l.Err())
			continue
		}
		assert.ErrorContains(t, l.Err(), want)
	}
	l := fault.ForConfig()
	awsrule.Countries(l, "countries", []string{"DE", "DE"})
	assert.ErrorContains(t, l.Err(), "countries[1]: is a duplicate")
}
