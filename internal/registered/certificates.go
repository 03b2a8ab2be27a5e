package registered

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"

	"github.com/portico-iac/portico/requestpath"
)

// certificate describes the certificate that a listener or a distribution shows.
// One that is not among the resources is taken to cover the names that lead
// there, which for a distribution's aliases AWS sees to.
func (r *reader) certificate(by *resource, property, arn string, names []string) requestpath.Certificate {
	c := r.one("aws:acm/certificate:Certificate", arn)
	if c == nil {
		r.note(by, property, "certificate "+arn+" is not among the resources: it is taken to cover the names that lead there")
		return requestpath.Certificate{Names: names}
	}
	covered := append(c.strs("subjectAlternativeNames"), c.str("domainName"))
	return requestpath.Certificate{Names: present(covered), Expired: r.expired(c), Trust: trust(c)}
}

// expired says whether a certificate is past its end. ACM renews those that it
// issued, and a deployment does not say so.
// Sourced: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
func (r *reader) expired(c *resource) bool {
	if c.str("status") == "EXPIRED" {
		return true
	}
	end, err := time.Parse(time.RFC3339, c.str("notAfter"))
	return err == nil && end.Before(r.options.Now) && (r.options.Live || c.str("type") == "IMPORTED")
}

// trust says why nobody trusts a certificate: one of a private authority, or an
// imported one that is self-signed or came without its chain.
// Sourced: https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
func trust(c *resource) string {
	if c.str("certificateAuthorityArn") != "" || c.str("type") == "PRIVATE" {
		return requestpath.UnknownIssuer
	}
	block, _ := pem.Decode([]byte(c.str("certificateBody")))
	if block == nil {
		return ""
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	switch {
	case err != nil:
		return ""
	case slices.Equal(parsed.RawIssuer, parsed.RawSubject):
		return requestpath.SelfSigned
	case c.str("certificateChain") == "" && !c.secret("certificateChain"):
		return requestpath.IncompleteChain
	}
	return ""
}
