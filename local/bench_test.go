package local_test

import (
	"testing"

	"github.com/portico-iac/portico/stacks"
)

// One run of a ready stack: to bring it up on a fresh account, and to find that
// nothing has changed.
func BenchmarkUp(b *testing.B) {
	b.Run("fresh", func(b *testing.B) {
		for b.Loop() {
			readyStack(b, stacks.VariantALB, nil).Up()
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		stack := readyStack(b, stacks.VariantALB, nil)
		stack.Up()
		for b.Loop() {
			stack.Up()
		}
	})
}
