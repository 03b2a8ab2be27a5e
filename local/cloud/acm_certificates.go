package cloud

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// createCertificate requests or imports a certificate.
func createCertificate(t *tx, in object) (string, object, error) {
	id := t.hex(32)
	arn := t.arn("acm", "certificate/"+strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-"))
	out := object{
		"arn":                arn,
		"options":            map[string]any{"certificateTransparencyLoggingPreference": "ENABLED"},
		"pendingRenewal":     false,
		"renewalEligibility": "INELIGIBLE",
		"renewalSummaries":   []any{},
		"validationEmails":   []any{},
	}
	own := requestCertificate(t, in)
	if in.has("certificateBody") {
		var err error
		if own, err = importCertificate(t, in); err != nil {
			return "", nil, err
		}
	}
	return arn, out.with(own).without(in.keys()...), nil
}

// requestCertificate asks ACM for a certificate, which stays PENDING_VALIDATION
// until it finds the records that it asks for.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// *sourced*
func requestCertificate(t *tx, in object) object {
	return object{
		"domainValidationOptions": validationOptions(t, namesOf(in)),
		"keyAlgorithm":            "RSA_2048",
		"notAfter":                "",
		"notBefore":               "",
		"status":                  "PENDING_VALIDATION",
		"subjectAlternativeNames": list(namesOf(in)...),
		"type":                    "AMAZON_ISSUED",
	}
}

// validationOptions are the records by which the owner of the names is known, one
// for each name. They are a set: their order has nothing to do with that of the
// names, and here it never is the same when there are two or more, so that
// a program which goes by positions fails.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/certificate/
// *sourced*
func validationOptions(t *tx, names []string) []any {
	shuffled := slices.Clone(names)
	slices.SortFunc(shuffled, func(a, b string) int { return strings.Compare(digest(a), digest(b)) })
	if slices.Equal(shuffled, names) {
		slices.Reverse(shuffled)
	}
	var out []any
	for _, name := range shuffled {
		record := validationRecord(t.accountID, name)
		out = append(out, map[string]any{
			"domainName":          name,
			"resourceRecordName":  record.name,
			"resourceRecordType":  "CNAME",
			"resourceRecordValue": record.value,
		})
	}
	return out
}

type validationCNAME struct{ name, value string }

// validationRecord is the record that proves to ACM who owns a name. It derives
// from the account and the name alone: certificates of all Regions share it, and
// so do a name and its wildcard.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// *sourced*
func validationRecord(accountID, domain string) validationCNAME {
	base := strings.ToLower(strings.TrimPrefix(domain, "*."))
	owner, token := digest("name/"+accountID+"/"+base), digest("value/"+accountID+"/"+base)
	return validationCNAME{
		name:  "_" + owner[:32] + "." + base + ".",
		value: "_" + token[:32] + "." + token[32:42] + ".acm-validations.aws.",
	}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// issue makes a certificate usable. It is valid for 198 days.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
// *sourced*
func issue(t *tx, certificate object) {
	now := t.now()
	t.set(certificateToken, certificate.str("id"), certificate.with(object{
		"status":    "ISSUED",
		"notBefore": now.Format(time.RFC3339),
		"notAfter":  now.Add(198 * 24 * time.Hour).Format(time.RFC3339),
	}))
}

// removeCertificate refuses to delete a certificate that listeners or
// distributions use.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
// *sourced*
func removeCertificate(t *tx, id string, _ object) error {
	inUse := len(t.where(listenerToken, "certificateArn", id)) > 0 ||
		len(t.where(listenerCertificateToken, "certificateArn", id)) > 0 ||
		slices.ContainsFunc(t.all(distributionToken), func(d object) bool {
			return d.object("viewerCertificate").str("acmCertificateArn") == id
		})
	if inUse {
		return refuse("ResourceInUseException", "Certificate %s in account %s is in use.", id, t.accountID)
	}
	return nil
}

// covers tells whether a certificate is good for a host name: it has the name, or
// a wildcard for its first label.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
// *sourced*
func covers(certificate object, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(namesOf(certificate), func(name string) bool {
		return strings.EqualFold(name, host) || strings.EqualFold(name, "*."+parent)
	})
}
