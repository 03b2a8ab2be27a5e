package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/engine"
)

func TestLostResources(t *testing.T) {
	dir := t.TempDir()
	lost := func(want int) {
		t.Helper()
		got, err := engine.LostResources(dir)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	lost(0)
	stacks := filepath.Join(dir, "state", ".pulumi", "stacks", "p")
	require.NoError(t, os.MkdirAll(stacks, 0o700))
	state := filepath.Join(stacks, "dev.json")
	require.NoError(t, os.WriteFile(state, []byte(`{"version":3,"checkpoint":{"stack":"s","latest":{"resources":[
		{"type":"pulumi:pulumi:Stack"},{"type":"pulumi:providers:aws","custom":true},{"type":"portico:index:Network"},
		{"type":"aws:ec2/vpc:Vpc","custom":true},{"type":"random:index/randomId:RandomId","custom":true}]}}}`), 0o600))
	lost(2)
	require.NoError(t, os.WriteFile(engine.AccountPath(dir), nil, 0o600))
	lost(0)
	require.NoError(t, os.Remove(engine.AccountPath(dir)))
	require.NoError(t, os.WriteFile(state, []byte(`{"version":3,"checkpoint":{"stack":"s","latest":{}}}`), 0o600))
	lost(0)
	require.NoError(t, os.WriteFile(state, []byte(`{`), 0o600))
	_, err := engine.LostResources(dir)
	require.ErrorContains(t, err, state)
}
