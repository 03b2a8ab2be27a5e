package cloud

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// docs/local-aws.md names every type and every function that there is.
func TestDocumentation(t *testing.T) {
	raw, err := os.ReadFile("../../docs/local-aws.md")
	require.NoError(t, err)
	c := newTestCloud(t)
	for token := range c.catalog.kinds {
		assert.Contains(t, string(raw), "`"+token[strings.LastIndex(token, ":")+1:]+"`", "the type %s", token)
	}
	for token := range c.catalog.invokes {
		name := token[strings.LastIndex(token, ":")+1:]
		assert.Regexp(t, "[.`]"+name+"`", string(raw), "the function %s", token)
	}
	for region := range regions {
		_, city, _ := strings.Cut(regions[region].description, "(")
		assert.Contains(t, string(raw), strings.TrimSuffix(city, ")"), region)
	}
}
