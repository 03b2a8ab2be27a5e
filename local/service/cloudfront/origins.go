package cloudfront

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// originIDsRule is that each origin has an id of its own.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html
// *sourced* (the words are inferred)
func originIDsRule(in core.Object) *core.Refusal {
	seen := map[string]bool{}
	for _, o := range in.Blocks("origins") {
		id := o.Str("originId")
		if id != "" && seen[id] {
			return core.Invalid("InvalidArgument", "origins", "must have different originIds, got %q twice", id)
		}
		seen[id] = true
	}
	if n := len(in.List("origins")); n > 100 {
		return core.Invalid("TooManyOrigins", "origins", "must be at most 100, got %d", n)
	}
	return nil
}

// originRules are the rules of each origin.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html
// *sourced*
func originRules() []core.Rule {
	return []core.Rule{
		originDomainRule,
		originPathRule,
		customOriginOnlyRule,
		core.Within("InvalidArgument", "connectionAttempts", 1, 3),
		core.Within("InvalidArgument", "connectionTimeout", 1, 10),
		customHeadersRule,
	}
}

// originDomain is a domain name of at least two labels.
var originDomain = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// originDomainRule is that an origin is reached by a name: no address, no URL, no
// port, no dot at the end.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
// *sourced*
func originDomainRule(origin core.Object) *core.Refusal {
	name, ok := origin["domainName"].(string)
	if !ok {
		return nil
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return core.Invalid("InvalidArgument", "domainName", "is not valid: The parameter origin name cannot be an IP address: %q", name)
	}
	if !originDomain.MatchString(name) || len(name) > 253 {
		return core.Invalid("InvalidArgument", "domainName", "must be a domain name without scheme, port and path, got %q", name)
	}
	return nil
}

// originPathRule is the form of the path before every request's.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
// *sourced*
func originPathRule(origin core.Object) *core.Refusal {
	p := origin.Str("originPath")
	if p != "" && (!strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/") || len(p) > 255) {
		return core.Invalid("InvalidArgument", "originPath", "must begin with / and not end with it, got %q", p)
	}
	return nil
}

// customOriginOnlyRule is a limit of the local AWS, not of AWS: buckets and VPC
// origins have no rules.
func customOriginOnlyRule(origin core.Object) *core.Refusal {
	if !origin.Has("customOriginConfig") {
		return core.Invalid(core.Unsupported, "customOriginConfig", "is what every origin needs there")
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
		readTimeoutRule,
		keepaliveTimeoutRule,
		originTLSRule,
	}
}

// originPortRule is which ports CloudFront connects to.
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

// readTimeoutRule is how long CloudFront waits for an answer.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// *sourced*
func readTimeoutRule(config core.Object) *core.Refusal {
	return core.Within("InvalidOriginReadTimeout", "originReadTimeout", 1, 120)(config)
}

// keepaliveTimeoutRule is how long CloudFront leaves an idle connection open.
// The older of two limits that AWS documents counts here.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// *sourced*
func keepaliveTimeoutRule(config core.Object) *core.Refusal {
	return core.Within("InvalidOriginKeepaliveTimeout", "originKeepaliveTimeout", 1, 120)(config)
}

// originTLSRule is which protocols CloudFront speaks to origins.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/distribution/
// *sourced*
func originTLSRule(config core.Object) *core.Refusal {
	if config.Known("originSslProtocols") && len(config.List("originSslProtocols")) == 0 {
		return core.Invalid("InvalidArgument", "originSslProtocols", "must name at least one protocol")
	}
	for _, p := range config.Strs("originSslProtocols") {
		check := core.OneOf("InvalidArgument", "originSslProtocols", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2")
		if fault := check(core.Object{"originSslProtocols": p}); fault != nil {
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
func customHeadersRule(origin core.Object) *core.Refusal {
	const property = "customHeaders"
	if n := len(origin.List(property)); n > 30 {
		return core.Invalid("TooManyOriginCustomHeaders", property, "must be at most 30, got %d", n)
	}
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

// isReserved tells whether CloudFront lets no origin be sent a header, whose name is
// in lower case.
func isReserved(name string) bool {
	return slices.Contains(awstable.ReservedOriginHeaders, name) ||
		slices.ContainsFunc(awstable.ReservedOriginHeaderPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}
