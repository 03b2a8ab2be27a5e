package cloudfront

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// originRules are the rules of each origin.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html
func originRules() []core.Rule {
	return []core.Rule{
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
		core.NotMatching("InvalidArgument", "domainName", address, "be an IP address: The parameter origin name cannot be an IP address"),
		core.Matching("InvalidArgument", "domainName", originDomain, "a domain name without scheme, port and path"),
		core.AtMost("InvalidArgument", "domainName", 253),
		core.Matching("InvalidArgument", "originPath", regexp.MustCompile("^(/.*[^/])?$"), "a path that begins with / and does not end with it"),
		core.AtMost("InvalidArgument", "originPath", 255),
		originKindRule,
		bucketOriginRule,
		core.Within("InvalidArgument", "connectionAttempts", 1, 3),
		core.Within("InvalidArgument", "connectionTimeout", 1, 10),
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
		core.AtMostItems("TooManyOriginCustomHeaders", "customHeaders", 30),
		core.InBlocks("customHeaders",
			core.Matching("InvalidArgument", "name", headerName, "1-256 characters of a header's name"),
			// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
			core.NotMatching("InvalidArgument", "name", reservedHeader, "name a header that CloudFront sets or refuses to send"),
			core.AtMost("InvalidArgument", "value", 1783)),
		customHeadersRule,
	}
}

// originKindRule allows one of customOriginConfig and vpcOriginConfig; without both the origin is
// a bucket.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html
func originKindRule(origin core.Object) *core.Refusal {
	if origin.Has("customOriginConfig") && origin.Has("vpcOriginConfig") {
		return core.Invalid("InvalidArgument", "vpcOriginConfig", "must not be given beside customOriginConfig")
	}
	return nil
}

// bucketOriginRule requires the domain name of a bucket of an origin without
// customOriginConfig and vpcOriginConfig: the provider takes it to be one.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html
// *sourced* (that AWS does not look whether the bucket exists is inferred)
func bucketOriginRule(origin core.Object) *core.Refusal {
	other := origin.Has("customOriginConfig") || origin.Has("vpcOriginConfig")
	if domain := origin.Str("domainName"); !other && domain != "" && !bucketDomain.MatchString(domain) {
		return &core.Refusal{Code: "InvalidArgument", Property: "domainName", Message: "The parameter Origin DomainName does not refer to a valid S3 bucket."}
	}
	return nil
}

// bucketDomain is the REST endpoint of a bucket, with its Region or without. The endpoint
// of a bucket's website is none.
var bucketDomain = regexp.MustCompile(`^[a-z0-9.-]+\.s3([.-][a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com$`)

// address is an IP address, or looks like one.
var address = regexp.MustCompile(`^(\d+\.){3}\d+$|^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$`)

// originDomain is a domain name of at least two labels.
var originDomain = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// customOriginRules are the rules of the block customOriginConfig.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html
func customOriginRules() []core.Rule {
	return append(originTimeoutRules(),
		originPortRule("httpPort"),
		originPortRule("httpsPort"),
		core.OneOf("InvalidArgument", "originProtocolPolicy", "http-only", "https-only", "match-viewer"),
		// Source: https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/distribution/
		core.OneOf("InvalidArgument", "originSslProtocols", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"),
		core.Required("InvalidArgument", "originSslProtocols"),
	)
}

// originTimeoutRules are the limits of the timeouts of an origin, customOriginConfig's and
// vpcOriginConfig's. Of originKeepaliveTimeout AWS documents two; this is the older one.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func originTimeoutRules() []core.Rule {
	return []core.Rule{
		core.Within("InvalidOriginReadTimeout", "originReadTimeout", 1, 120),
		core.Within("InvalidOriginKeepaliveTimeout", "originKeepaliveTimeout", 1, 120),
	}
}

// originPortRule refuses ports that CloudFront does not connect to.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func originPortRule(property string) core.Rule {
	return func(config core.Object) *core.Refusal {
		n, ok := config.Num(property)
		if !ok || n == 80 || n == 443 || n >= 1024 && n <= 65535 {
			return nil
		}
		return core.Invalid("InvalidArgument", property, "must be 80, 443 or 1024-65535, got %v", n)
	}
}

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$")

// reservedHeader is a header that CloudFront refuses to send.
var reservedHeader = regexp.MustCompile("(?i)^((" + strings.Join(awstable.ReservedOriginHeaders, "|") + ")$|" +
	strings.Join(awstable.ReservedOriginHeaderPrefixes, "|") + ")")

// customHeadersRule limits the headers that CloudFront adds, and refuses one twice. Its
// messages leave values out: they may be secrets.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func customHeadersRule(origin core.Object) *core.Refusal {
	total := 0
	seen := map[string]bool{}
	for _, h := range origin.Blocks("customHeaders") {
		name := strings.ToLower(h.Str("name"))
		if name != "" && seen[name] {
			return core.Invalid("InvalidArgument", "customHeaders", "must name %s only once", h.Str("name"))
		}
		seen[name] = true
		total += len(name) + len(h.Str("value"))
	}
	if total > 10240 {
		return core.Invalid("InvalidArgument", "customHeaders", "must have at most 10240 characters together, got %d", total)
	}
	return nil
}
