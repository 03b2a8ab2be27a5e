package acm

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/route53"
)

// validateCertificate waits: a certificate whose records are in place is issued,
// one whose records are missing never is.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// *sourced* (the words are the real provider's)
func validateCertificate(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	certificate, _ := t.Get(CertificateToken, in.Str("certificateArn"))
	if err := checkValidationFqdns(certificate, in); err != nil {
		return nil, err
	}
	if certificate.Str("status") == "ISSUED" {
		return nil, nil
	}
	if missing := missingRecords(t, certificate); len(missing) > 0 {
		return nil, fmt.Errorf("waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become "+
			"'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s): missing in every hosted zone: %s",
			certificate.Str("id"), strings.Join(missing, "; "))
	}
	issue(t, certificate)
	return nil, nil
}

// checkValidationFqdns refuses names of records, where a program gives them, that
// are not all the ones which the certificate needs.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/certificatevalidation/
// *sourced* (the words are the real provider's)
func checkValidationFqdns(certificate, in core.Object) error {
	given := in.Strs("validationRecordFqdns")
	if len(given) == 0 {
		return nil
	}
	var missing []error
	for _, option := range certificate.Blocks("domainValidationOptions") {
		needed := option.Str("resourceRecordName")
		made := slices.ContainsFunc(given, func(fqdn string) bool { return route53.SameDNSName(fqdn, needed) })
		if !made {
			missing = append(missing, fmt.Errorf("missing %s DNS validation record: %s",
				option.Str("domainName"), strings.TrimSuffix(needed, ".")))
		}
	}
	return errors.Join(missing...)
}

// missingRecords are the records that a certificate waits for.
func missingRecords(t *core.Tx, certificate core.Object) []string {
	var out []string
	for _, option := range certificate.Blocks("domainValidationOptions") {
		name, value := option.Str("resourceRecordName"), option.Str("resourceRecordValue")
		if !route53.HasRecord(t, name, "CNAME", value) {
			out = append(out, fmt.Sprintf("%s CNAME %s", name, value))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
