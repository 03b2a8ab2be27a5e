// Package awstable holds the tables of AWS that several parts of Portico read:
// names, ids and numbers, each with its source.
//
// What a table means for a request is not decided here. The request-path model and
// the traffic of the local AWS each decide that in code of their own, on purpose,
// so that one can prove the other wrong.
package awstable

// TLS versions, under the names that CloudFront and load balancers use.
const (
	SSL3  = "SSLv3"
	TLS10 = "TLSv1"
	TLS11 = "TLSv1.1"
	TLS12 = "TLSv1.2"
	TLS13 = "TLSv1.3"
)

// tlsVersions are the versions from the oldest to the newest, with the number that
// stands for each in a handshake.
// Sourced: https://www.rfc-editor.org/rfc/rfc8446#section-4.2.1,
// https://www.rfc-editor.org/rfc/rfc5246#appendix-E
var tlsVersions = []struct {
	name   string
	number uint16
}{
	{SSL3, 0x0300}, {TLS10, 0x0301}, {TLS11, 0x0302}, {TLS12, 0x0303}, {TLS13, 0x0304},
}

// TLSVersions are the names of all versions, the oldest first.
func TLSVersions() []string {
	var names []string
	for _, v := range tlsVersions {
		names = append(names, v.name)
	}
	return names
}

// TLSName is the name of the version with a number; "" when there is none.
func TLSName(number uint16) string {
	for _, v := range tlsVersions {
		if v.number == number {
			return v.name
		}
	}
	return ""
}

// TLSNumber is the number of the version with a name; 0 when there is none.
func TLSNumber(name string) uint16 {
	for _, v := range tlsVersions {
		if v.name == name {
			return v.number
		}
	}
	return 0
}
