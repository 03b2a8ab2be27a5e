// Package acm is Certificate Manager in the local AWS: public certificates that
// are validated by DNS, and imported ones.
package acm

import "github.com/portico-iac/portico/local/core"

// Tokens of the types.
const (
	CertificateToken           = "aws:acm/certificate:Certificate"
	CertificateValidationToken = "aws:acm/certificateValidation:CertificateValidation"
)

// Service is what the local AWS has of Certificate Manager.
func Service() core.Service {
	return core.Service{
		Types: []core.Type{certificateType(), certificateValidationType()},
		Functions: []core.Function{{
			Token:  "aws:acm/getCertificate:getCertificate",
			Inputs: []string{"domain", "keyTypes", "mostRecent", "statuses", "tags", "types"},
			Run:    lookUpCertificate,
		}},
	}
}
