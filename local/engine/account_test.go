package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/engine"
)

// newStack is the folder of a stack whose state has two resources that accounts hold.
func newStack(t *testing.T) (dir, state string) {
	t.Helper()
	dir = t.TempDir()
	state = filepath.Join(dir, "state", ".pulumi", "stacks", "p", "dev.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(state), 0o700))
	require.NoError(t, os.WriteFile(state, []byte(`{"version":3,"checkpoint":{"stack":"s","latest":{"resources":[
		{"type":"pulumi:pulumi:Stack"},{"type":"pulumi:providers:aws","custom":true,"id":"1"},{"type":"portico:index:Network"},
		{"type":"aws:ec2/vpc:Vpc","custom":true,"id":"vpc-05eed000000000001"},{"type":"aws:ec2/vpc:Vpc","custom":true,"id":"vpc-1"},
		{"type":"aws:acm/certificateValidation:CertificateValidation","custom":true,"id":"now"},
		{"type":"aws:ec2/vpc:Vpc","custom":true,"id":"vpc-2","delete":true},
		{"type":"random:index/randomId:RandomId","custom":true,"id":"x"}]}}}`), 0o600))
	return dir, state
}

// An account may lack what is not in its file at all: components, providers, random
// values, validations, and what is being replaced.
func TestAnAccountThatLacksResourcesOfTheStateIsRefused(t *testing.T) {
	dir, state := newStack(t)
	account := engine.AccountPath(dir)
	var lost *engine.LostError
	require.ErrorAs(t, engine.CheckAccount(dir), &lost)
	assert.Equal(t, engine.LostError{Account: account, Gone: true, Lost: 2, Total: 2}, *lost)
	assert.EqualError(t, lost, "the state has 2 resources, but the account's file "+account+" is gone")

	require.NoError(t, os.WriteFile(account, nil, 0o600)) // reads as the seed
	require.ErrorAs(t, engine.CheckAccount(dir), &lost)
	assert.Equal(t, engine.LostError{Account: account, Lost: 1, Total: 2, Example: "aws:ec2/vpc:Vpc vpc-1"}, *lost)

	require.NoError(t, os.WriteFile(account, []byte("garbage\n"), 0o600))
	var unreadable *engine.AccountError
	require.ErrorAs(t, engine.CheckAccount(dir), &unreadable)
	assert.ErrorContains(t, unreadable, account)

	locks := filepath.Join(dir, "state", ".pulumi", "locks", "organization", "p", "dev")
	require.NoError(t, os.MkdirAll(locks, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(locks, "1.json"), nil, 0o600))
	require.NoError(t, engine.CheckAccount(dir), "a run may be changing both")
	require.NoError(t, os.RemoveAll(locks))

	require.NoError(t, os.Remove(account))
	require.NoError(t, os.WriteFile(state, []byte(`{"version":3,"checkpoint":{"stack":"s","latest":{}}}`), 0o600))
	require.NoError(t, engine.CheckAccount(dir), "a stack that is down has no account")
}

// A state that was cut off is named, with the state before it if that is whole.
func TestAStateThatCannotBeReadIsRefused(t *testing.T) {
	dir, state := newStack(t)
	raw, err := os.ReadFile(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(state, raw[:20], 0o600))
	var unreadable *engine.StateError
	require.ErrorAs(t, engine.CheckState(dir), &unreadable)
	assert.Empty(t, unreadable.Backup)
	require.NoError(t, os.WriteFile(state+".bak", raw, 0o600))
	require.ErrorAs(t, engine.CheckAccount(dir), &unreadable)
	assert.Equal(t, state+".bak", unreadable.Backup)
	assert.EqualError(t, unreadable, "the state "+state+" cannot be read: unexpected end of JSON input")
}
