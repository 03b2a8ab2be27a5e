package limit_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/limit"
)

func TestBetweenHoldsAtItsBounds(t *testing.T) {
	for _, n := range []int{1, 2, 3} {
		assert.NoError(t, limit.Between(n, 1, 3, "s"))
	}
	assert.EqualError(t, limit.Between(0, 1, 3, "s"), "must be 1-3 s, got 0")
	assert.EqualError(t, limit.Between(4, 1, 3, ""), "must be 1-3, got 4")
}

func TestOneOfNamesWhatIsAllowed(t *testing.T) {
	assert.NoError(t, limit.OneOf("b", "a", "b"))
	assert.EqualError(t, limit.OneOf("B", "a", "b"), `must be one of "a", "b", got "B"`)
	assert.EqualError(t, limit.OneOf("", "a"), `must be one of "a", got ""`)
}
