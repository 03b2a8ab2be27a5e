package cloudtest

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
	"github.com/portico-iac/portico/local/service/route53"
)

// PendingCertificate requests a certificate for names.
func (c *Cloud) PendingCertificate(names ...string) (string, core.Object) {
	c.t.Helper()
	return c.Create(acm.CertificateToken, "certificate", core.Object{
		"domainName":              names[0],
		"subjectAlternativeNames": core.List(names[1:]...),
		"validationMethod":        "DNS",
	})
}

// IssuedCertificate requests a certificate and validates it in the seeded zone.
func (c *Cloud) IssuedCertificate(names ...string) string {
	c.t.Helper()
	arn, state := c.PendingCertificate(names...)
	made := map[string]bool{}
	for _, option := range state.Blocks("domainValidationOptions") {
		name := option.Str("resourceRecordName")
		if made[name] {
			continue
		}
		made[name] = true
		c.Create(route53.RecordToken, "validation", core.Object{
			"zoneId": SeededZone, "name": name, "type": "CNAME", "ttl": 300.0, "allowOverwrite": true,
			"records": core.List(option.Str("resourceRecordValue")),
		})
	}
	c.Create(acm.CertificateValidationToken, "validation", core.Object{"certificateArn": arn})
	return arn
}
