package cloud

import (
	"encoding/json"
	"fmt"
)

// States are the states of all resources of a type, in the order of All, read into
// a struct whose fields are the properties' names, whatever their case.
func States[T any](a *Account, token string) ([]T, error) {
	var out []T
	for _, state := range a.All(token) {
		one, err := StateOf[T](state)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", token, err)
		}
		out = append(out, one)
	}
	return out, nil
}

// StateOf reads one state as States does.
func StateOf[T any](state map[string]any) (T, error) {
	var out T
	raw, err := json.Marshal(state)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return out, fmt.Errorf("reading %v: %w", state["id"], err)
	}
	return out, nil
}
