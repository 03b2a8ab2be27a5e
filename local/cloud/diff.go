package cloud

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// diff is what a change of inputs does to a resource.
type diff struct {
	// changed are the top-level inputs that differ, sorted.
	changed []string
	// replaces are those among them that need a new resource, sorted.
	replaces []string
	// deleteFirst tells that the old resource has to go before the new one comes,
	// because both would bear the same given name.
	deleteFirst bool
}

// diff compares the inputs a resource was made from with new ones.
func (k *kind) diff(old, new object) diff {
	was, is := k.defaults.with(old), k.defaults.with(new)
	var special map[string]change
	if k.overrides != nil {
		special = k.overrides(was, is)
	}
	var d diff
	for _, key := range unionKeys(was, is) {
		if strings.HasPrefix(key, "__") || !is.has(key) && slices.Contains(k.keeps, key) {
			continue
		}
		how := k.effect(key, was[key], is[key])
		if override, ok := special[key]; ok && how != 0 {
			how = override
		}
		switch how {
		case updates:
			d.changed = append(d.changed, key)
		case replaces:
			d.changed = append(d.changed, key)
			d.replaces = append(d.replaces, key)
		}
	}
	d.deleteFirst = len(d.replaces) > 0 && k.hasFixedName(old, new)
	return d
}

// hasFixedName tells that a name was given, not made, and stays the same: then
// the real bridge deletes the old resource before it creates the new one.
func (k *kind) hasFixedName(old, new object) bool {
	if k.autoname == nil || isAutonamed(new, k.autoname.property) {
		return false
	}
	name := new.str(k.autoname.property)
	return name != "" && name == old.str(k.autoname.property)
}

// effect is what the change of one top-level input does: updates, replaces or 0
// for nothing.
func (k *kind) effect(key string, was, is any) change {
	how := k.changes[key]
	if same(was, is, how.isSet()) {
		return 0
	}
	if k.hasNested(key) {
		before, after := blocks(canonical(was, how.isSet())), blocks(canonical(is, how.isSet()))
		if len(before) == len(after) {
			return k.nestedEffect(key, before, after)
		}
	}
	return how.plain()
}

// plain is the effect without the word on order.
func (c change) plain() change {
	switch c {
	case replaces, replacesSet:
		return replaces
	}
	return updates
}

// nestedEffect compares blocks field by field: a field may differ from its block
// in what its change does.
func (k *kind) nestedEffect(key string, before, after []object) change {
	var out change
	for i := range before {
		for _, field := range unionKeys(before[i], after[i]) {
			how := k.changes[key+"."+field]
			if how == 0 {
				how = k.changes[key]
			}
			if same(before[i][field], after[i][field], how.isSet()) {
				continue
			}
			if out = how.plain(); out == replaces {
				return out
			}
		}
	}
	return out
}

func (k *kind) hasNested(key string) bool {
	for name := range k.changes {
		if strings.HasPrefix(name, key+".") {
			return true
		}
	}
	return false
}

func (c change) isSet() bool { return c == updatesSetOnly || c == replacesSet }

// blocks are the blocks of a value that is one block or a list of them.
func blocks(v any) []object {
	if one := asObject(v); one != nil {
		return []object{one}
	}
	return object{"v": v}.objects("v")
}

// same compares two values: null, an empty list and an empty map are as good as
// absent, as they are to the real provider.
func same(a, b any, asSet bool) bool {
	a, b = canonical(a, asSet), canonical(b, asSet)
	return reflect.DeepEqual(a, b)
}

// canonical drops what means nothing from a value; the elements of a set are put
// in one order.
func canonical(v any, asSet bool) any {
	switch v := v.(type) {
	case unknown:
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
	if m := asObject(v); m != nil {
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
func unionKeys(a, b object) []string {
	all := maps.Clone(a)
	if all == nil {
		all = object{}
	}
	maps.Copy(all, b)
	return all.keys()
}

// replacesBy tells whether one input's change needs a new resource.
func (d diff) replacesBy(key string) bool { return slices.Contains(d.replaces, key) }
