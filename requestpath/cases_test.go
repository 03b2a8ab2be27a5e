package requestpath_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/pathcases"
	"github.com/portico-iac/portico/requestpath"
)

// TestCases is TestCases/<source>/<case>; its last line of -v counts them.
func TestCases(t *testing.T) {
	bySource := map[string][]pathcases.Case{}
	var sources []string
	for _, c := range pathcases.All() {
		if !slices.Contains(sources, c.Source) {
			sources = append(sources, c.Source)
		}
		bySource[c.Source] = append(bySource[c.Source], c)
	}
	for _, s := range sources {
		t.Run(s, func(t *testing.T) {
			for _, c := range bySource[s] {
				t.Run(c.Name, func(t *testing.T) { holds(t, c) })
			}
		})
		t.Logf("source %s: %d cases", s, len(bySource[s]))
	}
	t.Logf("%d cases", len(pathcases.All()))
}

func holds(t *testing.T, c pathcases.Case) {
	t.Helper()
	got, trace := walked(c)
	assert.Equal(t, c.Want.Status, got.Status, "status: %s", got.Why)
	assert.Equal(t, c.Want.Reason, got.Reason, "reason: %s", got.Why)
	for what, pair := range map[string][2]string{
		"by":       {string(c.Want.By), string(got.By)},
		"x-cache":  {c.Want.XCache, got.XCache},
		"location": {c.Want.Location, got.Location},
		"fact":     {c.Want.Fact, got.Fact.ID},
	} {
		if pair[0] != "" {
			assert.Equal(t, pair[0], pair[1], what)
		}
	}
	if c.Want.Field != "" {
		assert.Regexp(t, `(^|\.)`+regexp.QuoteMeta(c.Want.Field)+`$`, got.Field)
	}
	if c.Want.SNI != "" {
		require.NotNil(t, trace.Origin())
		assert.Equal(t, c.Want.SNI, trace.Origin().SNI)
	}
	if c.Want.Speaks != "" {
		first := slices.IndexFunc(trace.Hops, func(h requestpath.Hop) bool { return h.Kind != requestpath.HopDNS })
		require.GreaterOrEqual(t, first, 0)
		assert.Equal(t, c.Want.Speaks, trace.Hops[first].Protocol)
	}
	if c.Want.Rule != "" {
		require.NotNil(t, trace.Hop(requestpath.HopLoadBalancer))
		assert.Equal(t, c.Want.Rule, trace.Hop(requestpath.HopLoadBalancer).Rule)
	}
	warned := func(w requestpath.Warning) bool { return w.Fact.ID == c.Want.Warning }
	if c.Want.Warning != "" {
		assert.True(t, slices.ContainsFunc(got.Warnings, warned), "warns of %s, got %v", c.Want.Warning, got.Warnings)
	}
}

func walked(c pathcases.Case) (requestpath.Outcome, requestpath.Trace) {
	session := requestpath.NewSession(c.Plan)
	for _, before := range c.Before {
		session.Walk(before)
	}
	session.Pass(c.Pass)
	if !c.Follow {
		trace := session.Walk(c.Request)
		return trace.Outcome, trace
	}
	chain := session.Follow(c.Request)
	return chain.Outcome, chain.Traces[len(chain.Traces)-1]
}

// A fact that no case shows is not tested, and one that is in none of the lists
// has no source.
func TestEveryFactIsShownByACase(t *testing.T) {
	shown := map[string]bool{}
	for _, c := range pathcases.All() {
		outcome, trace := walked(c)
		for _, o := range []requestpath.Outcome{outcome, trace.Outcome} {
			shown[o.Fact.ID] = true
			for _, w := range o.Warnings {
				shown[w.Fact.ID] = true
			}
		}
	}
	for _, f := range requestpath.Facts() {
		assert.True(t, shown[f.ID], "fact %s is shown by no case", f.ID)
		assert.True(t, strings.HasPrefix(f.Source, "https://"), f.ID)
		delete(shown, f.ID)
	}
	assert.Empty(t, shown, "facts that Facts does not have")
}

// Both sides of a disagreement are named, the model's own first.
func TestDisagreementsNameBothStatuses(t *testing.T) {
	seen := 0
	for _, c := range pathcases.All() {
		outcome, _ := walked(c)
		for _, w := range outcome.Warnings {
			if len(w.Statuses) == 0 {
				continue
			}
			seen++
			require.Len(t, w.Statuses, 2, c.Name)
			assert.NotEqual(t, w.Statuses[0], w.Statuses[1], c.Name)
			if !c.Follow && strings.Contains(w.Text, "disagree") {
				assert.Equal(t, outcome.Status, w.Statuses[0], c.Name)
			}
		}
	}
	assert.Positive(t, seen)
}

func TestCasesAreNamedOnceAndSourced(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range pathcases.All() {
		key := c.Source + "/" + c.Name
		assert.False(t, seen[key], "two cases are called %s", key)
		seen[key] = true
		letter := len(c.Source) == 1
		assert.True(t, letter || strings.HasPrefix(c.URL, "https://"), "%s has no URL", key)
	}
}
