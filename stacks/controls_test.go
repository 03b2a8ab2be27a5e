package stacks_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/internal/controls"
	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/stacks"
)

// docs/controls.md is what each control says about what each variant registers: go test
// ./stacks -update rewrites it.
func TestControlsPageIsCurrent(t *testing.T) {
	want := controlsPage(t)
	const path = "../docs/controls.md"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o600))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "go test ./stacks -update rewrites docs/controls.md")
}

// Every control that a ready stack fails says why and what to set, and no other one does.
func TestFailuresAreExplained(t *testing.T) {
	for _, c := range controls.All() {
		fails := slices.ContainsFunc(stacks.Variants(), func(variant string) bool { return finding(t, c, variant).Verdict == controls.Fail })
		assert.Equal(t, fails, c.Why != "" && c.Set != "", "%s", c.ID)
	}
}

func finding(t *testing.T, c controls.Control, variant string) controls.Finding {
	t.Helper()
	return c.Check(resourcesOf(deployConfiguration(t, variant)))
}

// resourcesOf are the resources that a program registered.
func resourcesOf(g *componentstest.Graph) []registered.Resource {
	var all []registered.Resource
	for _, r := range g.Custom() {
		state := map[string]any{}
		for key := range r.Outputs {
			state[string(key)] = r.Output(string(key))
		}
		for key := range r.Inputs {
			state[string(key)] = r.Input(string(key))
		}
		all = append(all, registered.Resource{Type: r.Type, ID: r.ID, Name: r.Name, State: state})
	}
	return all
}

func controlsPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(controlsIntro)
	variants := stacks.Variants()
	fmt.Fprintf(&b, "\n## Controls\n\n| control | CIS | meaning | %s |\n|---|---|---|%s\n", strings.Join(variants, " | "), strings.Repeat("---|", len(variants)))
	counts := map[controls.Verdict][]int{}
	for _, v := range []controls.Verdict{controls.Pass, controls.Fail, controls.NotApplicable} {
		counts[v] = make([]int, len(variants))
	}
	for _, c := range controls.All() {
		fmt.Fprintf(&b, "| [%s](%s) | %s | %s |", c.ID, c.Source(), c.CIS, c.Title)
		for i, variant := range variants {
			verdict := finding(t, c, variant).Verdict
			counts[verdict][i]++
			fmt.Fprintf(&b, " %s |", verdict)
		}
		b.WriteString("\n")
	}
	for _, v := range []controls.Verdict{controls.Pass, controls.Fail, controls.NotApplicable} {
		fmt.Fprintf(&b, "| | | **%s** |", v)
		for i := range variants {
			fmt.Fprintf(&b, " **%d** |", counts[v][i])
		}
		b.WriteString("\n")
	}
	writeFailures(t, &b)
	writeNotApplicable(t, &b)
	return b.String()
}

// writeFailures says of each control that some variant fails what fails, why and what to
// set.
func writeFailures(t *testing.T, b *strings.Builder) {
	t.Helper()
	b.WriteString("\n## What fails by default, and why\n")
	for _, c := range controls.All() {
		if c.Why == "" {
			continue
		}
		fmt.Fprintf(b, "\n**%s** %s.\n\n", c.ID, c.Title)
		for _, variants := range sameFindings(t, c, controls.Fail) {
			fmt.Fprintf(b, "- Fails in %s: %s.\n", strings.Join(variants[1:], ", "), variants[0])
		}
		fmt.Fprintf(b, "- Why: %s.\n- To set: %s.\n", c.Why, c.Set)
	}
}

// writeNotApplicable says why controls do not apply, the controls of one reason together.
func writeNotApplicable(t *testing.T, b *strings.Builder) {
	t.Helper()
	b.WriteString("\n## What does not apply\n\n| because | controls |\n|---|---|\n")
	because := map[string][]string{}
	for _, c := range controls.All() {
		for _, variants := range sameFindings(t, c, controls.NotApplicable) {
			reason := variants[0]
			if len(variants[1:]) < len(stacks.Variants()) {
				reason += " by " + strings.Join(variants[1:], ", ")
			}
			because[reason] = append(because[reason], c.ID)
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(because)) {
		fmt.Fprintf(b, "| %s | %s |\n", reason, strings.Join(because[reason], ", "))
	}
}

// sameFindings are the reasons for a verdict, each followed by the variants that it is
// the reason in.
func sameFindings(t *testing.T, c controls.Control, verdict controls.Verdict) [][]string {
	t.Helper()
	var all [][]string
	for _, variant := range stacks.Variants() {
		f := finding(t, c, variant)
		if f.Verdict != verdict {
			continue
		}
		i := slices.IndexFunc(all, func(same []string) bool { return same[0] == f.Reason })
		if i < 0 {
			all, i = append(all, []string{f.Reason}), len(all)
		}
		all[i] = append(all[i], variant)
	}
	return all
}

const controlsIntro = `# Security controls

<!-- Written by go test ./stacks -update from internal/controls and from what each variant registers. -->

Which controls of AWS Foundational Security Best Practices (the ids are those of Security Hub) and of the CIS
AWS Foundations Benchmark 6.0 the ready stacks pass. Each is decided by a check over the resources that a
stack registers, so Security Hub can differ where it looks at what runs, and at what a stack adopts instead of
making it. For controls of the account, such as EC2.172, the table says whether the stack sets them.

ECS.8 is stricter here than in Security Hub, which looks for three names of variables: every name that is like a
secret's counts, the names that are warned about at preview.
`
