package agreement

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// regressions are the seeds of disagreements that were found, each with the bug
// behind it. Those that a change of cases.Random has drowned are cases of the
// package requestpath/cases, by name.
var regressions = []struct {
	seed uint64
	bug  string
}{
	{10782, "a health check that is late under load let an unhealthy target have the request"},
}

func TestRegressions(t *testing.T) {
	l := newLab(t)
	var trials []trial
	for _, r := range regressions {
		tr, err := drawn(r.seed)
		require.NoError(t, err, "seed %d, %s", r.seed, r.bug)
		trials = append(trials, tr)
	}
	carried := 0
	l.runAll(t, trials, func(r result) {
		assert.Nil(t, r.refused, r.name)
		if len(r.differences) > 0 {
			r.report(t)
		}
		carried++
	})
	assert.Equal(t, len(regressions), carried)
}
