package acm

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/route53"
)

// certificateType is a certificate requested from ACM or imported into it.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html
// https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
func certificateType() core.Type {
	return core.Type{
		Token: CertificateToken,
		Inputs: []string{
			"certificateBody", "certificateChain", "domainName", "keyAlgorithm",
			"options.certificateTransparencyLoggingPreference", "privateKey", "subjectAlternativeNames", "tags",
			"validationMethod",
		},
		Keeps: []string{"keyAlgorithm", "options", "subjectAlternativeNames"},
		Fills: core.Object{
			"keyAlgorithm":       "RSA_2048",
			"notAfter":           "",
			"notBefore":          "",
			"options":            map[string]any{"certificateTransparencyLoggingPreference": "ENABLED"},
			"pendingRenewal":     false,
			"renewalEligibility": "INELIGIBLE",
			"renewalSummaries":   []any{},
			"status":             "PENDING_VALIDATION",
			"type":               "AMAZON_ISSUED",
			"validationEmails":   []any{},
		},
		ARN:   "acm:certificate/{hex8}-{hex4}-{hex4}-{hex4}-{hex12}",
		InUse: "ResourceInUseException",
		Recomputes: map[string][]string{
			"certificateBody": {"domainName", "keyAlgorithm", "notAfter", "notBefore", "subjectAlternativeNames"},
		},
		Rules: append([]core.Rule{
			core.Matching("ValidationException", "domainName", certificateName, certificateNameForm),
			core.Matching("ValidationException", "subjectAlternativeNames", certificateName, certificateNameForm),
			core.AtMost("ValidationException", "domainName", 64), // it becomes the common name
			core.AtMost("ValidationException", "subjectAlternativeNames", 253),
			nameCountRule,
			core.OneOf("ValidationException", "keyAlgorithm", "RSA_2048", "EC_prime256v1", "EC_secp384r1"),
			core.OneOf(core.Unsupported, "validationMethod", "DNS"),
			core.InBlocks("options", core.OneOf("ValidationException", "certificateTransparencyLoggingPreference", "ENABLED", "DISABLED")),
		}, sourceRules...),
		Apply: makeCertificate,
	}
}

// certificateName is the form of a domain name in a certificate: labels of at most 63
// letters, digits and inner hyphens, of which the first may be a star.
var certificateName = regexp.MustCompile(
	`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$`)

const certificateNameForm = "domain names, with * only as the whole first label"

// namesOf are the names of a certificate without duplicates, the domain name first.
func namesOf(certificate core.Object) []string {
	var out []string
	for _, name := range append([]string{certificate.Str("domainName")}, certificate.Strs("subjectAlternativeNames")...) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Covers tells whether a certificate is valid for a host name: it has the name, or
// a wildcard in place of its first label.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
func Covers(certificate core.Object, host string) bool {
	return slices.ContainsFunc(namesOf(certificate), func(name string) bool { return route53.Covers(name, host) })
}

// nameCountRule limits the names of a certificate to the default quota.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
func nameCountRule(in core.Object) *core.Refusal {
	if n := len(namesOf(in)); n > 10 {
		return core.Invalid("LimitExceededException", "subjectAlternativeNames",
			"must be at most 10 names together with domainName, got %d", n)
	}
	return nil
}

// makeCertificate requests or imports a certificate. A requested one stays
// PENDING_VALIDATION until ACM finds the records that it asks for.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func makeCertificate(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	if in.Has("certificateBody") {
		return importCertificate(t, in)
	}
	out := core.Object{"domainValidationOptions": validationOptions(t, namesOf(in))}
	if !in.Has("subjectAlternativeNames") {
		out["subjectAlternativeNames"] = core.List(namesOf(in)...)
	}
	return out, nil
}

// validationOptions are the records that prove who owns the names, one for each name.
// They are a set. The local AWS never returns two or more in the order of the names, so
// that a program which relies on positions fails.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/certificate/
func validationOptions(t *core.Tx, names []string) []any {
	shuffled := slices.Clone(names)
	slices.SortFunc(shuffled, func(a, b string) int { return strings.Compare(digest(a), digest(b)) })
	if slices.Equal(shuffled, names) {
		slices.Reverse(shuffled)
	}
	var out []any
	for _, name := range shuffled {
		recordName, value := validationRecord(t.AccountID(), name)
		out = append(out, map[string]any{
			"domainName":          name,
			"resourceRecordName":  recordName,
			"resourceRecordType":  "CNAME",
			"resourceRecordValue": value,
		})
	}
	return out
}

// validationRecord is the record that proves to ACM who owns a name. It derives only from
// the account and the name, so all Regions share it, as do a name and its wildcard.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func validationRecord(accountID, domain string) (name, value string) {
	base := strings.ToLower(strings.TrimPrefix(domain, "*."))
	owner, token := digest("name/"+accountID+"/"+base), digest("value/"+accountID+"/"+base)
	return "_" + owner[:32] + "." + base + ".", "_" + token[:32] + "." + token[32:42] + ".acm-validations.aws."
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
