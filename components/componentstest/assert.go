package componentstest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
)

// AssertSecret checks that the input at path is given and marked secret.
func AssertSecret(t testing.TB, r *Resource, path string) bool {
	t.Helper()
	return assert.Truef(t, r.Has(path), "%s has no input %q", r.URN, path) &&
		assert.Truef(t, r.IsSecret(path), "input %q of %s is not marked secret", path, r.URN)
}

// AssertParentedTo checks that parent is the parent of every child.
func AssertParentedTo(t testing.TB, parent *Resource, children ...*Resource) bool {
	t.Helper()
	others := slices.DeleteFunc(slices.Clone(children), func(r *Resource) bool { return r.Parent == parent.URN })
	return assert.Emptyf(t, urns(others), "resources whose parent is not %s", parent.URN)
}

// AssertInvariants checks what holds for every program made of components:
// AssertParented, AssertOutputsRegistered, AssertSecretsHidden and
// AssertNotOpen. A program that also has resources of its own at the top level
// calls the last three instead.
func AssertInvariants(t testing.TB, g *Graph) bool {
	t.Helper()
	ok := AssertParented(t, g)
	ok = AssertOutputsRegistered(t, g) && ok
	ok = AssertSecretsHidden(t, g) && ok
	return AssertNotOpen(t, g) && ok
}

// AssertParented checks that every custom resource descends from a component,
// and that every parent exists.
func AssertParented(t testing.TB, g *Graph) bool {
	t.Helper()
	orphans := g.where(func(r *Resource) bool {
		if !r.inCloud() {
			return false
		}
		for r != nil && r.Custom {
			r = g.ByURN(r.Parent)
		}
		return r == nil || r.Type == stackType
	})
	return assert.Empty(t, urns(orphans), "resources with no component above them")
}

// AssertOutputsRegistered checks that every component called
// RegisterResourceOutputs; without it Pulumi shows the component as unfinished.
func AssertOutputsRegistered(t testing.TB, g *Graph) bool {
	t.Helper()
	unfinished := g.where(func(r *Resource) bool { return !r.Custom && !r.OutputsRegistered })
	return assert.Empty(t, urns(unfinished), "components that did not register their outputs")
}

// leastSecret is the length from which a secret's text is looked for elsewhere:
// a shorter one, such as "80", occurs by chance.
const leastSecret = 8

// AssertSecretsHidden checks that the plain text of a secret occurs nowhere
// outside a secret: in no input, output, log line or call of a provider
// function. Strings and lists of strings that are marked secret are looked for,
// if they have at least eight characters. A preview knows no generated secret,
// so there is more to find in a Deploy.
func AssertSecretsHidden(t testing.TB, g *Graph) bool {
	t.Helper()
	places, secrets := g.places(), map[string]string{}
	for _, place := range slices.Backward(places) {
		for _, secret := range place.secret {
			secrets[secret] = place.name
		}
	}
	ok := true
	for _, place := range places {
		public := strings.Join(place.public, "\x00")
		for _, secret := range slices.Sorted(maps.Keys(secrets)) {
			if strings.Contains(public, secret) {
				// The message must not print the secret either.
				ok = assert.Failf(t, "secret in plain text", "%s shows the secret of %s", place.name, secrets[secret]) && ok
			}
		}
	}
	return ok
}

// spot is a place where a program leaves a value, with the strings that anybody can
// read there and those that are marked secret.
type spot struct {
	name           string
	public, secret []string
}

func (g *Graph) places() []spot {
	var places []spot
	add := func(name string, value resource.PropertyValue) {
		s := spot{name: name}
		s.read(value)
		places = append(places, s)
	}
	add("the stack's outputs", resource.NewProperty(g.outputs))
	for _, r := range g.resources {
		add("inputs of "+r.URN, resource.NewProperty(r.Inputs))
		add("outputs of "+r.URN, resource.NewProperty(r.Outputs))
	}
	for _, call := range g.calls {
		add("a call of "+call.Token, resource.NewProperty(call.Args))
	}
	for _, line := range g.logs {
		add("the log", resource.NewProperty(line.Message))
	}
	return places
}

// read gathers the strings in v. In an object that is secret as a whole only the
// marks further in would say which of its strings matters, so such an object adds
// nothing.
func (s *spot) read(v resource.PropertyValue) {
	switch {
	case v.IsSecret():
		secrets := []resource.PropertyValue{v.SecretValue().Element}
		if secrets[0].IsArray() {
			secrets = secrets[0].ArrayValue()
		}
		for _, secret := range secrets {
			if secret.IsString() && len(secret.StringValue()) >= leastSecret {
				s.secret = append(s.secret, secret.StringValue())
			}
		}
	case v.IsString():
		s.public = append(s.public, v.StringValue())
	case v.IsArray():
		for _, element := range v.ArrayValue() {
			s.read(element)
		}
	case v.IsObject():
		for _, element := range v.ObjectValue() {
			s.read(element)
		}
	}
}

// AssertSameGraph checks that two runs registered the same resources with the
// same inputs, options and relations. When one of them is a preview, what it
// does not know matches anything.
func AssertSameGraph(t testing.TB, want, got *Graph) bool {
	t.Helper()
	ok := assert.Equal(t, urns(want.resources), urns(got.resources), "the resources differ")
	for _, w := range want.resources {
		if g := got.ByURN(w.URN); g != nil {
			ok = assert.Equalf(t, options(w), options(g), "options of %s", w.URN) && ok
			difference := differ("", plain(resource.NewProperty(w.Inputs)), plain(resource.NewProperty(g.Inputs)))
			ok = assert.Emptyf(t, difference, "inputs of %s", w.URN) && ok
		}
	}
	return ok
}

func urns(resources []*Resource) (all []string) {
	for _, r := range resources {
		all = append(all, r.URN)
	}
	return all
}

// options are everything about a resource but its values, which a preview may
// not know. What a component waits for is left out: a component among its inputs
// counts as those of its members that the SDK happens to know at that moment.
func options(r *Resource) Resource {
	o := *r
	o.ID, o.Inputs, o.Outputs = "", nil, nil
	if !r.Custom {
		o.Dependencies, o.PropertyDependencies = nil, nil
	}
	return o
}

// differ describes the first difference between two values, "" if there is
// none. It prints paths and not values, of which any may be secret.
func differ(path string, a, b any) string {
	if a == Unknown || b == Unknown {
		return ""
	}
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			return path + " is of another kind"
		}
		all := maps.Clone(x)
		maps.Copy(all, y)
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if d := differ(path+"."+key, x[key], y[key]); d != "" {
				return d
			}
		}
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return path + " is of another kind or length"
		}
		for i := range x {
			if d := differ(fmt.Sprintf("%s[%d]", path, i), x[i], y[i]); d != "" {
				return d
			}
		}
	default:
		if a != b {
			return path + " differs"
		}
	}
	return ""
}
