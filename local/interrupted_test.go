package local_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/local/engine/inprocess"
)

// A run that was killed leaves a lock and operations of which nobody knows how
// they ended. The next run of the CLI says so and goes on.
func TestInterruptedRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := func(ctx *pulumi.Context) error {
		_, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")})
		return err
	}
	t.Run("killed", func(t *testing.T) { local.New(t, program, local.WithDir(dir)).Up() })
	interrupt(t, dir)
	_, err := inprocess.Open(engine.Options{Dir: dir, Project: "portico", Stack: "test", Program: program}, core.NewFile(engine.AccountPath(dir)))
	assert.ErrorContains(t, err, "let the CLI continue it first")

	s := local.New(t, program, local.WithDir(dir), local.WithCLI())
	up := s.Up()
	assert.Empty(t, up.Changes())
	assert.NotContains(t, up.Output, "pending operations")
	s.Destroy()
	left, err := s.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}

// interrupt makes a stack's folder look as if its run had been killed while it
// created a security group and recorded that.
func interrupt(t *testing.T, dir string) {
	t.Helper()
	locks := filepath.Join(dir, "state", ".pulumi", "locks", "organization", "portico", "test")
	require.NoError(t, os.MkdirAll(locks, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(locks, "dead.json"),
		[]byte(`{"pid": 1, "username": "x", "hostname": "y", "timestamp": "2026-11-22T00:00:00Z"}`), 0o600))

	path := filepath.Join(dir, "state", ".pulumi", "stacks", "portico", "test.json")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var state map[string]any
	require.NoError(t, json.Unmarshal(raw, &state))
	latest, ok := state["checkpoint"].(map[string]any)["latest"].(map[string]any)
	require.True(t, ok)
	latest["pending_operations"] = []any{map[string]any{
		"type": "creating",
		"resource": map[string]any{
			"urn":    "urn:pulumi:test::portico::aws:ec2/securityGroup:SecurityGroup::lost",
			"custom": true, "type": "aws:ec2/securityGroup:SecurityGroup", "inputs": map[string]any{},
		},
	}}
	raw, err = json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	require.NoError(t, os.WriteFile(path+".attrs", nil, 0o600)) // killed before it was written
}
