package components_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
)

// What is registered by its type token has the version of the rest.
func TestTheVersionOfTheSDK(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	assert.Contains(t, string(mod), "github.com/pulumi/pulumi-aws/sdk/v6 v"+components.SDKVersion()+"\n")
}
