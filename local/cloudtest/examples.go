package cloudtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
)

// Example is a live resource, made from the first example of its type.
type Example struct {
	Token, ID string
	In, State core.Object
}

// Examples is a local AWS with one resource of every type, in use by others where
// it can be.
type Examples struct {
	*Cloud
	made    map[string]Example
	home    *Examples // where global resources are made; nil for the first Region
	regions map[string]*Examples
}

// NewExamples makes the first example of every type.
func NewExamples(c *Cloud) *Examples {
	e := &Examples{Cloud: c, made: map[string]Example{}, regions: map[string]*Examples{}}
	for _, k := range c.Catalog.Types() {
		e.Of(k.Token)
	}
	return e
}

// in are examples in another Region of the same account.
func (e *Examples) in(region string) *Examples {
	if e.regions[region] == nil {
		e.regions[region] = &Examples{Cloud: e.InRegion(region), made: map[string]Example{}, home: e}
	}
	return e.regions[region]
}

// Sorted are the examples in the order of their types.
func (e *Examples) Sorted() []Example {
	var out []Example
	for _, token := range slices.Sorted(maps.Keys(e.made)) {
		out = append(out, e.made[token])
	}
	return out
}

// Of is the example of a type, which is made when there is none yet, after those
// that it needs.
func (e *Examples) Of(token string) Example {
	e.t.Helper()
	if made, ok := e.made[token]; ok {
		return made
	}
	if e.home != nil && e.typeOf(token).Global {
		return e.home.Of(token)
	}
	e.made[token] = e.anotherOf(token, "example")
	return e.made[token]
}

// anotherOf makes the first example of a type once more, with a name of its own.
func (e *Examples) anotherOf(token, name string) Example {
	e.t.Helper()
	in := e.Inputs(e.typeOf(token), e.CasesOf(token).Examples[0])
	id, state := e.ForType(token).Create(token, name, in)
	return Example{token, id, in, state}
}

// CasesOf are the cases of a type.
func (c *Cloud) CasesOf(token string) TypeCases {
	c.t.Helper()
	all, err := Cases()
	require.NoError(c.t, err)
	require.NotEmpty(c.t, all[token].Examples, "%s has an example", token)
	return all[token]
}

// ForType is the same account through the provider that a type belongs to, in the Region
// that it has to be in.
func (c *Cloud) ForType(token string) *Cloud {
	c.t.Helper()
	other := *c
	provider := *c.Provider
	provider.Package = packageOf(token)
	if home := c.typeOf(token).Home; home != "" {
		provider.Region = home
	}
	other.Provider = &provider
	return &other
}

// Inputs are those of an example, with the examples of other types in place of
// samples, and of the references that are required and were left out.
func (e *Examples) Inputs(k *core.Type, example core.Object) core.Object {
	e.t.Helper()
	for _, needed := range e.CasesOf(k.Token).Needs {
		e.Of(needed)
	}
	in := example.With()
	missing := e.FaultsOf(k.Token, in)
	for _, r := range k.References {
		if len(r.To) > 0 && strings.Contains(missing, fmt.Sprintf("%q is required", r.Input)) {
			in[r.Input] = map[string]any{"$example": r.To[0]}
		}
	}
	return core.AsObject(e.filled(k, "", map[string]any(in)))
}

// filled puts what samples stand for in their places.
func (e *Examples) filled(k *core.Type, path string, v any) any {
	e.t.Helper()
	if s, ok := sampleOf(v); ok {
		of := e
		if s.region != "" {
			of = e.in(s.region)
		}
		if s.own {
			return e.named(k, path, of.anotherOf(s.token, fmt.Sprintf("own-%d", len(e.Account().All(s.token)))))
		}
		return e.named(k, path, of.Of(s.token))
	}
	if list, ok := v.([]any); ok {
		out := make([]any, len(list))
		for i, element := range list {
			out[i] = e.filled(k, path, element)
		}
		return out
	}
	block := core.AsObject(v)
	if block == nil {
		return v
	}
	out := map[string]any{}
	for key, element := range block {
		out[key] = e.filled(k, core.Join(path, key), element)
	}
	return out
}

// named is the property by which the input at a path names a resource.
func (e *Examples) named(k *core.Type, path string, of Example) any {
	for _, r := range k.References {
		if r.Input == path && r.By != "" {
			return of.State[r.By]
		}
	}
	return of.ID
}

// Copy is the examples on a copy of their account, which stays as it is.
func (e *Examples) Copy() *Examples {
	e.t.Helper()
	out := &Examples{made: maps.Clone(e.made), regions: map[string]*Examples{}}
	e.Apart(func(c *Cloud) { out.Cloud = c })
	for region, there := range e.regions {
		out.regions[region] = &Examples{
			Cloud: out.InRegion(region), made: maps.Clone(there.made), home: out, regions: map[string]*Examples{},
		}
	}
	return out
}

// Apart runs do on a copy of the account, so that it stays as it is.
func (e *Examples) Apart(do func(*Cloud)) {
	e.t.Helper()
	c := *e.Cloud
	provider := *e.Provider
	c.Provider = &provider
	c.inputs = maps.Clone(e.inputs)
	c.onCopy()
	do(&c)
}
