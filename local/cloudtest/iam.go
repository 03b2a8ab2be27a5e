package cloudtest

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// TrustOf is the trust policy that lets a service assume a role.
func TrustOf(service string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",` +
		`"Principal":{"Service":"` + service + `"}}]}`
}

// Role makes a role that a service can assume.
func (c *Cloud) Role(name, service string) (id, arn string) {
	c.t.Helper()
	id, state := c.Create(iam.RoleToken, name, core.Object{"assumeRolePolicy": TrustOf(service)})
	return id, state.Str("arn")
}
