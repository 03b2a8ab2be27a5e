package local_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/stacks"
)

const sidecarsKey = "portico:services[0].sidecars"

// sidecarWith is a sidecar with an image of that tag.
func sidecarWith(tag string, more map[string]any) []any {
	s := map[string]any{"name": "agent", "image": image + tag}
	for field, value := range more {
		s[field] = value
	}
	return []any{s}
}

// A sidecar is switched on and off on a live stack. One that the task needs and that fails
// leaves the old tasks in service; one that it does not need may fail.
func TestSidecarsOnALiveStack(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantALB)
	first := revisionOf(t, stack)
	stop := askThroughout(t, stack)
	optional := map[string]any{"essential": false}
	for _, failing := range []struct {
		what, reason string
		sidecar      []any
		mainWaits    []any
	}{
		{"an essential one", "EssentialContainerExited: Essential container in task exited (container agent, ", sidecarWith("fails-to-start", nil), nil},
		{"one that is waited for", "container app waits for the success of agent, which ended with exit code 1", sidecarWith("fails-to-start", optional),
			[]any{map[string]any{"name": "agent", "condition": "SUCCESS"}}},
		{"one without an image", "CannotPullContainerError", sidecarWith("fails-to-pull", optional), nil},
	} {
		stack.Configure(sidecarsKey, failing.sidecar)
		stack.Configure("portico:services[0].dependsOn", failing.mainWaits)
		_, err := stack.TryUp()
		require.ErrorContains(t, err, "but run "+first+": ", failing.what)
		assert.ErrorContains(t, err, failing.reason, failing.what)
		assert.Equal(t, first, revisionOf(t, stack), failing.what)
	}
	stack.Configure("portico:services[0].dependsOn", []any{})
	for _, sound := range [][]any{sidecarWith("fails-to-start", optional), sidecarWith("stable", nil)} {
		stack.Configure(sidecarsKey, sound)
		stack.Up()
		assert.Empty(t, stack.Up().Changes(), "the second update")
	}
	second := revisionOf(t, stack)
	assert.NotEqual(t, first, second)
	stack.Configure(sidecarsKey, []any{})
	stack.Up()
	assert.NotEqual(t, second, revisionOf(t, stack))
	stop()
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
}
