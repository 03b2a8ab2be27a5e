package traffic

import (
	"crypto/tls"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/traffic/pki"
)

// certificateState is what counts of a certificate of Certificate Manager.
type certificateState struct {
	ARN, DomainName, Status                       string
	SubjectAlternativeNames                       []string
	CertificateBody, PrivateKey, CertificateChain string
}

// certificates finds the certificates of Certificate Manager by their ARNs: the
// local authority has issued them, unless they were imported. One that is not
// issued yet is not found.
func (b *builder) certificates() (func(arn string) *tls.Certificate, error) {
	states, err := cloud.States[certificateState](b.account, certificateToken)
	if err != nil {
		return nil, err
	}
	issued := map[string]*tls.Certificate{}
	for _, s := range states {
		if s.Status != "ISSUED" {
			continue
		}
		if issued[s.ARN], err = b.certificate(s); err != nil {
			return nil, fmt.Errorf("certificate %s: %w", s.ARN, err)
		}
	}
	return func(arn string) *tls.Certificate { return issued[arn] }, nil
}

func (b *builder) certificate(s certificateState) (*tls.Certificate, error) {
	if s.CertificateBody != "" {
		imported, err := tls.X509KeyPair([]byte(s.CertificateBody+"\n"+s.CertificateChain), []byte(s.PrivateKey))
		return &imported, err
	}
	names := []string{s.DomainName}
	for _, name := range s.SubjectAlternativeNames {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return b.ca.Certificate(pki.Spec{Names: names})
}
