package cloudfront

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// originRules are the rules of each origin.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html
// *sourced*
func originRules() []core.Rule {
	return []core.Rule{
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
		originAddressRule,
		core.Matching("InvalidArgument", "domainName", originDomain, "a domain name without scheme, port and path"),
		core.AtMost("InvalidArgument", "domainName", 253),
		core.Matching("InvalidArgument", "originPath", regexp.MustCompile("^(/.*[^/])?$"), "a path that begins with / and does not end with it"),
		core.AtMost("InvalidArgument", "originPath", 255),
		customOriginOnlyRule,
		core.Within("InvalidArgument", "connectionAttempts", 1, 3),
		core.Within("InvalidArgument", "connectionTimeout", 1, 10),
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
		core.AtMostItems("TooManyOriginCustomHeaders", "customHeaders", 30),
		customHeadersRule,
	}
}

// originDomain is a domain name of at least two labels.
var originDomain = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// originAddressRule refuses an address in place of a domain name.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
// *sourced*
func originAddressRule(origin core.Object) *core.Refusal {
	name := origin.Str("domainName")
	if _, err := netip.ParseAddr(name); err == nil {
		return core.Invalid("InvalidArgument", "domainName", "is not valid: The parameter origin name cannot be an IP address: %q", name)
	}
	return nil
}

// customOriginOnlyRule is a limit of the local AWS: it has no rules for buckets and VPC
// origins.
func customOriginOnlyRule(origin core.Object) *core.Refusal {
	if !origin.Has("customOriginConfig") {
		return core.Invalid(core.Unsupported, "customOriginConfig", "is required: the local AWS has no rules for other origins")
	}
	return nil
}

// customOriginFields are the fields of the block customOriginConfig.
var customOriginFields = []string{
	"httpPort", "httpsPort", "originKeepaliveTimeout", "originProtocolPolicy", "originReadTimeout", "originSslProtocols",
}

// customOriginRules are the rules of the block customOriginConfig.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html
// *sourced*
func customOriginRules() []core.Rule {
	return []core.Rule{
		originPortRule("httpPort"),
		originPortRule("httpsPort"),
		core.OneOf("InvalidArgument", "originProtocolPolicy", "http-only", "https-only", "match-viewer"),
		// originKeepaliveTimeout: the older of the two limits that AWS documents.
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
		core.Within("InvalidOriginReadTimeout", "originReadTimeout", 1, 120),
		core.Within("InvalidOriginKeepaliveTimeout", "originKeepaliveTimeout", 1, 120),
		// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/distribution/
		core.OneOf("InvalidArgument", "originSslProtocols", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"),
		originTLSRule,
	}
}

// originPortRule refuses ports that CloudFront does not connect to.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
// *sourced*
func originPortRule(property string) core.Rule {
	return func(config core.Object) *core.Refusal {
		n, ok := config.Num(property)
		if !ok || n == 80 || n == 443 || n >= 1024 && n <= 65535 {
			return nil
		}
		return core.Invalid("InvalidArgument", property, "must be 80, 443 or 1024-65535, got %v", n)
	}
}

// originTLSRule requires at least one protocol.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/distribution/
// *sourced*
func originTLSRule(config core.Object) *core.Refusal {
	if config.Known("originSslProtocols") && len(config.List("originSslProtocols")) == 0 {
		return core.Invalid("InvalidArgument", "originSslProtocols", "must name at least one protocol")
	}
	return nil
}

var customHeaderName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$")

// customHeadersRule limits names and lengths of the headers that CloudFront adds. Its
// messages leave values out: they may be secrets.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
// *sourced*
func customHeadersRule(origin core.Object) *core.Refusal {
	const property = "customHeaders"
	total := 0
	seen := map[string]bool{}
	for _, h := range origin.Blocks(property) {
		name := strings.ToLower(h.Str("name"))
		switch {
		case h.Known("name") && !customHeaderName.MatchString(name):
			return core.Invalid("InvalidArgument", property, "must have names of 1-256 characters of a header's name, got %q", h.Str("name"))
		case isReserved(name):
			return core.Invalid("InvalidArgument", property, "must not name %s, which CloudFront sets or refuses to send", h.Str("name"))
		case name != "" && seen[name]:
			return core.Invalid("InvalidArgument", property, "must name %s only once", h.Str("name"))
		case len(h.Str("value")) > 1783:
			return core.Invalid("InvalidArgument", property, "must have values of at most 1783 characters, %s has %d",
				h.Str("name"), len(h.Str("value")))
		}
		seen[name] = true
		total += len(name) + len(h.Str("value"))
	}
	if total > 10240 {
		return core.Invalid("InvalidArgument", property, "must have at most 10240 characters together, got %d", total)
	}
	return nil
}

// isReserved tells whether CloudFront refuses to send a header, by its name in lower case.
func isReserved(name string) bool {
	return slices.Contains(awstable.ReservedOriginHeaders, name) ||
		slices.ContainsFunc(awstable.ReservedOriginHeaderPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}
