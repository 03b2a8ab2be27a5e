package cloudfront

import (
	"regexp"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// webACL is the ARN of a web ACL with the scope CLOUDFRONT, or none.
var webACL = regexp.MustCompile(`^$|^arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36}$`)

// aliasForm is an alternate domain name: in lower case, a star as the whole first
// label at most.
var aliasForm = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)

// aliasesNeedCertificateRule requires a certificate of a distribution with aliases.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
// *sourced*
func aliasesNeedCertificateRule(in core.Object) *core.Refusal {
	certificate := in.Block("viewerCertificate")
	if len(in.List("aliases")) == 0 || certificate == nil || certificate.Has("acmCertificateArn") {
		return nil
	}
	return &core.Refusal{Code: "InvalidViewerCertificate", Property: "aliases",
		Message: "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate " +
			"that validates your authorization to use the domain name: viewerCertificate.acmCertificateArn is missing"}
}

// certificateChoiceRule requires either CloudFront's own certificate or one from ACM.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func certificateChoiceRule(in core.Object) *core.Refusal {
	certificate := in.Block("viewerCertificate")
	if certificate == nil || certificate.Pending("cloudfrontDefaultCertificate") {
		return nil
	}
	if certificate.Bool("cloudfrontDefaultCertificate") == certificate.Has("acmCertificateArn") {
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
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
		core.Matching("InvalidViewerCertificate", "acmCertificateArn", regexp.MustCompile("^$|^arn:aws:acm:"+certificateRegion+":"),
			"a certificate of ACM in us-east-1: The specified SSL certificate doesn't exist, isn't in us-east-1 region, "+
				"isn't valid, or doesn't include a valid certificate chain"),
		supportMethodRule,
		defaultCertificatePolicyRule,
		sniPolicyRule,
	}
}

// supportMethodRule requires sslSupportMethod with a certificate from ACM.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func supportMethodRule(certificate core.Object) *core.Refusal {
	if certificate.Has("acmCertificateArn") && !certificate.Has("sslSupportMethod") {
		return core.Invalid("InvalidViewerCertificate", "sslSupportMethod", "is required with acmCertificateArn")
	}
	return nil
}

// defaultCertificatePolicyRule refuses other policies than TLSv1 with CloudFront's own
// certificate.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html
// *sourced* (CloudFront ignores the value; the refusal is inferred from the provider's
// documentation, since every preview would show a change otherwise)
func defaultCertificatePolicyRule(certificate core.Object) *core.Refusal {
	version := certificate.Str("minimumProtocolVersion")
	if certificate.Bool("cloudfrontDefaultCertificate") && version != "" && version != "TLSv1" {
		return core.Invalid("InvalidViewerCertificate", "minimumProtocolVersion",
			"must be TLSv1 with cloudfrontDefaultCertificate, got %q", version)
	}
	return nil
}

// sniPolicyRule refuses SSLv3 with SNI.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func sniPolicyRule(certificate core.Object) *core.Refusal {
	if certificate.Str("sslSupportMethod") == "sni-only" && certificate.Str("minimumProtocolVersion") == "SSLv3" {
		return core.Invalid("InvalidViewerCertificate", "minimumProtocolVersion", "must be TLSv1 or later with sni-only")
	}
	return nil
}

// errorCodeRule refuses error codes that cannot have a custom response.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
// *sourced*
func errorCodeRule(response core.Object) *core.Refusal {
	codes := []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}
	if response.Known("errorCode") && !slices.Contains(codes, response.Int("errorCode")) {
		return core.Invalid("InvalidErrorCode", "errorCode", "must be one of %v, got %d", codes, response.Int("errorCode"))
	}
	return nil
}

// errorPageRule requires that a page and its response code are given together.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
// *sourced*
func errorPageRule(response core.Object) *core.Refusal {
	if response.Has("responseCode") != response.Has("responsePagePath") {
		return core.Invalid("InvalidArgument", "responsePagePath", "must be given together with responseCode, or neither")
	}
	return nil
}

// geoRestrictionRule requires countries with whitelist and blacklist only.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html
// *sourced*
func geoRestrictionRule(restriction core.Object) *core.Refusal {
	if restriction.Pending("restrictionType") || restriction.Pending("locations") {
		return nil
	}
	none, listed := restriction.Str("restrictionType") == "none", len(restriction.List("locations")) > 0
	if none == listed {
		return core.Invalid("InvalidGeoRestrictionParameter", "locations", "must be given with whitelist and blacklist, and not with none")
	}
	return nil
}
