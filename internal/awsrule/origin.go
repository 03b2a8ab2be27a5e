package awsrule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
)

// OriginDomain refuses names that cannot be the HTTPS origin of any distribution:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
func OriginDomain(domain string) error {
	if domain == "" {
		return errors.New("is required: a name of your own that resolves to the origin, such as origin.example.com")
	}
	if err := dnsname.Check(domain); err != nil {
		return err
	}
	switch {
	case dnsname.IsLoadBalancer(domain):
		return fmt.Errorf("must be a name on the origin's certificate, got the load balancer's own name %q; viewers would get 502: "+
			"no public certificate covers it (503 is seen for the same mistake); use a name such as alb.example.com that resolves to it", domain)
	case dnsname.IsCloudFront(domain):
		return fmt.Errorf("must not be a distribution, got %q; viewers would get 403: "+
			"CloudFront refuses requests that pass through several distributions; use the name of the origin behind it", domain)
	}
	return nil
}

// OriginPort refuses ports to which CloudFront does not connect:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func OriginPort(port int) error {
	return unless(port == awstable.HTTPPort || port == awstable.HTTPSPort || port >= 1024 && port <= 65535,
		"must be 80, 443 or 1024-65535, the ports to which CloudFront connects, got %d", port)
}

// OriginTimeout refuses a read or keep-alive timeout, in seconds, beyond the quota. It
// is the same for both on every page that AWS publishes but the newest, which allows a
// keep-alive of 300 s:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func OriginTimeout(seconds int) error { return Between(seconds, 1, 120, "s") }

// DefaultSecretHeader is the header that carries an origin's secret.
const DefaultSecretHeader = "X-Origin-Verify"

// maxHeaderName is the shorter of two limits: 40 characters in a listener rule
// that compares the header, 256 in a distribution that adds it:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
const maxHeaderName = 40

var headerCharacters = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// SecretHeader refuses names under which a secret cannot travel from CloudFront to
// a listener rule.
func SecretHeader(name string) error {
	lower := strings.ToLower(name)
	begins := func(prefix string) bool { return strings.HasPrefix(lower, prefix) }
	switch {
	case !headerCharacters.MatchString(name):
		return fmt.Errorf("must be letters, digits and hyphens, got %q; viewers would get 403: "+
			"load balancers and nginx drop headers with other characters", name)
	case len(name) > maxHeaderName:
		return fmt.Errorf("must be at most %d characters, the longest a listener rule compares, got %d", maxHeaderName, len(name))
	case slices.Contains(awstable.ReservedOriginHeaders, lower) || slices.ContainsFunc(awstable.ReservedOriginHeaderPrefixes, begins):
		return fmt.Errorf("must be a header that CloudFront can add, got %q; use a name of your own such as X-Origin-Verify", name)
	case slices.ContainsFunc(awstable.LoadBalancerHeaderPrefixes, begins):
		return fmt.Errorf("must not be a header that the load balancer writes, got %q; use a name of your own such as X-Origin-Verify", name)
	}
	return nil
}
