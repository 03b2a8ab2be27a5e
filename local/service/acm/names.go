package acm

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// NamesOf are the names of a certificate without duplicates, the domain name first.
func NamesOf(certificate core.Object) []string {
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
	_, parent, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(NamesOf(certificate), func(name string) bool {
		return strings.EqualFold(name, host) || strings.EqualFold(name, "*."+parent)
	})
}
