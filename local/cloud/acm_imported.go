package cloud

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"time"
)

// certificateSourceRule is that a certificate is either requested for a name, or
// imported with its private key.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/certificate/
// *sourced* (the words are inferred)
func certificateSourceRule(in object) *refusal {
	imported := []string{"certificateBody", "privateKey"}
	requested := []string{"domainName", "validationMethod"}
	if !in.has("certificateBody") && !in.has("privateKey") && !in.has("certificateChain") {
		return allOf(in, requested)
	}
	for _, key := range append(requested, "subjectAlternativeNames", "keyAlgorithm", "options") {
		if in.has(key) {
			return &refusal{code: "ConflictsWith", property: key, message: key + " conflicts with certificateBody"}
		}
	}
	return allOf(in, imported)
}

// allOf is that all of some inputs are given.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/certificate/
// *sourced*
func allOf(in object, keys []string) *refusal {
	for _, key := range keys {
		if !in.has(key) {
			return missing(key)
		}
	}
	return nil
}

// importCertificate takes over a certificate that is valid now, with the private
// key that belongs to it. It stays as it is: nobody renews it.
// Source: https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
// *sourced* (the words are inferred)
func importCertificate(t *tx, in object) (object, error) {
	pair, err := tls.X509KeyPair([]byte(in.str("certificateBody")), []byte(in.str("privateKey")))
	if err != nil || len(pair.Certificate) != 1 {
		return nil, refuse("ValidationException", "The certificate body must be one PEM certificate, and the private key must be its own")
	}
	if chain := in.str("certificateChain"); chain != "" && !isChain([]byte(chain)) {
		return nil, refuse("ValidationException", "The certificate chain must be PEM certificates")
	}
	leaf, now := pair.Leaf, t.now()
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return nil, refuse("ValidationException", "The certificate must be valid at the time of import: it is valid from %s to %s",
			leaf.NotBefore.Format(time.RFC3339), leaf.NotAfter.Format(time.RFC3339))
	}
	if len(leaf.DNSNames) == 0 {
		return nil, refuse("ValidationException", "The certificate must have a fully qualified domain name")
	}
	return object{
		"domainName":              leaf.DNSNames[0],
		"domainValidationOptions": []any{},
		"keyAlgorithm":            keyAlgorithmOf(leaf),
		"notAfter":                leaf.NotAfter.UTC().Format(time.RFC3339),
		"notBefore":               leaf.NotBefore.UTC().Format(time.RFC3339),
		"status":                  "ISSUED",
		"subjectAlternativeNames": list(leaf.DNSNames...),
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

// keyAlgorithmOf is how ACM names the kind of key.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
// *sourced* (RSA of other lengths than 2048 is taken for that)
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
