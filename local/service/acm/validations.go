package acm

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/route53"
)

// certificateValidationType waits for a certificate to be issued. It exists only in
// Pulumi's state.
func certificateValidationType() core.Type {
	return core.Type{
		Token:     CertificateValidationToken,
		Stateless: true,
		Inputs:    []string{"certificateArn", "validationRecordFqdns"},
		NewID:     func(t *core.Tx, _ core.Object) (string, error) { return t.Now().String(), nil },
		References: []core.Reference{{
			Input: "certificateArn", To: []string{CertificateToken}, Code: "ResourceNotFoundException", Loose: true,
		}},
		FreeToDelete: "it exists only in Pulumi's state",
		Create:       validateCertificate,
	}
}

// validateCertificate issues a certificate for 198 days if its records are in place, and
// otherwise fails as the real provider does after its timeout.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
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
	now := t.Now()
	t.Set(CertificateToken, certificate.Str("id"), certificate.With(core.Object{
		"status":    "ISSUED",
		"notBefore": now.Format(time.RFC3339),
		"notAfter":  now.Add(198 * 24 * time.Hour).Format(time.RFC3339),
	}))
	return nil, nil
}

// checkValidationFqdns refuses a list of record names that lacks one the certificate
// needs.
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
