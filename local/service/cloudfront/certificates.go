package cloudfront

import (
	"regexp"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
)

// aliasesNeedCertificateRule requires a certificate of a distribution with aliases.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
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
func viewerCertificateRules() []core.Rule {
	return []core.Rule{
		core.OneOf("InvalidArgument", "minimumProtocolVersion", awstable.ViewerPolicies...),
		core.OneOf(core.Unsupported, "sslSupportMethod", "sni-only"),
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
		core.Matching("InvalidViewerCertificate", "acmCertificateArn", regexp.MustCompile("^$|^arn:aws:acm:"+certificateRegion+":"),
			"a certificate of ACM in us-east-1: The specified SSL certificate doesn't exist, isn't in us-east-1 region, "+
				"isn't valid, or doesn't include a valid certificate chain"),
		core.Needs("InvalidViewerCertificate", "acmCertificateArn", "sslSupportMethod"),
		core.When("sslSupportMethod", "sni-only",
			core.NotMatching("InvalidViewerCertificate", "minimumProtocolVersion", regexp.MustCompile("^SSLv3$"), "be SSLv3")),
		// CloudFront ignores other values. The refusal is inferred from the provider's documentation, since every
		// preview would show a change otherwise.
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html
		core.When("cloudfrontDefaultCertificate", true, core.OneOf("InvalidViewerCertificate", "minimumProtocolVersion", "TLSv1")),
	}
}

// isCertificate tells whether CloudFront finds a certificate.
func isCertificate(t *core.Tx, arn string) bool {
	_, ok := t.In(certificateRegion).Get(acm.CertificateToken, arn)
	return ok
}

func noSuchCertificate(_ *core.Tx, arn string) string {
	return "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid " +
		"certificate chain: " + arn
}

// checkViewerCertificate refuses a certificate that was not issued, has a key that
// CloudFront does not support, or does not cover every alias.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func checkViewerCertificate(t *core.Tx, in core.Object) error {
	arn := in.Block("viewerCertificate").Str("acmCertificateArn")
	if arn == "" {
		return nil
	}
	certificate, _ := t.In(certificateRegion).Get(acm.CertificateToken, arn)
	if certificate.Str("status") != "ISSUED" {
		return &core.Refusal{Code: "InvalidViewerCertificate", Message: noSuchCertificate(t, arn)}
	}
	if key := certificate.Str("keyAlgorithm"); !slices.Contains([]string{"RSA_2048", "EC_prime256v1"}, key) {
		return core.Refuse("InvalidViewerCertificate", "The specified SSL certificate has a key that CloudFront does not support: %s", key)
	}
	for _, alias := range in.Strs("aliases") {
		if !acm.Covers(certificate, alias) {
			return core.Refuse("InvalidViewerCertificate", "The certificate that is attached to your distribution doesn't cover the "+
				"alternate domain name (CNAME) that you're trying to add: %s", alias)
		}
	}
	return nil
}
