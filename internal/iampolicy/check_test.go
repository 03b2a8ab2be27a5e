package iampolicy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/iampolicy"
)

func TestCheck(t *testing.T) {
	const statement = `{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::a/*"]}`
	for _, ok := range []string{
		`{"Version":"2012-10-17","Statement":[` + statement + `]}`,
		`{"Version":"2012-10-17","Id":"one","Statement":` + statement + `}`,
		`{"Statement":{"Sid":"a","Effect":"Deny","NotAction":["s3:*"],"NotResource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`,
		render(t, iampolicy.Certbot("aws", "Z0EXAMPLE", []string{"example.com"})),
	} {
		assert.NoError(t, iampolicy.Check(ok), ok)
	}
	for policy, want := range map[string]string{
		``:     "must be an IAM policy in JSON",
		`{`:    "must be an IAM policy in JSON",
		`"s3"`: "must be an IAM policy in JSON",
		`{"Version":"2012-10-17","Statement":[` + statement + `]}x`:                       "must be an IAM policy in JSON",
		`{"Version":"2012-10-17"}`:                                                        "must have a Statement",
		`{"Version":"2012-10-17","Statement":[]}`:                                         "must have a Statement",
		`{"Version":"2024-01-01","Statement":` + statement + `}`:                          `must have the Version 2012-10-17, got "2024-01-01"`,
		`{"Version":"2012-10-17","Statements":[` + statement + `]}`:                       `unknown field "Statements"`,
		`{"Statement":[` + statement + `,{"Effect":"allow","Action":"*"}]}`:               `in Statement[1] the Effect must be Allow or Deny, got "allow"`,
		`{"Statement":{"Effect":"Allow","Resource":"*"}}`:                                 "there must be either Action or NotAction",
		`{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}`:                     "there must be either Action or NotAction",
		`{"Statement":{"Effect":"Allow","Action":"s3:*"}}`:                                "there must be either Resource or NotResource",
		`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`:    `unknown field "Principal"`,
		strings.Replace(`{"Statement":`+statement+`}`, "/*", strings.Repeat("x", 1e4), 1): "",
		strings.Replace(`{"Statement":`+statement+`}`, "/*", strings.Repeat("x", 2e4), 1): "must be at most 10240 characters",
	} {
		if err := iampolicy.Check(policy); want == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, want, policy)
		}
	}
}
