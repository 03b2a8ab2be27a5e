package stacks_test

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
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
		fails := len(sameFindings(t, c, controls.Fail, ""))+len(sameFindings(t, c, controls.Fail, hardened)) > 0
		assert.Equal(t, fails, c.Why != "" && c.Set != "", "%s", c.ID)
	}
}

// Hardening keeps every control passing that passes without it.
func TestHardeningFailsNothing(t *testing.T) {
	for _, c := range controls.All() {
		for _, variant := range stacks.Variants() {
			if finding(t, c, variant).Verdict == controls.Pass {
				assert.Equal(t, controls.Pass, finding(t, c, variant+hardened).Verdict, "%s in %s", c.ID, variant)
			}
		}
	}
}

func finding(t *testing.T, c controls.Control, configuration string) controls.Finding {
	t.Helper()
	return c.Check(resourcesOf(deployConfiguration(t, configuration)))
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
	fmt.Fprintf(&b, "| control | CIS | meaning | %s |\n|---|---|---|%s\n", strings.Join(variants, " | "), strings.Repeat("---|", len(variants)))
	counts := map[string]int{} // by verdict and configuration
	for _, c := range controls.All() {
		fmt.Fprintf(&b, "| [%s](%s) | %s | %s |", c.ID, c.Source(), c.CIS, c.Title)
		for _, variant := range variants {
			before, after := finding(t, c, variant).Verdict, finding(t, c, variant+hardened).Verdict
			counts[string(before)+variant]++
			counts[string(after)+variant+hardened]++
			fmt.Fprintf(&b, " %s |", change(string(before), string(after)))
		}
		b.WriteString("\n")
	}
	for _, v := range []controls.Verdict{controls.Pass, controls.Fail, controls.NotApplicable} {
		fmt.Fprintf(&b, "| | | **%s** |", v)
		for _, variant := range variants {
			of := string(v) + variant
			fmt.Fprintf(&b, " **%s** |", change(strconv.Itoa(counts[of]), strconv.Itoa(counts[of+hardened])))
		}
		b.WriteString("\n")
	}
	writeFailures(t, &b)
	writeNotApplicable(t, &b)
	return b.String()
}

// change is a value before and after, if it changes.
func change(before, after string) string {
	if before == after {
		return before
	}
	return before + " → " + after
}

// writeFailures says of each control that some variant fails what fails, why and what to
// set.
func writeFailures(t *testing.T, b *strings.Builder) {
	t.Helper()
	b.WriteString("\n## What fails, and why\n")
	for _, c := range controls.All() {
		if c.Why == "" {
			continue
		}
		fmt.Fprintf(b, "\n**%s** %s.\n\n", c.ID, c.Title)
		before, after := sameFindings(t, c, controls.Fail, ""), sameFindings(t, c, controls.Fail, hardened)
		for _, variants := range before {
			fmt.Fprintf(b, "- Fails in %s: %s.\n", strings.Join(variants[1:], ", "), variants[0])
		}
		for _, variants := range after {
			if !reflect.DeepEqual(before, after) {
				fmt.Fprintf(b, "- With `hardening: fsbp` fails in %s: %s.\n", strings.Join(variants[1:], ", "), variants[0])
			}
		}
		if len(after) == 0 {
			b.WriteString("- Passes with `hardening: fsbp`.\n")
		}
		fmt.Fprintf(b, "- Why: %s.\n- To set: %s.\n", c.Why, c.Set)
	}
}

// writeNotApplicable says why controls do not apply by default, the controls of one
// reason together.
func writeNotApplicable(t *testing.T, b *strings.Builder) {
	t.Helper()
	b.WriteString("\n## What does not apply by default\n\n| because | controls |\n|---|---|\n")
	because := map[string][]string{}
	for _, c := range controls.All() {
		for _, variants := range sameFindings(t, c, controls.NotApplicable, "") {
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

// sameFindings are the reasons for a verdict on the variants, hardened or not, each
// followed by the variants that it is the reason in.
func sameFindings(t *testing.T, c controls.Control, verdict controls.Verdict, mode string) [][]string {
	t.Helper()
	var all [][]string
	for _, variant := range stacks.Variants() {
		f := finding(t, c, variant+mode)
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
AWS Foundations Benchmark 6.0 the ready stacks pass, and two rules of cdk-nag about instances. Each is decided
by a check over the resources that a stack registers, so Security Hub can differ where it looks at what runs, and
at what a stack adopts instead of making it. For settings of the account, such as EC2.172, the table says whether
the stack sets them.

ECS.8 is stricter here than in Security Hub, which looks for three names of variables. Here every name fails that
is warned about at preview, such as DB_PASSWORD.

## Hardening

` + "`pulumi config set portico:hardening fsbp`" + ` turns on what can be turned on without further information. It
has no mechanism of its own: each thing is a field that can be set alone, and a field that is set goes before
hardening. In a program, set the argument of the component.

| turned on | field | argument | costs |
|---|---|---|---|
| deletion protection of the load balancer | ` + "`loadBalancer.deletionProtection` | `SecuredALBArgs.DeletionProtection`" + ` | nothing |
| desync mitigation, said instead of left to AWS's default | ` + "`loadBalancer.desyncMitigationMode` | `SecuredALBArgs.DesyncMitigationMode`" + ` | nothing |
| metrics of a ` + "`TLSInstance` every minute | `tlsInstance.detailedMonitoring` | `TLSInstanceArgs.DetailedMonitoring`" + ` | by the metric |
| protection of a ` + "`TLSInstance` from termination | `tlsInstance.terminationProtection` | `TLSInstanceArgs.TerminationProtection`" + ` | nothing |
| logs of the load balancer, the distribution and the VPC, kept for 90 days | ` + "`logBucket` | `LogBucketArgs`, given as `LogBucket` to each" + ` | by the gigabyte; a bucket that holds logs cannot be destroyed, see [Logs](operations.md#logs) |
| a web ACL in front of the viewers, whose rules count and block nothing | ` + "`webAcl` | `WebAclArgs`, given as `WebAcl`" + ` | by the month, the rule and the request |
| VPC endpoints of ECR, where tasks run in a VPC that the stack makes | ` + "`network.interfaceEndpoints` | `NetworkArgs.InterfaceEndpoints`" + ` | two endpoints in each zone, by the hour and the gigabyte |

Both protections make ` + "`pulumi destroy`" + ` fail until they are off, see
[operations](operations.md#destroy-what-is-protected). Not turned on are the other VPC endpoints, because nothing in a
stack would use them; alarms, which need an address; a read-only filesystem and a user other than root, because many
images would not start.

## Controls

Where ` + "`hardening: fsbp`" + ` changes a verdict, the new one stands behind the arrow.

`
