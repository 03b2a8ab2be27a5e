package core

import (
	"maps"
	"slices"
	"strings"
)

// What the tests of all types, in package core_test, need to know of a type.

// Path is an input of a type, or a field of one of its blocks.
type Path struct {
	// Path is dotted.
	Path string
	// Kind is as in schema.json, without the mark of what is required.
	Kind string
	// Supported tells whether it has rules here.
	Supported bool
}

// IsBlock tells whether the input is a block or a list of blocks.
func (p Path) IsBlock() bool { return blockOf(p.Kind) != nil }

// Paths are the inputs of a type with the fields of their blocks, in the order of
// their paths. The fields of a block that is not supported are left out.
func (k *Type) Paths() []Path { return k.pathsIn("", k.signature().Inputs) }

func (k *Type) pathsIn(at string, block fields) []Path {
	var out []Path
	for _, name := range slices.Sorted(maps.Keys(block)) {
		p := Path{Path: Join(at, name), Kind: strings.TrimSuffix(block[name], "!")}
		p.Supported = k.supports(p.Path)
		out = append(out, p)
		if nested := blockOf(p.Kind); nested != nil && p.Supported {
			out = append(out, k.pathsIn(p.Path, nested)...)
		}
	}
	return out
}

// Outputs are the outputs that a type has, inputs among them.
func (k *Type) Outputs() []string { return k.signature().Outputs }

// ProviderOutputs are the properties that every resource of a type has at the real
// provider.
func (k *Type) ProviderOutputs() []string { return k.facts().Outputs }

// Requires tells whether an input must be given.
func (k *Type) Requires(input string) bool {
	return strings.HasSuffix(k.signature().Inputs[input], "!") || slices.Contains(k.facts().required(), input)
}

// Functions are the tokens of all functions, sorted.
func (c *Catalog) Functions() []string { return slices.Sorted(maps.Keys(c.functions)) }
