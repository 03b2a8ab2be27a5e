package awsrule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

var webACL = regexp.MustCompile(`^arn:(aws[a-z-]*):wafv2:([a-z0-9-]+):(\d{12}):(global|regional)/webacl/[^/]+/[^/]+$`)

// WebACL refuses the ARN of a web ACL that cannot protect a distribution: only
// those of scope CLOUDFRONT can, which live in us-east-1:
// https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
func WebACL(arn string) error {
	m := webACL.FindStringSubmatch(arn)
	if m == nil {
		return fmt.Errorf("must be the ARN of a WAFv2 web ACL, arn:aws:wafv2:us-east-1:<account>:global/webacl/<name>/<id>, got %q", arn)
	}
	region, scope := m[2], m[4]
	return unless(region == awstable.CloudFrontRegion && scope == "global",
		"must be of scope CLOUDFRONT (us-east-1, global), got %s, %s; create the web ACL with a us-east-1 provider", region, scope)
}

// RegionalWebACL refuses the ARN of a web ACL that cannot protect a load balancer in a
// Region, "" for one that is not known yet.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
func RegionalWebACL(arn, region string) error {
	m := webACL.FindStringSubmatch(arn)
	if m == nil {
		return fmt.Errorf("must be the ARN of a WAFv2 web ACL, arn:aws:wafv2:<region>:<account>:regional/webacl/<name>/<id>, got %q", arn)
	}
	if m[4] != "regional" {
		return fmt.Errorf("must be of scope REGIONAL, got one for CloudFront (%s); give it to the distribution, or make one for the load balancer", arn)
	}
	return unless(region == "" || m[2] == region, "must be in %s, where the load balancer is, got one in %s", region, m[2])
}

// RateLimit refuses limits that WAF does not take.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
func RateLimit(requests int) error { return Between(requests, 10, 2_000_000_000, "requests") }

// RateWindow refuses other windows than WAF's.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
func RateWindow(seconds int) error {
	return unless(slices.Contains([]int{60, 120, 300, 600}, seconds), "must be 60, 120, 300 or 600 s, got %d", seconds)
}

// InspectedBody refuses sizes, in KB, that no web ACL can have inspected; 0 is the default.
// https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html
func InspectedBody(kb int, forCloudFront bool) error {
	if kb == 0 {
		return nil
	}
	if !forCloudFront {
		return fmt.Errorf("must be empty without forCloudFront, got %d: at a load balancer always %d KB are inspected",
			kb, awstable.LoadBalancerBodyInspectionBytes>>10)
	}
	_, known := awstable.BodyInspectionBytes[fmt.Sprintf("KB_%d", kb)]
	return unless(known, "must be 16, 32, 48 or 64 KB, got %d", kb)
}

var webACLName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// reservedMetrics are names of metrics that WAF keeps for itself.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html
var reservedMetrics = []string{"All", "Default_Action"}

// WebACLRuleName refuses what is no name of a rule and its metric.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html
func WebACLRuleName(name string) error {
	if slices.Contains(reservedMetrics, name) {
		return fmt.Errorf("must not be %q, which WAF uses for a metric of its own", name)
	}
	return unless(webACLName.MatchString(name), "must be 1-128 letters, digits, \"_\" and \"-\", got %q", name)
}

// WebACLPath refuses what is no path, or has a * elsewhere than at its end.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_ByteMatchStatement.html
func WebACLPath(path string) error {
	const most = 200 // bytes of a search string
	switch {
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("must begin with /, got %q", path)
	case strings.Contains(path, "%"):
		return fmt.Errorf("must be the decoded path, got %q; write the characters themselves", path)
	case strings.Contains(strings.TrimSuffix(path, "*"), "*"):
		return fmt.Errorf("must have * at its end only, got %q", path)
	}
	return unless(len(path) <= most, "must be at most %d bytes, got %d", most, len(path))
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// IsCountry says whether a text has the form of an ISO 3166 code.
func IsCountry(code string) bool { return country.MatchString(code) }

// Countries refuses what is no list of ISO 3166 codes.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_GeoMatchStatement.html
func Countries(l *fault.List, path string, codes []string) {
	const most = 50
	if len(codes) > most {
		l.Addf(path, "must be at most %d countries, got %d; make a second rule", most, len(codes))
	}
	RestrictedCountries(l, path, codes)
}

// RestrictedCountries records what is wrong with the codes of countries.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html
func RestrictedCountries(l *fault.List, path string, codes []string) {
	for i, code := range codes {
		at := fault.Index(path, i)
		switch {
		case code == "UK":
			l.Addf(at, "must be an ISO 3166 code, got %q; use \"GB\"", code)
		case !IsCountry(code):
			l.Addf(at, "must be an ISO 3166 code of two upper-case letters such as \"DE\", got %q", code)
		case slices.Contains(codes[:i], code):
			l.Addf(at, "is a duplicate of %q: remove it", code)
		}
	}
}

// WebACLCapacity refuses more capacity units than a web ACL can have.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
func WebACLCapacity(units int) error {
	const most = 5000
	return unless(units <= most, "must need at most %d capacity units (WCU) with all other rules, need %d; merge paths with *", most, units)
}
