package acm

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/core"
)

// createCertificate requests or imports a certificate. A requested one stays
// PENDING_VALIDATION until ACM finds the records that it asks for.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// *sourced*
func createCertificate(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	if in.Has("certificateBody") {
		return importCertificate(t, in)
	}
	out := core.Object{"domainValidationOptions": validationOptions(t, NamesOf(in))}
	if !in.Has("subjectAlternativeNames") {
		out["subjectAlternativeNames"] = core.List(NamesOf(in)...)
	}
	return out, nil
}

// validationOptions are the records that prove who owns the names, one for each
// name. They are a set: their order is unrelated to that of the names. Here it is
// always another order when there are two or more, so that a program which relies
// on positions fails.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/certificate/
// *sourced*
func validationOptions(t *core.Tx, names []string) []any {
	shuffled := slices.Clone(names)
	slices.SortFunc(shuffled, func(a, b string) int { return strings.Compare(digest(a), digest(b)) })
	if slices.Equal(shuffled, names) {
		slices.Reverse(shuffled)
	}
	var out []any
	for _, name := range shuffled {
		record := validationRecord(t.AccountID(), name)
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
func issue(t *core.Tx, certificate core.Object) {
	now := t.Now()
	t.Set(CertificateToken, certificate.Str("id"), certificate.With(core.Object{
		"status":    "ISSUED",
		"notBefore": now.Format(time.RFC3339),
		"notAfter":  now.Add(198 * 24 * time.Hour).Format(time.RFC3339),
	}))
}

// Covers tells whether a certificate is valid for a host name: it has the name, or
// a wildcard in place of its first label.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
// *sourced*
func Covers(certificate core.Object, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(NamesOf(certificate), func(name string) bool {
		return strings.EqualFold(name, host) || strings.EqualFold(name, "*."+parent)
	})
}
