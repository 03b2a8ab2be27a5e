package local_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local"
)

// feature is something that a stack has only if its configuration says so. The assertions
// get how many resources each operation of the update concerned.
type feature struct {
	on, off             func(stack *local.Stack)
	assertOn, assertOff func(t *testing.T, stack *local.Stack, variant string, steps map[string]int)
}

// switched is an update after a change of the configuration, by its operations.
func switched(stack *local.Stack, change func(*local.Stack)) map[string]int {
	change(stack)
	steps := map[string]int{}
	for _, step := range stack.Up().Changes() {
		steps[step.Op]++
	}
	return steps
}

// Features come one after the other to a stack that serves, and go again in reverse, and every
// request meanwhile is answered. At last the stack is hardened.
func TestFeaturesOfEveryVariant(t *testing.T) {
	features := []feature{bucketLogs, alarms, viewersWebACL, edge}
	for _, variant := range variants("") {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			stack := variantStack(t, variant)
			if strings.HasPrefix(variant, "cloudfront") {
				stack.Configure("portico:domain.subjectAlternativeNames", []string{"www.app.example.com"})
			}
			stack.Up()
			stop := askThroughout(t, stack)
			for _, f := range features {
				f.assertOn(t, stack, variant, switched(stack, f.on))
			}
			assert.Empty(t, stack.Up().Changes(), "the second update")
			assert.Empty(t, stack.Refresh().Changes())
			assertAsWanted(t, stack)
			for _, f := range slices.Backward(features) {
				f.assertOff(t, stack, variant, switched(stack, f.off))
			}
			assert.Empty(t, stack.Up().Changes(), "the second update without features")
			hardening.assertOn(t, stack, variant, switched(stack, hardening.on))
			assertAsWanted(t, stack)
			hardening.assertOff(t, stack, variant, switched(stack, hardening.off))
			stop()
			hardening.on(stack)
			stack.Up()
			assertCannotBeDestroyed(t, stack, protectionOf(variant))
		})
	}
}

// assertAsWanted asserts that every request of verify is predicted to be answered as it has
// to be.
func assertAsWanted(t *testing.T, stack *local.Stack) {
	t.Helper()
	for _, r := range stack.Check() {
		assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
	}
}
