package cloud

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// originIDsRule is that each origin has an id of its own.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html
// *sourced* (the words are inferred)
func originIDsRule(in object) *refusal {
	seen := map[string]bool{}
	for _, o := range in.objects("origins") {
		id := o.str("originId")
		if id != "" && seen[id] {
			return invalidf("InvalidArgument", "origins", "must have different originIds, got %q twice", id)
		}
		seen[id] = true
	}
	if n := len(in.list("origins")); n > 100 {
		return invalidf("TooManyOrigins", "origins", "must be at most 100, got %d", n)
	}
	return nil
}

// originRules are the rules of each origin.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html
// *sourced*
func originRules() []rule {
	return []rule{
		onlyFields("connectionAttempts", "connectionTimeout", "customHeaders", "customOriginConfig", "domainName",
			"originId", "originPath"),
		originDomainRule,
		originPathRule,
		customOriginOnlyRule,
		within("InvalidArgument", "connectionAttempts", 1, 3),
		within("InvalidArgument", "connectionTimeout", 1, 10),
		customHeadersRule,
	}
}

// originDomain is a domain name of at least two labels.
var originDomain = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// originDomainRule is that an origin is reached by a name: no address, no URL, no
// port, no dot at the end.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
// *sourced*
func originDomainRule(origin object) *refusal {
	name, ok := origin["domainName"].(string)
	if !ok {
		return nil
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return invalidf("InvalidArgument", "domainName", "is not valid: The parameter origin name cannot be an IP address: %q", name)
	}
	if !originDomain.MatchString(name) || len(name) > 253 {
		return invalidf("InvalidArgument", "domainName", "must be a domain name without scheme, port and path, got %q", name)
	}
	return nil
}

// originPathRule is the form of the path before every request's.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
// *sourced*
func originPathRule(origin object) *refusal {
	p := origin.str("originPath")
	if p != "" && (!strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/") || len(p) > 255) {
		return invalidf("InvalidArgument", "originPath", "must begin with / and not end with it, got %q", p)
	}
	return nil
}

// customOriginOnlyRule is a limit of the local AWS, not of AWS: buckets and VPC
// origins have no rules.
func customOriginOnlyRule(origin object) *refusal {
	if !origin.has("customOriginConfig") {
		return invalidf(unsupported, "customOriginConfig", "is what every origin needs there")
	}
	return nil
}

// customOriginRules are the rules of the block customOriginConfig.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html
// *sourced*
func customOriginRules() []rule {
	return []rule{
		originPortRule("httpPort"),
		originPortRule("httpsPort"),
		oneOf("InvalidArgument", "originProtocolPolicy", "http-only", "https-only", "match-viewer"),
		readTimeoutRule,
		keepaliveTimeoutRule,
		originTLSRule,
	}
}

// originPortRule is which ports CloudFront connects to.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
// *sourced*
func originPortRule(property string) rule {
	return func(config object) *refusal {
		n, ok := config.num(property)
		if !ok || n == 80 || n == 443 || n >= 1024 && n <= 65535 {
			return nil
		}
		return invalidf("InvalidArgument", property, "must be 80, 443 or 1024-65535, got %v", n)
	}
}

// readTimeoutRule is how long CloudFront waits for an answer.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// *sourced*
func readTimeoutRule(config object) *refusal {
	return within("InvalidOriginReadTimeout", "originReadTimeout", 1, 120)(config)
}

// keepaliveTimeoutRule is how long CloudFront keeps a connection that is idle.
// The older of two limits that AWS documents counts here.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// *sourced*
func keepaliveTimeoutRule(config object) *refusal {
	return within("InvalidOriginKeepaliveTimeout", "originKeepaliveTimeout", 1, 120)(config)
}

// originTLSRule is which protocols CloudFront speaks to origins.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/distribution/
// *sourced*
func originTLSRule(config object) *refusal {
	if config.known("originSslProtocols") && len(config.list("originSslProtocols")) == 0 {
		return invalidf("InvalidArgument", "originSslProtocols", "must name at least one protocol")
	}
	for _, p := range config.strs("originSslProtocols") {
		check := oneOf("InvalidArgument", "originSslProtocols", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2")
		if fault := check(object{"originSslProtocols": p}); fault != nil {
			return fault
		}
	}
	return nil
}

var customHeaderName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$")

// customHeadersRule is how many headers an origin is sent, and how long they are.
// It never shows a value, which may be a secret.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
// *sourced*
func customHeadersRule(origin object) *refusal {
	const property = "customHeaders"
	if n := len(origin.list(property)); n > 30 {
		return invalidf("TooManyOriginCustomHeaders", property, "must be at most 30, got %d", n)
	}
	total := 0
	seen := map[string]bool{}
	for _, h := range origin.objects(property) {
		name := strings.ToLower(h.str("name"))
		reserved := slices.Contains(awstable.ReservedOriginHeaders, name) ||
			slices.ContainsFunc(awstable.ReservedOriginHeaderPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
		switch {
		case h.known("name") && !customHeaderName.MatchString(name):
			return invalidf("InvalidArgument", property, "must have names of 1-256 characters of a header's name, got %q", h.str("name"))
		case reserved:
			return invalidf("InvalidArgument", property, "must not name %s, which CloudFront sets or refuses to send", h.str("name"))
		case name != "" && seen[name]:
			return invalidf("InvalidArgument", property, "must name %s only once", h.str("name"))
		case len(h.str("value")) > 1783:
			return invalidf("InvalidArgument", property, "must have values of at most 1783 characters, %s has %d",
				h.str("name"), len(h.str("value")))
		}
		seen[name] = true
		total += len(name) + len(h.str("value"))
	}
	if total > 10240 {
		return invalidf("InvalidArgument", property, "must have at most 10240 characters together, got %d", total)
	}
	return nil
}
