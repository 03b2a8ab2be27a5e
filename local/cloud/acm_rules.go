package cloud

import (
	"regexp"
	"slices"
)

// certificateDomain is a domain name that a certificate can have: labels of at
// most 63 letters, digits and inner hyphens, the first of which may be a star.
var certificateDomain = regexp.MustCompile(
	`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$`)

// domainNameRule is the form of the names of a certificate.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// *sourced*
func domainNameRule(in object) *refusal {
	for _, name := range namesOf(in) {
		if !certificateDomain.MatchString(name) || len(name) > 253 {
			return invalidf("ValidationException", certificateNameProperty(in, name),
				"must be domain names of at most 253 characters, with * as the whole first label at most, got %q", name)
		}
	}
	return nil
}

// firstNameLengthRule is how long the first name can be, which becomes the common
// name.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// *sourced*
func firstNameLengthRule(in object) *refusal {
	return atMost("ValidationException", "domainName", 64)(in)
}

// nameCountRule is how many names a certificate has, unless the account asked for
// more.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
// *sourced*
func nameCountRule(in object) *refusal {
	if n := len(namesOf(in)); n > 10 {
		return invalidf("LimitExceededException", "subjectAlternativeNames",
			"must be at most 10 names together with domainName, got %d", n)
	}
	return nil
}

// keyAlgorithmRule is which keys can be requested.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// *sourced*
func keyAlgorithmRule(in object) *refusal {
	return oneOf("ValidationException", "keyAlgorithm", "RSA_2048", "EC_prime256v1", "EC_secp384r1")(in)
}

// namesOf are the names of a certificate, the first one first, each once.
func namesOf(certificate object) []string {
	var out []string
	for _, name := range append([]string{certificate.str("domainName")}, certificate.strs("subjectAlternativeNames")...) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func certificateNameProperty(in object, name string) string {
	if in.str("domainName") == name {
		return "domainName"
	}
	return "subjectAlternativeNames"
}
