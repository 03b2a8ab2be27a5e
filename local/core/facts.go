package core

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed facts.json
var factsJSON []byte

// facts is facts.json: what the real provider does with the properties of a type.
var facts, errFacts = decodeStrictly[factsFile](factsJSON)

// factsFile is the form of facts.json.
type factsFile struct {
	Note      string
	Types     map[string]typeFacts
	Functions []string
}

// typeFacts are the facts of one type. Paths are dotted.
type typeFacts struct {
	Required []string // inputs that must be given
	Replaces []string // inputs, and fields of blocks, a change of which replaces the resource
	Sets     []string // lists in which the order means nothing, at any depth
	Outputs  []string // properties that every resource has
	Inferred struct{ Required, Replaces, Sets []string }
}

// required are the inputs that must be given.
func (f typeFacts) required() []string { return slices.Concat(f.Required, f.Inferred.Required) }

// replaces tells whether the change of an input or field needs a new resource.
func (f typeFacts) replaces(path string) bool { return lists(path, f.Replaces, f.Inferred.Replaces) }

// isSet tells whether the order of the elements of an input means nothing.
func (f typeFacts) isSet(path string) bool { return lists(path, f.Sets, f.Inferred.Sets) }

// lists tells whether a path, or a block that it lies in, is listed.
func lists(path string, listed ...[]string) bool {
	return slices.ContainsFunc(slices.Concat(listed...), func(l string) bool {
		return l == path || strings.HasPrefix(path, l+".")
	})
}

// signature is what schema.json says of a type.
func (k *Type) signature() *signature { return properties.Resources[k.Token] }

// facts is what facts.json says of a type.
func (k *Type) facts() typeFacts { return facts.Types[k.Token] }

// supports tells whether an input or field is listed, or in a block that is listed whole.
func (k *Type) supports(path string) bool {
	for _, listed := range k.Inputs {
		if listed == path || strings.HasPrefix(listed, path+".") || strings.HasPrefix(path, listed+".") && !k.listsFieldsOf(listed) {
			return true
		}
	}
	return false
}

// listsFieldsOf tells whether a block is listed by its fields.
func (k *Type) listsFieldsOf(block string) bool {
	return slices.ContainsFunc(k.Inputs, func(listed string) bool { return strings.HasPrefix(listed, block+".") })
}

// taggable tells whether resources of a type have tags here.
func (k *Type) taggable() bool { return slices.Contains(k.Inputs, "tags") }
