package cloud

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
)

const (
	certificateToken           = "aws:acm/certificate:Certificate"
	certificateValidationToken = "aws:acm/certificateValidation:CertificateValidation"
)

// acmArea is what is supported of Certificate Manager: public certificates
// validated by DNS, and imported ones.
func acmArea() area {
	return area{
		kinds: []kind{certificateKind(), certificateValidationKind()},
		invokes: []invoke{{
			token:     "aws:acm/getCertificate:getCertificate",
			inputs:    reflect.TypeOf(acm.LookupCertificateArgs{}),
			supported: []string{"domain", "keyTypes", "mostRecent", "statuses", "tags", "types"},
			run:       lookUpCertificate,
		}},
	}
}

// certificateKind is a certificate requested from ACM or imported into it.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html
// *sourced*
func certificateKind() kind {
	return kind{
		token:  certificateToken,
		inputs: acm.CertificateArgs{}.ElementType(),
		state:  reflect.TypeOf(acm.Certificate{}),
		changes: map[string]change{
			"certificateBody":         updates,
			"certificateChain":        updates,
			"domainName":              replaces,
			"keyAlgorithm":            replaces,
			"options":                 updates,
			"privateKey":              updates,
			"subjectAlternativeNames": replacesSet,
			"tags":                    updates,
			"validationMethod":        replaces,
		},
		keeps: []string{"keyAlgorithm", "options", "subjectAlternativeNames"},
		rules: []rule{
			certificateSourceRule,
			domainNameRule,
			firstNameLengthRule,
			nameCountRule,
			keyAlgorithmRule,
			oneOf(unsupported, "validationMethod", "DNS"),
			inBlocks("options", oneOf("ValidationException", "certificateTransparencyLoggingPreference", "ENABLED", "DISABLED")),
		},
		create: createCertificate,
		update: func(t *tx, _ string, _, in object) (object, error) {
			if !in.has("certificateBody") {
				return nil, nil
			}
			return importCertificate(t, in)
		},
		remove: removeCertificate,
	}
}
