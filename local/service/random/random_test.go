package random_test

import (
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
)

const (
	passwordToken = "random:index/randomPassword:RandomPassword"
	idToken       = "random:index/randomId:RandomId"
)

// newProvider is the provider random with one of its types.
func newProvider(t *testing.T, token string) (*cloudtest.Cloud, *core.Type) {
	t.Helper()
	c := cloudtest.New(t).ForType(token)
	k, err := c.Type(token)
	require.NoError(t, err)
	return c, k
}

func TestPassword(t *testing.T) {
	c, k := newProvider(t, passwordToken)
	in, faults := c.Check(k, "p", nil, core.Object{"length": 48.0, "special": false, "minUpper": 3.0}, nil)
	require.Empty(t, faults)
	id, a, err := c.Provider.Create(k, in)
	require.NoError(t, err)
	assert.Equal(t, "none", id)
	_, b, err := c.Provider.Create(k, in)
	require.NoError(t, err)
	assert.Regexp(t, "^[a-zA-Z0-9]{48}$", a.Str("result"))
	assert.Regexp(t, "[A-Z].*[A-Z].*[A-Z]", a.Str("result"))
	assert.NotEqual(t, a.Str("result"), b.Str("result"))
	c.IsSeed() // AWS never sees the state of the provider random
	assert.Equal(t, []string{"keepers"}, k.Diff(in, in.With(core.Object{"keepers": map[string]any{"v": "2"}})).Replaces)

	_, faults = c.Check(k, "p", nil, core.Object{"length": 2.0, "minUpper": 3.0}, nil)
	assert.ErrorContains(t, core.JoinRefusals(passwordToken, faults), "must be at least 3, got 2")
	_, faults = c.Check(k, "p", nil, core.Object{}, nil)
	assert.ErrorContains(t, core.JoinRefusals(passwordToken, faults), `"length" is required`)
}

func TestID(t *testing.T) {
	c, k := newProvider(t, idToken)
	id, state, err := c.Provider.Create(k, core.Object{"byteLength": 8.0})
	require.NoError(t, err)
	raw, err := hex.DecodeString(state.Str("hex"))
	require.NoError(t, err)
	assert.Len(t, raw, 8)
	assert.Equal(t, id, state.Str("b64Url"))
	assert.Equal(t, new(big.Int).SetBytes(raw).String(), state.Str("dec"))
	_, other, err := c.Provider.Create(k, core.Object{"byteLength": 8.0, "prefix": "web-"})
	require.NoError(t, err)
	assert.Regexp(t, "^web-[0-9a-f]{16}$", other.Str("hex"))
	assert.NotEqual(t, "web-"+state.Str("hex"), other.Str("hex"))
}
