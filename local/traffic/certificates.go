package traffic

import (
	"crypto/tls"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
)

// certificates finds the certificates of Certificate Manager by their ARNs: the
// local authority has issued them, unless they were imported. One that is not
// issued yet is not found.
func (b *builder) certificates() (func(arn string) *tls.Certificate, error) {
	issued := map[string]*tls.Certificate{}
	for _, c := range b.account.Certificates {
		if c.Status != "ISSUED" {
			continue
		}
		var err error
		if issued[c.ARN], err = b.certificate(c); err != nil {
			return nil, fmt.Errorf("certificate %s: %w", c.ARN, err)
		}
	}
	return func(arn string) *tls.Certificate { return issued[arn] }, nil
}

func (b *builder) certificate(c account.Certificate) (*tls.Certificate, error) {
	if c.CertificateBody != "" {
		imported, err := tls.X509KeyPair([]byte(c.CertificateBody+"\n"+c.CertificateChain), []byte(c.PrivateKey))
		return &imported, err
	}
	names := []string{c.DomainName}
	for _, name := range c.SubjectAlternativeNames {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return b.ca.Certificate(pki.Spec{Names: names})
}
