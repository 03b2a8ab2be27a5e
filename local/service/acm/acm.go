// Package acm is Certificate Manager in the local AWS: public certificates that
// are validated by DNS, and imported ones.
package acm

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/route53"
)

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

// certificateType is a certificate requested from ACM or imported into it.
// Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
// https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html
// https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
// *sourced*
func certificateType() core.Type {
	return core.Type{
		Token: CertificateToken,
		Inputs: []string{
			"certificateBody", "certificateChain", "domainName", "keyAlgorithm",
			"options.certificateTransparencyLoggingPreference", "privateKey", "subjectAlternativeNames", "tags",
			"validationMethod",
		},
		Keeps: []string{"keyAlgorithm", "options", "subjectAlternativeNames"},
		Fills: core.Object{
			"keyAlgorithm":       "RSA_2048",
			"notAfter":           "",
			"notBefore":          "",
			"options":            map[string]any{"certificateTransparencyLoggingPreference": "ENABLED"},
			"pendingRenewal":     false,
			"renewalEligibility": "INELIGIBLE",
			"renewalSummaries":   []any{},
			"status":             "PENDING_VALIDATION",
			"type":               "AMAZON_ISSUED",
			"validationEmails":   []any{},
		},
		ARN:   "acm:certificate/{hex8}-{hex4}-{hex4}-{hex4}-{hex12}",
		InUse: "ResourceInUseException",
		Recomputes: map[string][]string{
			"certificateBody": {"domainName", "keyAlgorithm", "notAfter", "notBefore", "subjectAlternativeNames"},
		},
		Rules: []core.Rule{
			certificateSourceRule,
			domainNameRule,
			firstNameLengthRule,
			nameCountRule,
			keyAlgorithmRule,
			core.OneOf(core.Unsupported, "validationMethod", "DNS"),
			core.InBlocks("options", core.OneOf("ValidationException", "certificateTransparencyLoggingPreference", "ENABLED", "DISABLED")),
		},
		Create: createCertificate,
		Update: func(t *core.Tx, _ string, _, in core.Object) (core.Object, error) {
			if !in.Has("certificateBody") {
				return nil, nil
			}
			return importCertificate(t, in)
		},
		Examples: []core.Object{
			{"domainName": "web.example.com", "validationMethod": "DNS"},
			{
				"domainName": "example.com", "validationMethod": "DNS", "keyAlgorithm": "EC_prime256v1",
				"subjectAlternativeNames": core.List("*.example.com", "www.example.com"),
				"options":                 core.Object{"certificateTransparencyLoggingPreference": "DISABLED"},
				"tags":                    core.Object{"team": "web"},
			},
		},
	}
}

// certificateValidationType waits for a certificate to be issued. AWS knows
// nothing of it: it exists in Pulumi's state alone.
func certificateValidationType() core.Type {
	return core.Type{
		Token:     CertificateValidationToken,
		Stateless: true,
		Inputs:    []string{"certificateArn", "validationRecordFqdns"},
		NewID:     func(t *core.Tx, _ core.Object) (string, error) { return t.Now().String(), nil },
		References: []core.Reference{{
			Input: "certificateArn", To: []string{CertificateToken}, Code: "ResourceNotFoundException", Loose: true,
		}},
		FreeToDelete: "AWS knows nothing of it",
		Create:       validateCertificate,
		Examples:     []core.Object{{}},
		Needs:        []string{route53.RecordToken},
	}
}
