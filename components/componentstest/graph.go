package componentstest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Graph is what one run of a program registered. Its lists are in order of URN,
// so that two runs of a program compare equal.
type Graph struct {
	preview   bool
	resources []*Resource
	byURN     map[string]*Resource
	outputs   resource.PropertyMap
	calls     []Call
	logs      []LogLine
}

// Call is one call of a provider function.
type Call struct {
	Token    string               // for example "aws:route53/getZone:getZone"
	Args     resource.PropertyMap // what the function was asked
	Provider string               // the URN of the explicit provider it was asked of, "" for the default one
}

// LogLine is one line that the program logged by ctx.Log.
type LogLine struct {
	Severity string // "debug", "info", "warning" or "error"
	Message  string
	URN      string // the resource that the line is about, "" if none
}

// All returns every resource but the stack itself: components, providers and
// custom resources.
func (g *Graph) All() []*Resource { return slices.Clone(g.resources) }

// Custom returns the resources that exist in the cloud: no components, no
// providers, nothing that was only read.
func (g *Graph) Custom() []*Resource {
	return g.where((*Resource).inCloud)
}

// Components returns the component resources.
func (g *Graph) Components() []*Resource {
	return g.where(func(r *Resource) bool { return !r.Custom })
}

// OfType returns the resources of one type, named by its token.
func (g *Graph) OfType(token string) []*Resource {
	return g.where(func(r *Resource) bool { return r.Type == token })
}

func (g *Graph) where(keep func(*Resource) bool) []*Resource {
	return slices.DeleteFunc(slices.Clone(g.resources), func(r *Resource) bool { return !keep(r) })
}

// Counts says how many custom resources there are of each type.
func (g *Graph) Counts() map[string]int {
	counts := map[string]int{}
	for _, r := range g.Custom() {
		counts[r.Type]++
	}
	return counts
}

// One returns the only resource of a type. The test fails at once when there is
// none, or more than one.
func (g *Graph) One(t testing.TB, token string) *Resource {
	t.Helper()
	found := g.OfType(token)
	if len(found) != 1 {
		t.Fatalf("want one %s, got %d: %v; there are %v", token, len(found), urns(found), g.types())
	}
	return found[0]
}

// Get returns the resource of a type and logical name. The test fails at once
// when there is none; types may share a name, and one type under two kinds of
// parent may too, which fails as well.
func (g *Graph) Get(t testing.TB, token, name string) *Resource {
	t.Helper()
	found := g.where(func(r *Resource) bool { return r.Type == token && r.Name == name })
	if len(found) != 1 {
		t.Fatalf("want one %s named %q, got %d; there are %v", token, name, len(found), urns(g.OfType(token)))
	}
	return found[0]
}

// ByURN returns the resource of a URN, nil if there is none.
func (g *Graph) ByURN(urn string) *Resource { return g.byURN[urn] }

// Children returns the resources whose parent is r.
func (g *Graph) Children(r *Resource) []*Resource {
	return g.where(func(c *Resource) bool { return c.Parent == r.URN })
}

// Output returns one of the stack's outputs in the form that Resource.Input
// describes.
func (g *Graph) Output(path string) any { return at(g.outputs, path) }

// Outputs returns all the stack's outputs, with secrets and unknowns marked.
func (g *Graph) Outputs() resource.PropertyMap { return g.outputs }

// Calls returns the calls of provider functions, in the order of their arrival.
func (g *Graph) Calls() []Call { return slices.Clone(g.calls) }

// Logs returns the messages logged at a severity: "debug", "info", "warning" or
// "error".
func (g *Graph) Logs(severity string) []string {
	var messages []string
	for _, line := range g.logs {
		if line.Severity == severity {
			messages = append(messages, line.Message)
		}
	}
	return messages
}

func (g *Graph) types() []string {
	types := map[string]bool{}
	for _, r := range g.resources {
		types[r.Type] = true
	}
	return slices.Sorted(maps.Keys(types))
}

func (r *Resource) inCloud() bool {
	return r.Custom && !r.External && !strings.HasPrefix(r.Type, "pulumi:providers:")
}
