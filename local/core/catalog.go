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
	referrers map[string][]referrer // by the type that they refer to
}

// referrer is a type that refers to another one.
type referrer struct {
	token string
	Reference
}

// NewCatalog merges services in the Regions given. A token that two of them have, or
// that schema.json lacks, is an error.
func NewCatalog(regions []string, services ...Service) (*Catalog, error) {
	if err := errors.Join(errSchema, errFacts); err != nil {
		return nil, fmt.Errorf("reading the tables of types: %w", err)
	}
	c := &Catalog{
		types: map[string]*Type{}, functions: map[string]*Function{}, referrers: map[string][]referrer{},
		regions: slices.Sorted(slices.Values(regions)),
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
					c.referrers[to] = append(c.referrers[to], referrer{k.Token, r})
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
	return slices.SortedFunc(maps.Values(c.types), func(a, b *Type) int { return strings.Compare(a.Token, b.Token) })
}

// Type is the type of a package ("aws") with a token.
func (c *Catalog) Type(pkg, token string) (*Type, error) {
	k, ok := c.types[token]
	if !ok || !strings.HasPrefix(token, pkg+":") {
		return nil, unsupportedError("type", token)
	}
	return k, nil
}
