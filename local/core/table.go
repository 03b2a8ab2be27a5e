package core

import (
	"maps"
	"slices"
)

// table holds the records of one type in one Region. A record is replaced, never changed.
type table struct {
	records map[string]Object
	indexes map[string]map[string]map[string]bool // ids by dotted path and string there, once asked for
}

// put stores a record, or drops it when it has no state.
func (t *table) put(id string, state Object) {
	for path, index := range t.indexes {
		for _, value := range t.records[id].StrsAt(path) {
			delete(index[value], id)
		}
		addTo(index, state.StrsAt(path), id)
	}
	t.records[id] = state
	if state == nil {
		delete(t.records, id)
	}
}

// where are the ids of the records that hold a string at a dotted path, sorted.
func (t *table) where(path, value string) []string {
	index, ok := t.indexes[path]
	if !ok {
		index = map[string]map[string]bool{}
		for id, state := range t.records {
			addTo(index, state.StrsAt(path), id)
		}
		if t.indexes == nil {
			t.indexes = map[string]map[string]map[string]bool{}
		}
		t.indexes[path] = index
	}
	return slices.Sorted(maps.Keys(index[value]))
}

func addTo(index map[string]map[string]bool, values []string, id string) {
	for _, value := range values {
		if index[value] == nil {
			index[value] = map[string]bool{}
		}
		index[value][id] = true
	}
}

// sorted are the records in the order of their ids.
func (t *table) sorted() []Object {
	var out []Object
	for _, id := range slices.Sorted(maps.Keys(t.records)) {
		out = append(out, t.records[id])
	}
	return out
}
