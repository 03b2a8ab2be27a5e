package acm

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"time"

	"github.com/portico-iac/portico/local/core"
)

// sourceRules require that a certificate is either requested for a name or imported with
// its private key.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/certificate/
// *sourced* (the words are inferred)
var sourceRules = []core.Rule{
	core.ExactlyOneOf("domainName", "privateKey"),
	core.Needs("", "domainName", "validationMethod"),
	core.Needs("", "privateKey", "certificateBody"),
	core.Needs("", "certificateBody", "privateKey"),
	core.Needs("", "certificateChain", "certificateBody"),
	core.NotBoth("ConflictsWith", "validationMethod", "privateKey"),
	core.NotBoth("ConflictsWith", "subjectAlternativeNames", "privateKey"),
	core.NotBoth("ConflictsWith", "keyAlgorithm", "privateKey"),
	core.NotBoth("ConflictsWith", "options", "privateKey"),
}

// importCertificate imports a certificate that is valid now, with its private key.
// AWS does not renew it.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
// *sourced* (the words are inferred)
func importCertificate(t *core.Tx, in core.Object) (core.Object, error) {
	pair, err := tls.X509KeyPair([]byte(in.Str("certificateBody")), []byte(in.Str("privateKey")))
	if err != nil || len(pair.Certificate) != 1 {
		return nil, core.Refuse("ValidationException", "The certificate body must be one PEM certificate, and the private key must be its own")
	}
	if chain := in.Str("certificateChain"); chain != "" && !isChain([]byte(chain)) {
		return nil, core.Refuse("ValidationException", "The certificate chain must be PEM certificates")
	}
	leaf, now := pair.Leaf, t.Now()
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return nil, core.Refuse("ValidationException", "The certificate must be valid at the time of import: it is valid from %s to %s",
			leaf.NotBefore.Format(time.RFC3339), leaf.NotAfter.Format(time.RFC3339))
	}
	if len(leaf.DNSNames) == 0 {
		return nil, core.Refuse("ValidationException", "The certificate must have a fully qualified domain name")
	}
	return core.Object{
		"domainName":              leaf.DNSNames[0],
		"domainValidationOptions": []any{},
		"keyAlgorithm":            keyAlgorithmOf(leaf),
		"notAfter":                leaf.NotAfter.UTC().Format(time.RFC3339),
		"notBefore":               leaf.NotBefore.UTC().Format(time.RFC3339),
		"status":                  "ISSUED",
		"subjectAlternativeNames": core.List(leaf.DNSNames...),
		"type":                    "IMPORTED",
		"validationMethod":        "NONE",
	}, nil
}

func isChain(text []byte) bool {
	for len(text) > 0 {
		block, rest := pem.Decode(text)
		if block == nil || block.Type != "CERTIFICATE" {
			return false
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return false
		}
		text = rest
	}
	return true
}

// keyAlgorithmOf is ACM's name for the kind of key.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
// *sourced* (RSA keys of all lengths are shown as RSA_2048 here)
func keyAlgorithmOf(c *x509.Certificate) string {
	key, ok := c.PublicKey.(*ecdsa.PublicKey)
	switch {
	case !ok:
		return "RSA_2048"
	case key.Curve.Params().BitSize == 384:
		return "EC_secp384r1"
	}
	return "EC_prime256v1"
}
