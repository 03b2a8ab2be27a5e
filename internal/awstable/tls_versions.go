// Package awstable holds the tables of AWS that several parts of Portico read:
// names, ids and numbers, each with its source.
//
// What a table means for a request is not decided here. The request-path model and
// the traffic of the local AWS each decide that in code of their own, on purpose,
// so that one can prove the other wrong.
package awstable

import "slices"

// TLS versions, under the names that CloudFront and load balancers use.
const (
	SSL3  = "SSLv3"
	TLS10 = "TLSv1"
	TLS11 = "TLSv1.1"
	TLS12 = "TLSv1.2"
	TLS13 = "TLSv1.3"
)

// firstVersion is the number that stands for SSL3 in a handshake. The later versions
// count up from it.
// Sourced: https://www.rfc-editor.org/rfc/rfc8446#section-4.2.1,
// https://www.rfc-editor.org/rfc/rfc5246#appendix-E
const firstVersion = 0x0300

// TLSVersions are the names of all versions, the oldest first.
func TLSVersions() []string { return []string{SSL3, TLS10, TLS11, TLS12, TLS13} }

// TLSName is the name of the version with a number; "" when there is none.
func TLSName(number uint16) string {
	all := TLSVersions()
	if i := int(number) - firstVersion; 0 <= i && i < len(all) {
		return all[i]
	}
	return ""
}

// TLSNumber is the number of the version with a name; 0 when there is none.
func TLSNumber(name string) uint16 {
	if i := slices.Index(TLSVersions(), name); i >= 0 {
		return uint16(firstVersion + i)
	}
	return 0
}
