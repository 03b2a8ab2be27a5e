package cloud

import (
	"maps"
	"slices"
)

// object is a bag of properties as they are in JSON: string, float64, bool,
// []any and map[string]any. A value that is not known yet, as at preview, is
// unknown{}.
type object map[string]any

// unknown stands in an object for a value that is only known after an update.
type unknown struct{}

// has tells whether the property was given, known or not. null counts as not given.
func (o object) has(key string) bool { return o[key] != nil }

// known tells whether the property was given and its whole value is known.
func (o object) known(key string) bool { return o.has(key) && !holdsUnknown(o[key]) }

// str is a string property; "" when it is absent or not known.
func (o object) str(key string) string {
	s, _ := o[key].(string)
	return s
}

// num is a number property; false when it is absent or not known.
func (o object) num(key string) (float64, bool) {
	n, ok := o[key].(float64)
	return n, ok
}

// integer is a whole-number property; 0 when it is absent or not known.
func (o object) integer(key string) int {
	n, _ := o.num(key)
	return int(n)
}

// boolean is a bool property; false when it is absent or not known.
func (o object) boolean(key string) bool {
	b, _ := o[key].(bool)
	return b
}

// object is a nested block; nil (which reads as empty) when it is absent or not known.
func (o object) object(key string) object { return asObject(o[key]) }

// list is a list property; nil when it is absent or not known.
func (o object) list(key string) []any {
	l, _ := o[key].([]any)
	return l
}

// objects is a list of blocks; elements that are not known are left out.
func (o object) objects(key string) []object {
	var out []object
	for _, e := range o.list(key) {
		if m := asObject(e); m != nil {
			out = append(out, m)
		}
	}
	return out
}

// strs is a list of strings; elements that are not known are left out.
func (o object) strs(key string) []string {
	var out []string
	for _, e := range o.list(key) {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// keys are the names of the properties given, sorted.
func (o object) keys() []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(o)) {
		if o.has(k) {
			out = append(out, k)
		}
	}
	return out
}

// with is o with the properties of the others laid over it, the last one winning.
func (o object) with(others ...object) object {
	out := object{}
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

// without is o without the properties named.
func (o object) without(keys ...string) object {
	out := object{}
	for k, v := range o {
		if !slices.Contains(keys, k) {
			out[k] = v
		}
	}
	return out
}

// list makes a list property of strings.
func list(items ...string) []any {
	out := make([]any, len(items))
	for i, s := range items {
		out[i] = s
	}
	return out
}

// asObject is a block whatever its Go type; nil when v is none.
func asObject(v any) object {
	switch m := v.(type) {
	case object:
		return m
	case map[string]any:
		return m
	}
	return nil
}

// holdsUnknown tells whether any part of a value is not known yet.
func holdsUnknown(v any) bool {
	switch v := v.(type) {
	case unknown:
		return true
	case []any:
		return slices.ContainsFunc(v, holdsUnknown)
	}
	for _, e := range asObject(v) {
		if holdsUnknown(e) {
			return true
		}
	}
	return false
}
