package cloud

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// rootObjectRule is the form of the default root object: no slash before it.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
// *sourced*
func rootObjectRule(in object) *refusal {
	if o := in.str("defaultRootObject"); strings.HasPrefix(o, "/") || len(o) > 255 {
		return invalidf("InvalidDefaultRootObject", "defaultRootObject",
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
func webACLRule(in object) *refusal {
	if acl := in.str("webAclId"); acl != "" && !webACL.MatchString(acl) {
		return invalidf("InvalidWebACLId", "webAclId",
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
func aliasFormRule(in object) *refusal {
	for _, a := range in.strs("aliases") {
		if !aliasForm.MatchString(a) || len(a) > 253 {
			return invalidf("InvalidArgument", "aliases", "must be domain names in lower case, got %q", a)
		}
	}
	if n := len(in.list("aliases")); n > 100 {
		return invalidf("TooManyDistributionCNAMEs", "aliases", "must be at most 100, got %d", n)
	}
	return nil
}

// aliasesNeedCertificateRule is that aliases need a certificate that shows who
// owns them.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
// *sourced*
func aliasesNeedCertificateRule(in object) *refusal {
	if len(in.list("aliases")) == 0 || !in.has("viewerCertificate") || in.object("viewerCertificate") == nil {
		return nil
	}
	if in.object("viewerCertificate").has("acmCertificateArn") {
		return nil
	}
	return &refusal{code: "InvalidViewerCertificate", property: "aliases",
		message: "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate " +
			"that validates your authorization to use the domain name: viewerCertificate.acmCertificateArn is missing"}
}

// certificateChoiceRule is that there is one certificate: CloudFront's own or
// one from ACM.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func certificateChoiceRule(in object) *refusal {
	certificate := in.object("viewerCertificate")
	if certificate == nil || holdsUnknown(certificate["cloudfrontDefaultCertificate"]) {
		return nil
	}
	own := certificate.boolean("cloudfrontDefaultCertificate")
	if own == certificate.has("acmCertificateArn") {
		return invalidf("InvalidViewerCertificate", "viewerCertificate",
			"must have exactly one of acmCertificateArn and cloudfrontDefaultCertificate = true")
	}
	return nil
}

// viewerCertificateRules are the rules of the block viewerCertificate.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func viewerCertificateRules() []rule {
	return []rule{
		onlyFields("acmCertificateArn", "cloudfrontDefaultCertificate", "minimumProtocolVersion", "sslSupportMethod"),
		oneOf("InvalidArgument", "minimumProtocolVersion", awstable.ViewerPolicies...),
		oneOf(unsupported, "sslSupportMethod", "sni-only"),
		certificateRegionRule,
		supportMethodRule,
		defaultCertificatePolicyRule,
		sniPolicyRule,
	}
}

// certificateRegionRule is that a certificate of ACM's is one of us-east-1.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
// *sourced*
func certificateRegionRule(certificate object) *refusal {
	arn := certificate.str("acmCertificateArn")
	if arn != "" && !strings.HasPrefix(arn, "arn:aws:acm:"+certificateRegion+":") {
		return invalidf("InvalidViewerCertificate", "acmCertificateArn",
			"must be a certificate of ACM in us-east-1: The specified SSL certificate doesn't exist, isn't in us-east-1 region, "+
				"isn't valid, or doesn't include a valid certificate chain; got %q", arn)
	}
	return nil
}

// supportMethodRule is that who brings a certificate says how clients find it.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func supportMethodRule(certificate object) *refusal {
	if certificate.has("acmCertificateArn") && !certificate.has("sslSupportMethod") {
		return invalidf("InvalidViewerCertificate", "sslSupportMethod", "is required with acmCertificateArn")
	}
	return nil
}

// defaultCertificatePolicyRule is that CloudFront's own certificate comes with
// the policy TLSv1, whatever is asked for.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html
// *sourced* (CloudFront ignores the wish; the refusal is inferred from the
// provider's documentation, since every preview would show a change otherwise)
func defaultCertificatePolicyRule(certificate object) *refusal {
	version := certificate.str("minimumProtocolVersion")
	if certificate.boolean("cloudfrontDefaultCertificate") && version != "" && version != "TLSv1" {
		return invalidf("InvalidViewerCertificate", "minimumProtocolVersion",
			"must be TLSv1 with cloudfrontDefaultCertificate, got %q", version)
	}
	return nil
}

// sniPolicyRule is that SNI does not go with SSLv3.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
// *sourced*
func sniPolicyRule(certificate object) *refusal {
	if certificate.str("sslSupportMethod") == "sni-only" && certificate.str("minimumProtocolVersion") == "SSLv3" {
		return invalidf("InvalidViewerCertificate", "minimumProtocolVersion", "must be TLSv1 or later with sni-only")
	}
	return nil
}

// errorCodeRule is which errors can have a page of their own.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
// *sourced*
func errorCodeRule(response object) *refusal {
	codes := []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}
	if response.known("errorCode") && !slices.Contains(codes, response.integer("errorCode")) {
		return invalidf("InvalidErrorCode", "errorCode", "must be one of %v, got %d", codes, response.integer("errorCode"))
	}
	return nil
}

// errorPageRule is that a page and the code that it comes with are given both, or
// neither.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
// *sourced*
func errorPageRule(response object) *refusal {
	if response.has("responseCode") != response.has("responsePagePath") {
		return invalidf("InvalidArgument", "responsePagePath", "must be given together with responseCode, or neither")
	}
	if p := response.str("responsePagePath"); p != "" && !strings.HasPrefix(p, "/") {
		return invalidf("InvalidResponseCode", "responsePagePath", "must begin with /, got %q", p)
	}
	return nil
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// geoRestrictionRule is which countries a distribution serves.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html
// *sourced*
func geoRestrictionRule(restriction object) *refusal {
	if fault := oneOf("InvalidGeoRestrictionParameter", "restrictionType", "none", "whitelist", "blacklist")(restriction); fault != nil {
		return fault
	}
	if holdsUnknown(restriction["locations"]) {
		return nil
	}
	listed := len(restriction.list("locations")) > 0
	if none := restriction.str("restrictionType") == "none"; restriction.known("restrictionType") && none == listed {
		return invalidf("InvalidGeoRestrictionParameter", "locations", "must be given with whitelist and blacklist, and not with none")
	}
	for _, l := range restriction.strs("locations") {
		if !countryCode.MatchString(l) {
			return invalidf("InvalidGeoRestrictionParameter", "locations", "must be two-letter country codes, got %q", l)
		}
	}
	return nil
}
