package core

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Catalog is everything that the local AWS knows, by token. What is not in it is
// refused as unsupported.
type Catalog struct {
	types     map[string]*Type
	functions map[string]*Function
	regions   []string
	// holders are, by type, the references that keep a resource of it from being deleted.
	holders map[string][]holder
	// dependents are, by type, the references that cascade.
	dependents map[string][]holder
}

// holder is a reference of another type.
type holder struct {
	token     string // of the type that refers
	reference Reference
}

// NewCatalog merges services in the Regions given. A token that two of them claim, or one that
// schema.json does not have, is a mistake of the program.
func NewCatalog(regions []string, services ...Service) (*Catalog, error) {
	if err := errors.Join(errSchema, errFacts); err != nil {
		return nil, fmt.Errorf("reading the tables of types: %w", err)
	}
	c := &Catalog{
		types: map[string]*Type{}, functions: map[string]*Function{}, holders: map[string][]holder{},
		dependents: map[string][]holder{}, regions: slices.Sorted(slices.Values(regions)),
	}
	for _, s := range services {
		for _, k := range s.Types {
			if c.types[k.Token] != nil || properties.Resources[k.Token] == nil {
				return nil, fmt.Errorf("the type %s is registered twice, or schema.json does not have it", k.Token)
			}
			if apply := k.Apply; apply != nil {
				k.Create = apply
				k.Update = func(t *Tx, id string, _, in Object) (Object, error) { return apply(t, id, in) }
			}
			c.types[k.Token] = &k
			for _, r := range k.References {
				for _, to := range r.To {
					switch {
					case r.Cascades:
						c.dependents[to] = append(c.dependents[to], holder{k.Token, r})
					case !r.Loose:
						c.holders[to] = append(c.holders[to], holder{k.Token, r})
					}
				}
			}
		}
		for _, f := range s.Functions {
			if c.functions[f.Token] != nil || properties.Functions[f.Token] == nil {
				return nil, fmt.Errorf("the function %s is registered twice, or schema.json does not have it", f.Token)
			}
			c.functions[f.Token] = &f
		}
	}
	return c, nil
}

// Types are all types, in the order of their tokens.
func (c *Catalog) Types() []*Type {
	var out []*Type
	for _, token := range slices.Sorted(maps.Keys(c.types)) {
		out = append(out, c.types[token])
	}
	return out
}

// Type is the type of a package ("aws") with a token.
func (c *Catalog) Type(pkg, token string) (*Type, error) {
	k, ok := c.types[token]
	if !ok || !strings.HasPrefix(token, pkg+":") {
		return nil, unsupportedError("type", token)
	}
	return k, nil
}
