package cloudfront

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// rootObjectRule is the form of the default root object: no slash before it.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
// *sourced*
func rootObjectRule(in core.Object) *core.Refusal {
	if o := in.Str("defaultRootObject"); strings.HasPrefix(o, "/") || len(o) > 255 {
		return core.Invalid("InvalidDefaultRootObject", "defaultRootObject",
			"must be at most 255 characters with no slash before them, got %q", o)
	}
	return nil
}

// webACL is the ARN of a web ACL with the scope CLOUDFRONT.
var webACL = regexp.MustCompile(`^arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36}$`)

// webACLRule is which web ACLs a distribution can have: of AWS WAF v2, by ARN,
// with the scope CLOUDFRONT, which are all in us-east-1.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
// *sourced*
func webACLRule(in core.Object) *core.Refusal {
	if acl := in.Str("webAclId"); acl != "" && !webACL.MatchString(acl) {
		return core.Invalid("InvalidWebACLId", "webAclId",
			"must be the ARN of a web ACL of scope CLOUDFRONT (arn:aws:wafv2:us-east-1:...:global/webacl/...), got %q", acl)
	}
	return nil
}

// aliasForm is an alternate domain name: in lower case, a star as the whole first
// label at most.
var aliasForm = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)

// aliasFormRule is the form and the number of the aliases.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// *sourced*
func aliasFormRule(in core.Object) *core.Refusal {
	for _, a := range in.Strs("aliases") {
		if !aliasForm.MatchString(a) || len(a) > 253 {
			return core.Invalid("InvalidArgument", "aliases", "must be domain names in lower case, got %q", a)
		}
	}
	if n := len(in.List("aliases")); n > 100 {
		return core.Invalid("TooManyDistributionCNAMEs", "aliases", "must be at most 100, got %d", n)
	}
	return nil
}

// aliasesNeedCertificateRule is that aliases need a certificate that shows who
// owns them.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
// *sourced*
func aliasesNeedCertificateRule(in core.Object) *core.Refusal {
	if len(in.List("aliases")) == 0 || !in.Has("viewerCertificate") || in.Block("viewerCertificate") == nil {
		return nil
	}
	if in.Block("viewerCertificate").Has("acmCertificateArn") {
		return nil
	}
	return &core.Refusal{Code: "InvalidViewerCertificate", Property: "aliases",
		Message: "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate " +
			"that validates your authorization to use the domain name: viewerCertificate.acmCertificateArn is missing"}
}

// certificateChoiceRule is that there is one certificate: CloudFront's own or
// one from ACM.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func certificateChoiceRule(in core.Object) *core.Refusal {
	certificate := in.Block("viewerCertificate")
	if certificate == nil || core.HoldsUnknown(certificate["cloudfrontDefaultCertificate"]) {
		return nil
	}
	own := certificate.Bool("cloudfrontDefaultCertificate")
	if own == certificate.Has("acmCertificateArn") {
		return core.Invalid("InvalidViewerCertificate", "viewerCertificate",
			"must have exactly one of acmCertificateArn and cloudfrontDefaultCertificate = true")
	}
	return nil
}

// viewerCertificateRules are the rules of the block viewerCertificate.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func viewerCertificateRules() []core.Rule {
	return []core.Rule{
		core.OneOf("InvalidArgument", "minimumProtocolVersion", awstable.ViewerPolicies...),
		core.OneOf(core.Unsupported, "sslSupportMethod", "sni-only"),
		certificateRegionRule,
		supportMethodRule,
		defaultCertificatePolicyRule,
		sniPolicyRule,
	}
}

// certificateRegionRule is that a certificate of ACM's is one of us-east-1.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
// *sourced*
func certificateRegionRule(certificate core.Object) *core.Refusal {
	arn := certificate.Str("acmCertificateArn")
	if arn != "" && !strings.HasPrefix(arn, "arn:aws:acm:"+certificateRegion+":") {
		return core.Invalid("InvalidViewerCertificate", "acmCertificateArn",
			"must be a certificate of ACM in us-east-1: The specified SSL certificate doesn't exist, isn't in us-east-1 region, "+
				"isn't valid, or doesn't include a valid certificate chain; got %q", arn)
	}
	return nil
}

// supportMethodRule is that who brings a certificate says how clients find it.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func supportMethodRule(certificate core.Object) *core.Refusal {
	if certificate.Has("acmCertificateArn") && !certificate.Has("sslSupportMethod") {
		return core.Invalid("InvalidViewerCertificate", "sslSupportMethod", "is required with acmCertificateArn")
	}
	return nil
}

// defaultCertificatePolicyRule is that CloudFront's own certificate comes with
// the policy TLSv1, whatever is asked for.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html
// *sourced* (CloudFront ignores the wish; the refusal is inferred from the
// provider's documentation, since every preview would show a change otherwise)
func defaultCertificatePolicyRule(certificate core.Object) *core.Refusal {
	version := certificate.Str("minimumProtocolVersion")
	if certificate.Bool("cloudfrontDefaultCertificate") && version != "" && version != "TLSv1" {
		return core.Invalid("InvalidViewerCertificate", "minimumProtocolVersion",
			"must be TLSv1 with cloudfrontDefaultCertificate, got %q", version)
	}
	return nil
}

// sniPolicyRule is that SNI does not go with SSLv3.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func sniPolicyRule(certificate core.Object) *core.Refusal {
	if certificate.Str("sslSupportMethod") == "sni-only" && certificate.Str("minimumProtocolVersion") == "SSLv3" {
		return core.Invalid("InvalidViewerCertificate", "minimumProtocolVersion", "must be TLSv1 or later with sni-only")
	}
	return nil
}

// errorCodeRule is which errors can have a page of their own.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
// *sourced*
func errorCodeRule(response core.Object) *core.Refusal {
	codes := []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}
	if response.Known("errorCode") && !slices.Contains(codes, response.Int("errorCode")) {
		return core.Invalid("InvalidErrorCode", "errorCode", "must be one of %v, got %d", codes, response.Int("errorCode"))
	}
	return nil
}

// errorPageRule is that a page and the code that it comes with are given both, or
// neither.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
// *sourced*
func errorPageRule(response core.Object) *core.Refusal {
	if response.Has("responseCode") != response.Has("responsePagePath") {
		return core.Invalid("InvalidArgument", "responsePagePath", "must be given together with responseCode, or neither")
	}
	if p := response.Str("responsePagePath"); p != "" && !strings.HasPrefix(p, "/") {
		return core.Invalid("InvalidResponseCode", "responsePagePath", "must begin with /, got %q", p)
	}
	return nil
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// geoRestrictionRule is which countries a distribution serves.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html
// *sourced*
func geoRestrictionRule(restriction core.Object) *core.Refusal {
	if fault := core.OneOf("InvalidGeoRestrictionParameter", "restrictionType", "none", "whitelist", "blacklist")(restriction); fault != nil {
		return fault
	}
	if core.HoldsUnknown(restriction["locations"]) {
		return nil
	}
	listed := len(restriction.List("locations")) > 0
	if none := restriction.Str("restrictionType") == "none"; restriction.Known("restrictionType") && none == listed {
		return core.Invalid("InvalidGeoRestrictionParameter", "locations", "must be given with whitelist and blacklist, and not with none")
	}
	for _, l := range restriction.Strs("locations") {
		if !countryCode.MatchString(l) {
			return core.Invalid("InvalidGeoRestrictionParameter", "locations", "must be two-letter country codes, got %q", l)
		}
	}
	return nil
}
