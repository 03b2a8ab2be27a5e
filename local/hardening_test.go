package local_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/stacks"
)

// protection is what of a variant AWS refuses to delete, and the key that turns that off.
type protection struct{ token, property, key, refusal string }

func protectionOf(variant string) protection {
	if variant == stacks.VariantCloudFrontEC2 {
		return protection{
			"aws:ec2/instance:Instance", "disableApiTermination", "portico:tlsInstance.terminationProtection",
			"may not be terminated. Modify its 'disableApiTermination' instance attribute",
		}
	}
	return protection{
		"aws:lb/loadBalancer:LoadBalancer", "enableDeletionProtection", "portico:loadBalancer.deletionProtection",
		"cannot be deleted because deletion protection is enabled",
	}
}

// protected says what AWS has of the resource that the stack made.
func (p protection) protected(t *testing.T, stack *local.Stack) bool {
	t.Helper()
	made := stack.Account().All(p.token)
	for _, one := range made {
		if one[p.property] == true {
			return true
		}
	}
	require.NotEmpty(t, made)
	return false
}

// hardening is portico:hardening, which also turns on logs and a web ACL.
var hardening = feature{
	on:  func(stack *local.Stack) { stack.Configure("portico:hardening", "fsbp") },
	off: func(stack *local.Stack) { stack.Configure("portico:hardening", "") },
	assertOn: func(t *testing.T, stack *local.Stack, variant string, steps map[string]int) {
		assert.Zero(t, steps["delete"]+steps["replace"])
		assert.True(t, protectionOf(variant).protected(t, stack))
	},
	assertOff: func(t *testing.T, stack *local.Stack, variant string, steps map[string]int) {
		assert.Zero(t, steps["create"]+steps["replace"])
		// An instance keeps what is not said any more.
		assert.Equal(t, variant == stacks.VariantCloudFrontEC2, protectionOf(variant).protected(t, stack))
	},
}

// assertCannotBeDestroyed asserts that a stack is destroyed only after its protection is
// off, and that what the refused destruction took away comes back.
func assertCannotBeDestroyed(t *testing.T, stack *local.Stack, p protection) {
	t.Helper()
	_, err := stack.TryDestroy()
	require.ErrorContains(t, err, p.refusal)
	stack.Configure(p.key, "false")
	stack.Up()
	assert.False(t, p.protected(t, stack))
	assert.Equal(t, 200, stack.Get("https://app.example.com/").Status)
	stack.Destroy()
	assertSeed(t, stack)
}

// A change that replaces a protected instance fails, and the instance serves on; without
// the protection it goes through.
func TestAProtectedInstanceIsNotReplaced(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantCloudFrontEC2, map[string]any{"hardening": "fsbp"})
	stack.Up()
	first := onlyInstance(t, stack)["id"]
	stack.Configure("portico:tlsInstance.appPort", "3000")
	_, err := stack.TryUp()
	require.ErrorContains(t, err, "may not be terminated")
	assert.Equal(t, first, onlyInstance(t, stack)["id"])

	stack.Configure("portico:tlsInstance.terminationProtection", "false")
	_, err = stack.TryUp()
	require.ErrorContains(t, err, "may not be terminated", "the replacement comes before the update")
	stack.Configure("portico:tlsInstance.appPort", "")
	stack.Up()
	assert.Equal(t, first, onlyInstance(t, stack)["id"])
	stack.Configure("portico:tlsInstance.appPort", "3000")
	stack.Up()
	assert.NotEqual(t, first, onlyInstance(t, stack)["id"])
	assert.False(t, protectionOf(stacks.VariantCloudFrontEC2).protected(t, stack))
	stack.Destroy()
	assertSeed(t, stack)
}
