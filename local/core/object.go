package core

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Object is a set of properties as they are in JSON: string, float64, bool, []any
// and map[string]any. A value that is not known yet, as at preview, is Unknown{}.
type Object map[string]any

// Unknown stands in an Object for a value that is known only after an update.
type Unknown struct{}

// Has tells whether the property was given, known or not. null counts as not given.
func (o Object) Has(key string) bool { return o[key] != nil }

// Known tells whether the property was given and its whole value is known.
func (o Object) Known(key string) bool { return o.Has(key) && !HoldsUnknown(o[key]) }

// Pending tells whether the property was given and some of its value is not known.
func (o Object) Pending(key string) bool { return o.Has(key) && HoldsUnknown(o[key]) }

// Str is a string property; "" when it is absent or not known.
func (o Object) Str(key string) string {
	s, _ := o[key].(string)
	return s
}

// Num is a number property; false when it is absent or not known.
func (o Object) Num(key string) (float64, bool) {
	n, ok := o[key].(float64)
	return n, ok
}

// Int is a whole-number property; 0 when it is absent or not known.
func (o Object) Int(key string) int {
	n, _ := o.Num(key)
	return int(n)
}

// Bool is a bool property; false when it is absent or not known.
func (o Object) Bool(key string) bool {
	b, _ := o[key].(bool)
	return b
}

// Block is a nested block; nil (which reads as empty) when it is absent or not known.
func (o Object) Block(key string) Object { return AsObject(o[key]) }

// List is a list property; nil when it is absent or not known.
func (o Object) List(key string) []any {
	l, _ := o[key].([]any)
	return l
}

// Blocks is a list of blocks; elements that are not known are left out.
func (o Object) Blocks(key string) []Object { return blocksOf(o.List(key)) }

// Strs is a list of strings; elements that are not known are left out.
func (o Object) Strs(key string) []string { return stringsOf(o.List(key)) }

// Keys are the names of the properties given, sorted.
func (o Object) Keys() []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(o)) {
		if o.Has(k) {
			out = append(out, k)
		}
	}
	return out
}

// With is o with the properties of the others laid over it; the last one wins.
func (o Object) With(others ...Object) Object {
	out := Object{}
	maps.Copy(out, o)
	for _, other := range others {
		for k, v := range other {
			if v != nil {
				out[k] = v
			}
		}
	}
	return out
}

// Without is o without the properties named.
func (o Object) Without(keys ...string) Object {
	out := Object{}
	for k, v := range o {
		if !slices.Contains(keys, k) {
			out[k] = v
		}
	}
	return out
}

// At are the values at a dotted path, through lists and blocks: "origins.domainName"
// is that field of every origin. What is absent or not known is left out.
func (o Object) At(path string) []any {
	values := []any{map[string]any(o)}
	for _, key := range strings.Split(path, ".") {
		var next []any
		for _, v := range values {
			next = append(next, elements(AsObject(v)[key])...)
		}
		values = next
	}
	return values
}

// StrsAt are the strings among the values at a dotted path.
func (o Object) StrsAt(path string) []string { return stringsOf(o.At(path)) }

func stringsOf(values []any) []string {
	var out []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func blocksOf(values []any) []Object {
	var out []Object
	for _, v := range values {
		if b := AsObject(v); b != nil {
			out = append(out, b)
		}
	}
	return out
}

// elements are the elements of a list, or a single value itself.
func elements(v any) []any {
	switch v := v.(type) {
	case nil, Unknown:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// HasTags tells whether a state has all of some tags.
func HasTags(state, want Object) bool {
	tags := state.Block("tagsAll")
	for key, value := range want {
		if tags[key] != value {
			return false
		}
	}
	return true
}

// List makes a list property of strings.
func List(items ...string) []any {
	out := make([]any, len(items))
	for i, s := range items {
		out[i] = s
	}
	return out
}

// AsObject is a block whatever its Go type; nil when v is none.
func AsObject(v any) Object {
	switch m := v.(type) {
	case Object:
		return m
	case map[string]any:
		return m
	}
	return nil
}

// HoldsUnknown tells whether any part of a value is not known yet.
func HoldsUnknown(v any) bool {
	switch v := v.(type) {
	case Unknown:
		return true
	case []any:
		return slices.ContainsFunc(v, HoldsUnknown)
	}
	for _, e := range AsObject(v) {
		if HoldsUnknown(e) {
			return true
		}
	}
	return false
}

// Plain is v as it is after a round trip through JSON, the form in which an
// account is stored, so that values of one meaning compare equal.
func Plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		return v
	}
	return out
}

// Join is the path of a field in a block.
func Join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Fields are the dotted paths of fields in a block.
func Fields(block string, fields ...string) []string {
	var out []string
	for _, f := range fields {
		out = append(out, Join(block, f))
	}
	return out
}
