package acm

import (
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/route53"
)

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
// *sourced*
func Covers(certificate core.Object, host string) bool {
	return slices.ContainsFunc(namesOf(certificate), func(name string) bool { return route53.Covers(name, host) })
}
