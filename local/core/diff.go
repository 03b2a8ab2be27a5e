package core

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Diff is what a change of inputs does to a resource.
type Diff struct {
	// Changed are the top-level inputs that differ, sorted.
	Changed []string
	// Replaces are those among them that need a new resource, sorted.
	Replaces []string
	// DeleteFirst tells that both resources would have the same given name, so that the
	// old one has to go first.
	DeleteFirst bool
}

// Diff compares the inputs that a resource was made from with new ones.
func (k *Type) Diff(old, news Object) Diff {
	was, is := k.Defaults.With(old), k.Defaults.With(news)
	var d Diff
	for _, key := range unionKeys(was, is) {
		if strings.HasPrefix(key, "__") || !is.Has(key) && slices.Contains(k.Keeps, key) || k.same(key, was[key], is[key]) {
			continue
		}
		d.Changed = append(d.Changed, key)
		if k.replaces(key, was[key], is[key]) {
			d.Replaces = append(d.Replaces, key)
		}
	}
	if k.Replaces != nil {
		for _, key := range k.Replaces(was, is) {
			if slices.Contains(d.Changed, key) && !slices.Contains(d.Replaces, key) {
				d.Replaces = append(d.Replaces, key)
			}
		}
		slices.Sort(d.Replaces)
	}
	d.DeleteFirst = len(d.Replaces) > 0 && k.hasFixedName(old, news)
	return d
}

// AsLeft is the inputs that a resource was made from, in which those that AWS may revert
// have the values that the last operation left.
func (k *Type) AsLeft(state, inputs Object) Object {
	out := maps.Clone(inputs)
	for _, key := range k.Reverts {
		if inputs.Known(key) && state.Known(key) {
			out[key] = state[key]
		}
	}
	return out
}

// hasFixedName tells that a name was given, not made, and stays the same: then
// the real bridge deletes the old resource before it creates the new one.
func (k *Type) hasFixedName(old, news Object) bool {
	if k.Name == nil || isAutonamed(news, k.Name.Property) {
		return false
	}
	name := news.Str(k.Name.Property)
	return name != "" && name == old.Str(k.Name.Property)
}

// same tells that two values of an input mean the same.
func (k *Type) same(key string, was, is any) bool {
	if Equal(was, is, k.facts().isSet(key)) {
		return true
	}
	means := k.Same[key]
	return means != nil && means(was, is)
}

// replaces tells whether the change of one top-level input needs a new resource. A
// field of a block may need one where its block does not.
func (k *Type) replaces(key string, was, is any) bool {
	f := k.facts()
	if f.replaces(key) {
		return true
	}
	set := f.isSet(key)
	before, after := blocksOf(elements(canonical(was, set))), blocksOf(elements(canonical(is, set)))
	if len(before) != len(after) {
		return false
	}
	for i := range before {
		for _, field := range unionKeys(before[i], after[i]) {
			path := key + "." + field
			if f.replaces(path) && !Equal(before[i][field], after[i][field], f.isSet(path)) {
				return true
			}
		}
	}
	return false
}

// Equal compares two values. null, an empty list and an empty map count as absent,
// as they do for the real provider.
func Equal(a, b any, asSet bool) bool {
	return reflect.DeepEqual(canonical(a, asSet), canonical(b, asSet))
}

// canonical drops what means nothing from a value; the elements of a set are put
// in one order.
func canonical(v any, asSet bool) any {
	switch v := v.(type) {
	case Unknown:
		return v
	case []any:
		var out []any
		for _, e := range v {
			out = append(out, canonical(e, asSet))
		}
		if len(out) == 0 {
			return nil
		}
		if asSet {
			slices.SortFunc(out, func(a, b any) int { return strings.Compare(sortKey(a), sortKey(b)) })
		}
		return out
	}
	if m := AsObject(v); m != nil {
		out := map[string]any{}
		for key, e := range m {
			if c := canonical(e, asSet); c != nil && !strings.HasPrefix(key, "__") {
				out[key] = c
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	return v
}

func sortKey(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(raw)
}

// unionKeys are the properties that either of two objects has, sorted.
func unionKeys(a, b Object) []string {
	all := Object{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all.Keys()
}

// SameJSON tells whether two texts are the same JSON document, whatever their
// spaces and the order of their keys, as the real provider compares policies.
func SameJSON(was, is any) bool {
	a, aErr := document(was)
	b, bErr := document(is)
	return aErr == nil && bErr == nil && reflect.DeepEqual(a, b)
}

func document(v any) (out any, err error) {
	text, _ := v.(string)
	err = json.Unmarshal([]byte(text), &out)
	return out, err
}
