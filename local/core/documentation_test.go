package core_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/service/region"
)

// docs/local-aws.md names every type and every function that there is.
func TestDocumentation(t *testing.T) {
	raw, err := os.ReadFile("../../docs/local-aws.md")
	require.NoError(t, err)
	catalog, err := cloud.Catalog()
	require.NoError(t, err)
	for _, k := range catalog.Types() {
		token := k.Token
		assert.Contains(t, string(raw), "`"+token[strings.LastIndex(token, ":")+1:]+"`", "the type %s", token)
	}
	for _, token := range catalog.Functions() {
		name := token[strings.LastIndex(token, ":")+1:]
		assert.Regexp(t, "[.`]"+name+"`", string(raw), "the function %s", token)
	}
	for name, facts := range region.Regions {
		_, city, _ := strings.Cut(facts.Description, "(")
		assert.Contains(t, string(raw), strings.TrimSuffix(city, ")"), name)
	}
}
