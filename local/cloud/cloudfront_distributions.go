package cloud

import (
	"slices"
	"strings"
	"time"
)

func createDistribution(t *tx, in object) (string, object, error) {
	if err := checkDistribution(t, "", in); err != nil {
		return "", nil, err
	}
	id := "E" + distributionID(t)
	noneTrusted := []any{map[string]any{"enabled": false, "items": []any{}}}
	return id, deployed(t, in).with(object{
		"arn":                          t.arn("cloudfront", "distribution/"+id),
		"callerReference":              "portico-" + t.hex(26),
		"continuousDeploymentPolicyId": "",
		"domainName":                   "d" + strings.ToLower(distributionID(t)) + ".cloudfront.net",
		"hostedZoneId":                 cloudFrontZone,
		"inProgressValidationBatches":  0.0,
		"trustedKeyGroups":             noneTrusted,
		"trustedSigners":               noneTrusted,
	}), nil
}

func updateDistribution(t *tx, id string, _, in object) (object, error) {
	if err := checkDistribution(t, id, in); err != nil {
		return nil, err
	}
	return deployed(t, in), nil
}

// deployed are the outputs that every change of a distribution gives anew. The
// local AWS deploys at once; who does not wait does not see it.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html
// *sourced*
func deployed(t *tx, in object) object {
	status := "InProgress"
	if in.boolean("waitForDeployment") {
		status = "Deployed"
	}
	return object{
		"etag":             "E" + distributionID(t),
		"lastModifiedTime": t.now().Format(time.RFC3339),
		"status":           status,
	}
}

// distributionID is 13 new letters and digits. Distributions, their names and
// their versions have such ids.
func distributionID(t *tx) string { return strings.ToUpper(t.hex(13)) }

// checkDistribution is what CloudFront checks of a distribution against the
// account. id is the distribution's own, "" before it has one.
func checkDistribution(t *tx, id string, in object) error {
	if err := checkAliasesFree(t, id, in.strs("aliases")); err != nil {
		return err
	}
	return checkViewerCertificate(t, in)
}

// checkAliasesFree is that no other distribution has one of the aliases.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
// *sourced*
func checkAliasesFree(t *tx, id string, aliases []string) error {
	for _, d := range t.all(distributionToken) {
		for _, taken := range d.strs("aliases") {
			if d.str("id") != id && slices.Contains(aliases, taken) {
				return refuse("CNAMEAlreadyExists", "One or more of the CNAMEs you provided are already associated with a "+
					"different resource: %s", taken)
			}
		}
	}
	return nil
}

// checkViewerCertificate is that CloudFront can use a certificate: it is in
// us-east-1, was issued, has a key that CloudFront knows, and covers every alias.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
// *sourced*
func checkViewerCertificate(t *tx, in object) error {
	arn := in.object("viewerCertificate").str("acmCertificateArn")
	if arn == "" {
		return nil
	}
	certificate, ok := t.in(certificateRegion).get(certificateToken, arn)
	if !ok || certificate.str("status") != "ISSUED" {
		return refuse("InvalidViewerCertificate", "The specified SSL certificate doesn't exist, isn't in us-east-1 region, "+
			"isn't valid, or doesn't include a valid certificate chain: %s", arn)
	}
	if key := certificate.str("keyAlgorithm"); !slices.Contains([]string{"RSA_2048", "EC_prime256v1"}, key) {
		return refuse("InvalidViewerCertificate", "The specified SSL certificate has a key that CloudFront does not support: %s", key)
	}
	for _, alias := range in.strs("aliases") {
		if !certificateCoversAlias(certificate, alias) {
			return refuse("InvalidViewerCertificate", "The certificate that is attached to your distribution doesn't cover the "+
				"alternate domain name (CNAME) that you're trying to add: %s", alias)
		}
	}
	return nil
}

// certificateCoversAlias tells whether a certificate covers an alias. A wildcard
// alias needs the same wildcard on the certificate.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
// *sourced*
func certificateCoversAlias(certificate object, alias string) bool {
	if strings.HasPrefix(alias, "*.") {
		return slices.Contains(namesOf(certificate), alias)
	}
	return covers(certificate, alias)
}
