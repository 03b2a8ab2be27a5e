package cloud

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
)

// certificateValidationKind waits for a certificate to be issued. AWS knows
// nothing of it: it lives in Pulumi's state alone.
func certificateValidationKind() kind {
	return kind{
		token:     certificateValidationToken,
		inputs:    acm.CertificateValidationArgs{}.ElementType(),
		state:     reflect.TypeOf(acm.CertificateValidation{}),
		stateless: true,
		changes: map[string]change{
			"certificateArn":        replaces,
			"validationRecordFqdns": replacesSet,
		},
		create: validateCertificate,
	}
}

// validateCertificate is the wait: a certificate whose records are in place is
// issued, one whose records are missing never is.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// *sourced* (the words are the real provider's)
func validateCertificate(t *tx, in object) (string, object, error) {
	arn := in.str("certificateArn")
	certificate, err := t.mustExist(certificateToken, arn, "ResourceNotFoundException")
	if err != nil {
		return "", nil, fmt.Errorf("reading ACM Certificate (%s): %w", arn, err)
	}
	if err := checkValidationFqdns(certificate, in); err != nil {
		return "", nil, err
	}
	if certificate.str("status") != "ISSUED" {
		if missing := missingRecords(t, certificate); len(missing) > 0 {
			return "", nil, fmt.Errorf("waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become "+
				"'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s): missing in every hosted zone: %s",
				arn, strings.Join(missing, "; "))
		}
		issue(t, certificate)
	}
	return t.now().String(), nil, nil
}

// checkValidationFqdns is that the names of records that a program says it made
// are those which the certificate needs.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/certificatevalidation/
// *sourced* (the words are the real provider's)
func checkValidationFqdns(certificate, in object) error {
	given := in.strs("validationRecordFqdns")
	if len(given) == 0 {
		return nil
	}
	var missing []error
	for _, option := range certificate.objects("domainValidationOptions") {
		needed := option.str("resourceRecordName")
		made := slices.ContainsFunc(given, func(fqdn string) bool { return sameDNSName(fqdn, needed) })
		if !made {
			missing = append(missing, fmt.Errorf("missing %s DNS validation record: %s",
				option.str("domainName"), strings.TrimSuffix(needed, ".")))
		}
	}
	return errors.Join(missing...)
}

// missingRecords are the records that a certificate waits for.
func missingRecords(t *tx, certificate object) []string {
	var out []string
	for _, option := range certificate.objects("domainValidationOptions") {
		name, value := option.str("resourceRecordName"), option.str("resourceRecordValue")
		if !hasRecord(t, name, "CNAME", value) {
			out = append(out, fmt.Sprintf("%s CNAME %s", name, value))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lookUpCertificate finds a certificate by its first name. Unless told otherwise
// it looks at issued certificates with RSA keys only.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/getcertificate/
// *sourced* (the words are the real provider's)
func lookUpCertificate(t *tx, in object) (object, error) {
	if !in.has("domain") && !in.has("tags") {
		return nil, errors.New("one of domain, tags must be specified")
	}
	var found []object
	for _, c := range t.all(certificateToken) {
		if in.has("domain") && c.str("domainName") != in.str("domain") || !hasTags(c, in.object("tags")) {
			continue
		}
		if among(c.str("status"), in.strs("statuses"), "ISSUED") &&
			among(c.str("keyAlgorithm"), in.strs("keyTypes"), "RSA_1024", "RSA_2048") &&
			among(c.str("type"), in.strs("types"), c.str("type")) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("no ACM Certificate matching domain (%s)", in.str("domain"))
	case len(found) > 1 && !in.boolean("mostRecent"):
		return nil, fmt.Errorf("multiple ACM Certificates matching domain (%s)", in.str("domain"))
	}
	newest := slices.MaxFunc(found, func(a, b object) int { return strings.Compare(a.str("notBefore"), b.str("notBefore")) })
	return object{
		"arn":              newest.str("arn"),
		"certificate":      "",
		"certificateChain": "",
		"domain":           newest.str("domainName"),
		"id":               newest.str("arn"),
		"status":           newest.str("status"),
		"tags":             newest["tagsAll"],
	}, nil
}

// among tells whether a value is wanted; unwanted values are those outside the
// standard ones where none are asked for.
func among(value string, wanted []string, standard ...string) bool {
	if len(wanted) == 0 {
		wanted = standard
	}
	return slices.Contains(wanted, value)
}
