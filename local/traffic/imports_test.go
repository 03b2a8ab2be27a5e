package traffic

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What carries traffic and what registers resources must be able to prove the model
// wrong, so neither may use it, or the components that ask it; nor may their tests.
func TestTrafficKnowsNothingOfTheModel(t *testing.T) {
	const module = "github.com/portico-iac/portico/"
	raw, err := exec.Command("go", "list", "-deps", "-test", "./...", "../cloud/...").Output()
	require.NoError(t, err)
	packages := strings.Fields(string(raw))
	assert.Contains(t, packages, module+"local/cloud", "the list is whole")
	for _, p := range packages {
		for _, forbidden := range []string{"requestpath", "components", "stacks"} {
			assert.False(t, p == module+forbidden || strings.HasPrefix(p, module+forbidden+"/"), p)
		}
	}
}
