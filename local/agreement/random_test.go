package agreement

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/pathcases"
	"github.com/portico-iac/portico/requestpath"
)

// TestRandomConfigurations draws configurations, registers them, predicts the outcome
// of a request and sends it. Status, answering hop, SNI, X-Cache, Location, rule and
// HTTP version must be as predicted from the plan and from the resources, and AWS
// must refuse what the model says it refuses. Then the request is sent again, and what
// the distribution caches decides over who answers it. A failure names its seed: run it alone
// with -seed N -configurations 1, and add it to regressions.
func TestRandomConfigurations(t *testing.T) {
	l := newLab(t)
	started := time.Now()
	n := tally{why: map[string]int{}, outcomes: map[string]int{}}
	seed := *firstSeed
	for n.carried+n.disagree < *configurations && !t.Failed() {
		var trials []trial
		for range *configurations - n.carried - n.disagree {
			tr, err := drawn(seed)
			seed++
			if err != nil {
				n.why[err.Error()]++
				continue
			}
			trials = append(trials, tr)
		}
		l.runAll(t, trials, func(r result) { n.count(t, r) })
	}
	assert.GreaterOrEqual(t, n.carried, *configurations)
	for _, why := range slices.Sorted(maps.Keys(n.why)) {
		t.Logf("%d not carried: %s", n.why[why], why)
	}
	t.Logf("outcomes %v", n.outcomes)
	assert.Less(t, l.again, 1+n.carried/10, "so many had to be run again that little was shown")
	t.Logf("%d were run again, alone and slowly", l.again)
	lastLine = fmt.Sprintf("verify-path: %d configurations, %d disagreements, %s (seeds %d-%d; %d refused by AWS as predicted)",
		n.carried, n.disagree, time.Since(started).Round(time.Second), *firstSeed, seed-1, n.refused)
	t.Log(lastLine)
}

func drawn(seed uint64) (trial, error) {
	plan, request := pathcases.Random(seed)
	adapted, err := Adapt(plan, request)
	redirects := slices.ContainsFunc(adapted.Servers, func(s requestpath.Server) bool {
		return slices.ContainsFunc(s.Listeners, func(l requestpath.ServerListener) bool { return l.Answer.RedirectPath != "" })
	})
	return trial{name: fmt.Sprintf("seed %d", seed), plan: adapted, request: request, follow: redirects, twice: true, foreign: seed%5 == 0}, err
}

// tally counts the results of configurations.
type tally struct {
	carried, refused, disagree int
	why, outcomes              map[string]int
}

func (n *tally) count(t *testing.T, r result) {
	t.Helper()
	predicted := r.expected.Outcome
	switch {
	case r.refused != nil && predicted.Reason == requestpath.RefusedByAWS:
		n.refused++
	case r.refused != nil:
		why := whyRefused(r)
		n.why[why]++
		assert.NotEmpty(t, why, "%s: the provider refuses what the model does not: %v", r.name, r.refused)
	case len(r.differences) > 0 || predicted.Reason == requestpath.RefusedByAWS:
		n.disagree++
		r.report(t)
	default:
		n.carried++
		n.outcomes[fmt.Sprint(predicted.Status, predicted.Reason)]++
	}
}
