package agreement

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/pathcases"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/requestpath"
)

// The request of every case whose plan can exist is sent, and the viewer sees what
// the case's source says. The last lines report, by source, how many were sent, how
// many AWS refuses as predicted, and which plans cannot exist, and why.
func TestEveryCaseAsTraffic(t *testing.T) {
	l := newLab(t)
	all := map[string]pathcases.Case{}
	cannot := map[string]string{}
	carried, refused := map[string]int{}, map[string]int{}
	var trials []trial
	for _, c := range pathcases.All() {
		name := c.Source + "/" + c.Name
		all[name] = c
		plan, err := Adapt(c.Plan, c.Request)
		if err != nil {
			cannot[name] = err.Error()
			continue
		}
		trials = append(trials, trial{name: name, plan: plan, request: c.Request, follow: c.Follow, before: c.Before, pass: c.Pass})
	}
	l.runAll(t, trials, func(r result) {
		c := all[r.name]
		switch {
		case r.refused != nil && c.Want.Reason == requestpath.RefusedByAWS:
			refused[c.Source]++
		case r.refused != nil:
			cannot[r.name] = whyRefused(r)
			assert.NotEmpty(t, whyRefused(r), "%s: %v", r.name, r.refused)
		default:
			carried[c.Source]++
			if len(r.differences) > 0 {
				r.report(t)
			}
			seenAsWanted(t, c, r)
		}
	})
	for _, s := range slices.Sorted(maps.Keys(carried)) {
		t.Logf("source %s: %d cases carried, %d refused by AWS as they say", s, carried[s], refused[s])
	}
	for _, name := range slices.Sorted(maps.Keys(cannot)) {
		t.Logf("not carried: %s: %s", name, cannot[name])
	}
	sum := func(m map[string]int) (n int) {
		for _, v := range m {
			n += v
		}
		return n
	}
	t.Logf("%d cases: %d carried, %d refused by AWS as they say, %d cannot exist as resources",
		len(all), sum(carried), sum(refused), len(cannot))
	assert.Len(t, all, sum(carried)+sum(refused)+len(cannot))
	assert.Less(t, len(cannot), 6)
}

// seenAsWanted asserts what the case's source says of the traffic.
func seenAsWanted(t *testing.T, c pathcases.Case, r result) {
	t.Helper()
	seen := verify.Observed(r.carried)
	assert.Equal(t, c.Want.Status, seen.Status, "%s: status: %s", r.name, r.carried.Detail)
	assert.Equal(t, c.Want.Reason, seen.Reason, "%s: reason: %s", r.name, r.carried.Detail)
	for what, pair := range map[string][2]string{
		"x-cache":  {c.Want.XCache, seen.XCache},
		"location": {c.Want.Location, seen.Location},
		"sni":      {r.setup.Name(c.Want.SNI), seen.SNI},
		"rule":     {c.Want.Rule, seen.Rule},
		"speaks":   {c.Want.Speaks, seen.Protocol},
		"by":       {string(c.Want.By), string(seen.By)},
	} {
		if unseen := what == "by" && c.Want.Status == 0; pair[0] != "" && !unseen {
			assert.Equal(t, pair[0], pair[1], "%s: %s", r.name, what)
		}
	}
}

// An adapted plan has the same outcome for a viewer.
func TestAdaptedCasesMeanTheSame(t *testing.T) {
	for _, c := range pathcases.All() {
		plan, err := Adapt(c.Plan, c.Request)
		var cannot *Inexpressible
		if errors.As(err, &cannot) {
			continue
		}
		was, is := verify.Predicted(c.Plan, requestpath.Walk(c.Plan, c.Request)), verify.Predicted(plan, requestpath.Walk(plan, c.Request))
		assert.Equal(t, was, is, "%s/%s", c.Source, c.Name)
	}
}
