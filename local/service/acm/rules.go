package acm

import (
	"regexp"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// certificateDomain is a domain name that a certificate can have: labels of at
// most 63 letters, digits and inner hyphens, the first of which may be a star.
var certificateDomain = regexp.MustCompile(
	`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$`)

// domainNameRule refuses names that a certificate cannot have.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// *sourced*
func domainNameRule(in core.Object) *core.Refusal {
	for _, name := range NamesOf(in) {
		if !certificateDomain.MatchString(name) || len(name) > 253 {
			return core.Invalid("ValidationException", certificateNameProperty(in, name),
				"must be domain names of at most 253 characters, with * as the whole first label at most, got %q", name)
		}
	}
	return nil
}

// firstNameLengthRule limits the length of the first name, which becomes the
// common name.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// *sourced*
func firstNameLengthRule(in core.Object) *core.Refusal {
	return core.AtMost("ValidationException", "domainName", 64)(in)
}

// nameCountRule limits the names of a certificate to the default quota.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
// *sourced*
func nameCountRule(in core.Object) *core.Refusal {
	if n := len(NamesOf(in)); n > 10 {
		return core.Invalid("LimitExceededException", "subjectAlternativeNames",
			"must be at most 10 names together with domainName, got %d", n)
	}
	return nil
}

// keyAlgorithmRule refuses keys that cannot be requested.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// *sourced*
func keyAlgorithmRule(in core.Object) *core.Refusal {
	return core.OneOf("ValidationException", "keyAlgorithm", "RSA_2048", "EC_prime256v1", "EC_secp384r1")(in)
}

// NamesOf are the names of a certificate, the first one first, each once.
func NamesOf(certificate core.Object) []string {
	var out []string
	for _, name := range append([]string{certificate.Str("domainName")}, certificate.Strs("subjectAlternativeNames")...) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func certificateNameProperty(in core.Object, name string) string {
	if in.Str("domainName") == name {
		return "domainName"
	}
	return "subjectAlternativeNames"
}
