package awsrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
)

func assertErrorContains(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		assert.NoError(t, err)
		return
	}
	assert.ErrorContains(t, err, want)
}

func TestBetweenHoldsAtItsBounds(t *testing.T) {
	for _, n := range []int{1, 2, 3} {
		assert.NoError(t, awsrule.Between(n, 1, 3, "s"))
	}
	assert.EqualError(t, awsrule.Between(0, 1, 3, "s"), "must be 1-3 s, got 0")
	assert.EqualError(t, awsrule.Between(4, 1, 3, ""), "must be 1-3, got 4")
}

func TestOneOfNamesWhatIsAllowed(t *testing.T) {
	assert.NoError(t, awsrule.OneOf("b", "a", "b"))
	assert.EqualError(t, awsrule.OneOf("B", "a", "b"), `must be one of "a", "b", got "B"`)
	assert.EqualError(t, awsrule.OneOf("", "a"), `must be one of "a", got ""`)
}
