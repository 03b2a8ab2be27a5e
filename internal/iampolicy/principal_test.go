package iampolicy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
)

func TestConcerning(t *testing.T) {
	const rest = `"Action":"s3:GetObject","Resource":"*"`
	for statement, want := range map[string]struct{ service, anonymous bool }{
		`{"Effect":"Allow","Principal":"*",` + rest + `}`:                                                  {true, true},
		`{"Effect":"Allow","Principal":{"AWS":["*"]},` + rest + `}`:                                        {true, true},
		`{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},` + rest + `}`:               {true, false},
		`{"Effect":"Allow","Principal":{"Service":"other.amazonaws.com"},` + rest + `}`:                    {false, false},
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},` + rest + `}`:                        {false, false},
		`{"Effect":"Allow","NotPrincipal":{"Service":["cloudfront.amazonaws.com"]},` + rest + `}`:          {false, true},
		`{"Effect":"Deny","Principal":"*","NotAction":"s3:Get*","Resource":"*","Condition":{"a":{}}}`:      {false, false},
		`[{"Effect":"Allow","Principal":"*",` + rest + `},{"Effect":"Deny","Principal":"*",` + rest + `}]`: {false, false},
	} {
		for service, allowed := range map[string]bool{"cloudfront.amazonaws.com": want.service, "": want.anonymous} {
			policy, err := iampolicy.Concerning(`{"Statement":`+statement+`}`, service)
			require.NoError(t, err)
			got, err := iampolicy.Allows([]string{policy}, iampolicy.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x"})
			require.NoError(t, err)
			assert.Equal(t, allowed, got, "%s for %q", statement, service)
		}
	}
	_, err := iampolicy.Concerning(`{"Statement":{"Principal":7}}`, "")
	require.Error(t, err)
}
