package cloud

import (
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const testRegion = "ap-northeast-1"

// testCloud runs resources through a provider as the engine would, without
// gRPC: check, preview, create, diff, update, read, delete.
type testCloud struct {
	t *testing.T
	*provider
	file   file
	inputs map[string]object // of live resources, by id
}

// newTestCloud is a provider in testRegion on a freshly seeded account.
func newTestCloud(t *testing.T) *testCloud {
	t.Helper()
	c, err := newCatalog(areas())
	require.NoError(t, err)
	p := &provider{pkg: "aws", catalog: c, region: testRegion, clock: func() time.Time {
		return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	}}
	out := &testCloud{t: t, provider: p, inputs: map[string]object{}}
	out.useFile(filepath.Join(t.TempDir(), "account.json"))
	return out
}

// useFile makes the provider act on the account in a file.
func (c *testCloud) useFile(path string) {
	c.file = file{path}
	c.store = c.file
}

// inRegion is another provider instance on the same account.
func (c *testCloud) inRegion(region string) *testCloud {
	other := *c.provider
	other.region = region
	return &testCloud{t: c.t, provider: &other, file: c.file, inputs: c.inputs}
}

// tryCreate checks and creates a resource; the error is the check's or AWS's.
func (c *testCloud) tryCreate(token, name string, in object) (string, object, error) {
	c.t.Helper()
	k, err := c.kind(token)
	if err != nil {
		return "", nil, err
	}
	in = asObject(plain(in))
	checked, faults := c.check(k, name, nil, in, []byte(name))
	if len(faults) > 0 {
		return "", nil, joinFaults(token, faults)
	}
	k.previewCreate(checked)
	id, state, err := c.provider.create(k, checked)
	if err != nil {
		return "", nil, err
	}
	c.inputs[id] = checked
	c.readsBack(k, id, state)
	return id, state, nil
}

// readsBack asserts that a refresh right after an operation finds no drift.
func (c *testCloud) readsBack(k *kind, id string, state object) {
	c.t.Helper()
	read, inputs, ok, err := c.read(k, id, state, c.inputs[id])
	require.NoError(c.t, err)
	require.True(c.t, ok)
	assert.Equal(c.t, state, read)
	assert.Empty(c.t, k.diff(c.inputs[id], inputs), "drift of %s right after the operation", k.token)
	assert.Empty(c.t, k.diff(c.inputs[id], c.inputs[id]))
}

// create is tryCreate where AWS has to agree.
func (c *testCloud) create(token, name string, in object) (string, object) {
	c.t.Helper()
	id, state, err := c.tryCreate(token, name, in)
	require.NoError(c.t, err)
	return id, state
}

// refused asserts that a resource cannot be made, and why.
func (c *testCloud) refused(token, name string, in object, why string) {
	c.t.Helper()
	before := c.account()
	_, _, err := c.tryCreate(token, name, in)
	require.Error(c.t, err)
	assert.ErrorContains(c.t, err, why)
	assert.Equal(c.t, before, c.account(), "a refusal left traces")
}

// changeOf is what other inputs would do to a live resource.
func (c *testCloud) changeOf(token, id string, in object) diff {
	c.t.Helper()
	k, err := c.kind(token)
	require.NoError(c.t, err)
	checked, faults := c.check(k, "x", c.inputs[id], asObject(plain(in)), nil)
	require.NoError(c.t, joinFaults(token, faults))
	return k.diff(c.inputs[id], checked)
}

// tryUpdate changes a live resource in place; the error is the check's or AWS's.
func (c *testCloud) tryUpdate(token, id string, in object) (object, error) {
	c.t.Helper()
	k, err := c.kind(token)
	require.NoError(c.t, err)
	checked, faults := c.check(k, "x", c.inputs[id], asObject(plain(in)), nil)
	if len(faults) > 0 {
		return nil, joinFaults(token, faults)
	}
	require.Empty(c.t, k.diff(c.inputs[id], checked).replaces, "the change replaces: it is no update")
	state, err := c.provider.update(k, id, c.state(token, id), c.inputs[id], checked)
	if err != nil {
		return nil, err
	}
	c.inputs[id] = checked
	c.readsBack(k, id, state)
	return state, nil
}

// update is tryUpdate where AWS has to agree.
func (c *testCloud) update(token, id string, in object) object {
	c.t.Helper()
	state, err := c.tryUpdate(token, id, in)
	require.NoError(c.t, err)
	return state
}

// tryDelete deletes a live resource.
func (c *testCloud) tryDelete(token, id string) error {
	c.t.Helper()
	k, err := c.kind(token)
	require.NoError(c.t, err)
	return c.remove(k, id)
}

// delete is tryDelete where AWS has to agree.
func (c *testCloud) delete(token, id string) {
	c.t.Helper()
	require.NoError(c.t, c.tryDelete(token, id))
	assert.Nil(c.t, c.state(token, id))
}

// call invokes a function where AWS has to agree.
func (c *testCloud) call(token string, args object) object {
	c.t.Helper()
	out, err := c.invoke(token, asObject(plain(args)))
	require.NoError(c.t, err)
	return out
}

// state is the state of a resource wherever it lives; nil when it is gone.
func (c *testCloud) state(token, id string) object {
	c.t.Helper()
	state := c.account().Get(token, id)
	if state == nil {
		return nil
	}
	return maps.Clone(object(state))
}

// account is the account as it is now.
func (c *testCloud) account() *Account {
	c.t.Helper()
	a, err := ReadAccount(c.file.path)
	require.NoError(c.t, err)
	return a
}

// isSeed asserts that everything made was deleted again.
func (c *testCloud) isSeed() {
	c.t.Helper()
	left, err := c.account().DiffFromSeed()
	require.NoError(c.t, err)
	assert.Empty(c.t, left)
}
