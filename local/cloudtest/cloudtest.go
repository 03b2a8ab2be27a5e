// Package cloudtest runs resources through the local AWS in tests, as the engine
// would: check, preview, create, diff, update, read, delete.
package cloudtest

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/core"
)

// Region is the Region of New.
const Region = "ap-northeast-1"

// Cloud is a provider instance on a local account. Its methods fail the test when
// AWS refuses; those named Try return the error instead.
type Cloud struct {
	*core.Provider
	t      testing.TB
	inputs map[string]core.Object // of live resources, by id
}

// New is the provider aws in Region on a freshly seeded account.
func New(t testing.TB) *Cloud {
	t.Helper()
	catalog, err := cloud.Catalog()
	require.NoError(t, err)
	c := &Cloud{t: t, inputs: map[string]core.Object{}, Provider: &core.Provider{
		Package: "aws", Catalog: catalog, Region: Region,
		Clock: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) },
	}}
	seed, err := core.Seed()
	require.NoError(t, err)
	c.Store = core.NewMemory(seed)
	return c
}

// UseFile makes the provider act on the account in a file.
func (c *Cloud) UseFile(path string) {
	c.Store = core.NewFile(path)
	c.t.Cleanup(c.Store.Close)
}

// For is the same cloud in a subtest, which fails in place of the test.
func (c *Cloud) For(t testing.TB) *Cloud {
	other := *c
	other.t = t
	return &other
}

// InRegion is another provider instance on the same account.
func (c *Cloud) InRegion(region string) *Cloud {
	other := *c
	provider := *c.Provider
	provider.Region = region
	other.Provider = &provider
	return &other
}

// typeOf is a type of either package.
func (c *Cloud) typeOf(token string) *core.Type {
	c.t.Helper()
	k, err := c.Catalog.Type(packageOf(token), token)
	require.NoError(c.t, err)
	return k
}

// packageOf is the package of a type, "aws" or "random".
func packageOf(token string) string {
	pkg, _, _ := strings.Cut(token, ":")
	return pkg
}

// Written is the account as one document.
func (c *Cloud) Written() string {
	c.t.Helper()
	raw, err := json.Marshal(c.Account())
	require.NoError(c.t, err)
	return string(raw)
}

// onCopy makes the provider act on a copy of its account.
func (c *Cloud) onCopy() {
	c.t.Helper()
	c.Store = core.NewMemory(c.Account())
}

// TryCreate checks, previews and creates a resource; the error is the check's,
// the preview's or AWS's.
func (c *Cloud) TryCreate(token, name string, in core.Object) (string, core.Object, error) {
	c.t.Helper()
	k := c.typeOf(token)
	checked, err := c.tryCheck(k, name, nil, in)
	if err != nil {
		return "", nil, err
	}
	planned, err := c.PreviewCreate(k, checked)
	if err != nil {
		return "", nil, err
	}
	id, state, err := c.Provider.Create(k, checked)
	if err != nil {
		return "", nil, err
	}
	c.asPlanned(k, planned, state)
	c.inputs[id] = checked
	c.readsBack(k, id, state)
	return id, state, nil
}

// tryCheck is what the check makes of inputs.
func (c *Cloud) tryCheck(k *core.Type, name string, olds, in core.Object) (core.Object, error) {
	checked, faults := c.Check(k, name, olds, plain(in), []byte(name))
	return checked, core.JoinRefusals(k.Token, faults)
}

func plain(in core.Object) core.Object { return core.AsObject(core.Plain(map[string]any(in))) }

// asPlanned asserts that what a preview said it knew is what came.
func (c *Cloud) asPlanned(k *core.Type, planned, state core.Object) {
	c.t.Helper()
	for _, key := range planned.Keys() {
		if key != "__defaults" && planned.Known(key) {
			assert.Equal(c.t, plain(core.Object{key: planned[key]}), plain(core.Object{key: state[key]}),
				"%s: the preview said it knew %s", k.Token, key)
		}
	}
}

// readsBack asserts that a refresh right after an operation finds no drift.
func (c *Cloud) readsBack(k *core.Type, id string, state core.Object) {
	c.t.Helper()
	read, inputs, ok, err := c.Read(k, id, state, c.inputs[id])
	require.NoError(c.t, err)
	require.True(c.t, ok)
	assert.Equal(c.t, state, read)
	assert.Empty(c.t, k.Diff(c.inputs[id], inputs), "drift of %s right after the operation", k.Token)
	assert.Empty(c.t, k.Diff(c.inputs[id], c.inputs[id]))
}

// Create is TryCreate where AWS has to agree.
func (c *Cloud) Create(token, name string, in core.Object) (string, core.Object) {
	c.t.Helper()
	id, state, err := c.TryCreate(token, name, in)
	require.NoError(c.t, err)
	return id, state
}

// Refused asserts that a resource cannot be made, and why.
func (c *Cloud) Refused(token, name string, in core.Object, why string) {
	c.t.Helper()
	before := c.Written()
	_, _, err := c.TryCreate(token, name, in)
	require.ErrorContains(c.t, err, why)
	assert.Equal(c.t, before, c.Written(), "a refusal left traces")
}

// FaultsOf is what the check alone says of inputs, "" for nothing.
func (c *Cloud) FaultsOf(token string, in core.Object) string {
	c.t.Helper()
	if _, err := c.tryCheck(c.typeOf(token), "x", nil, in); err != nil {
		return err.Error()
	}
	return ""
}

// ChangeOf is what other inputs would do to a live resource.
func (c *Cloud) ChangeOf(token, id string, in core.Object) core.Diff {
	c.t.Helper()
	k := c.typeOf(token)
	checked, err := c.tryCheck(k, "x", c.inputs[id], in)
	require.NoError(c.t, err)
	return k.Diff(c.inputs[id], checked)
}

// TryUpdate changes a live resource in place; the error is the check's, the
// preview's or AWS's.
func (c *Cloud) TryUpdate(token, id string, in core.Object) (core.Object, error) {
	c.t.Helper()
	k := c.typeOf(token)
	checked, err := c.tryCheck(k, "x", c.inputs[id], in)
	if err != nil {
		return nil, err
	}
	require.Empty(c.t, k.Diff(c.inputs[id], checked).Replaces, "the change replaces: it is no update")
	planned, err := c.PreviewUpdate(k, c.State(token, id), c.inputs[id], checked)
	if err != nil {
		return nil, err
	}
	state, err := c.Provider.Update(k, id, c.State(token, id), c.inputs[id], checked)
	if err != nil {
		return nil, err
	}
	c.asPlanned(k, planned, state)
	c.inputs[id] = checked
	c.readsBack(k, id, state)
	return state, nil
}

// Update is TryUpdate where AWS has to agree.
func (c *Cloud) Update(token, id string, in core.Object) core.Object {
	c.t.Helper()
	state, err := c.TryUpdate(token, id, in)
	require.NoError(c.t, err)
	return state
}

// TryDelete deletes a live resource.
func (c *Cloud) TryDelete(token, id string) error {
	c.t.Helper()
	return c.Remove(c.typeOf(token), id)
}

// Delete is TryDelete where AWS has to agree.
func (c *Cloud) Delete(token, id string) {
	c.t.Helper()
	require.NoError(c.t, c.TryDelete(token, id))
	assert.Nil(c.t, c.State(token, id))
}

// Call invokes a function where AWS has to agree.
func (c *Cloud) Call(token string, args core.Object) core.Object {
	c.t.Helper()
	out, err := c.TryCall(token, args)
	require.NoError(c.t, err)
	return out
}

// TryCall invokes a function.
func (c *Cloud) TryCall(token string, args core.Object) (core.Object, error) {
	return c.Invoke(token, plain(args))
}

// Change runs do on the account, as something outside of Pulumi would change it.
func (c *Cloud) Change(do func(*core.Tx)) {
	c.t.Helper()
	require.NoError(c.t, c.Provider.Change(do))
}

// InputsOf are the inputs, as checked, that a live resource was made from.
func (c *Cloud) InputsOf(id string) core.Object { return c.inputs[id] }

// State is the state of a resource wherever it lives; nil when it is gone.
func (c *Cloud) State(token, id string) core.Object {
	c.t.Helper()
	state := c.Account().Get(token, id)
	if state == nil {
		return nil
	}
	return maps.Clone(core.Object(state))
}

// Account is the account as it is now; later operations do not change it.
func (c *Cloud) Account() *core.Account {
	c.t.Helper()
	a, err := c.Store.Account()
	require.NoError(c.t, err)
	return a
}

// IsSeed asserts that everything made was deleted again.
func (c *Cloud) IsSeed() {
	c.t.Helper()
	left, err := c.Account().DiffFromSeed()
	require.NoError(c.t, err)
	assert.Empty(c.t, left)
}
