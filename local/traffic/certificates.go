package traffic

import (
	"crypto/tls"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
)

// loadCertificates loads the issued certificates of Certificate Manager. The local
// authority issues those that were not imported.
func (b *builder) loadCertificates() (err error) {
	b.certificates = map[string]*tls.Certificate{}
	for _, c := range b.account.Certificates {
		if c.Status != "ISSUED" {
			continue
		}
		if b.certificates[c.ARN], err = b.certificate(c); err != nil {
			return fmt.Errorf("certificate %s: %w", c.ARN, err)
		}
	}
	return nil
}

func (b *builder) certificate(c account.Certificate) (*tls.Certificate, error) {
	if c.CertificateBody != "" {
		imported, err := tls.X509KeyPair([]byte(c.CertificateBody+"\n"+c.CertificateChain), []byte(c.PrivateKey))
		return &imported, err
	}
	others := slices.DeleteFunc(slices.Clone(c.SubjectAlternativeNames), func(name string) bool { return name == c.DomainName })
	names := append([]string{c.DomainName}, others...)
	return b.ca.Certificate(pki.Spec{Names: names})
}
