package core

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// States are the states of all resources of a type, in the order of All, read into
// a struct whose fields are properties of the type, as encoding/json matches names.
// A misspelt field is an error: it would read as empty.
func States[T any](a *Account, token string) ([]T, error) {
	if err := readable(token, reflect.TypeFor[T]()); err != nil {
		return nil, err
	}
	var out []T
	for _, state := range a.All(token) {
		one, err := decodeState[T](token, state)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// StateOf reads one state of a type as States does.
func StateOf[T any](token string, state map[string]any) (out T, err error) {
	if err := readable(token, reflect.TypeFor[T]()); err != nil {
		return out, err
	}
	return decodeState[T](token, state)
}

func decodeState[T any](token string, state map[string]any) (out T, err error) {
	raw, err := json.Marshal(state)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		err = fmt.Errorf("reading the %s '%v': %w", Noun(token), state["id"], err)
	}
	return out, err
}

// ownRecords are the properties of records that AWS keeps for itself.
var ownRecords = map[string][]string{}

// OwnRecord declares records that AWS keeps for itself, such as the tasks of a
// service: no program registers them, so schema.json does not have them. It returns
// the token and is called when a service's package is initialised.
func OwnRecord(token string, outputs ...string) string {
	ownRecords[token] = outputs
	return token
}

// keptRecords are the types of records that outlive what they were made for.
var keptRecords = map[string]bool{}

// KeptRecord is OwnRecord for records that stay in the account when everything that a
// program made is deleted, such as revisions of a task definition. DiffFromSeed leaves
// them out.
func KeptRecord(token string, outputs ...string) string {
	keptRecords[token] = true
	return OwnRecord(token, outputs...)
}

// readable refuses a struct with a field that is no property of a type.
func readable(token string, t reflect.Type) error {
	s := properties.Resources[token]
	if own := ownRecords[token]; own != nil {
		s = &signature{Outputs: own}
	}
	if s == nil {
		return unsupportedError("type", token)
	}
	names := fields{"id": "string"}
	for _, name := range s.Outputs {
		names[name] = "any"
	}
	maps.Copy(names, s.Inputs)
	return readableFields(token, t, names)
}

// readableFields checks the fields of a struct against properties. The fields of
// blocks are known where the block is an input. A struct within itself, such as a
// statement of statements, is checked once.
func readableFields(where string, t reflect.Type, names fields, within ...reflect.Type) error {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || slices.Contains(within, t) {
		return nil
	}
	within = append(slices.Clip(within), t)
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			if err := readableFields(where, f.Type, names, within...); err != nil {
				return err
			}
			continue
		}
		kind, ok := names.read(f)
		if !ok {
			return fmt.Errorf("%s has no property that the field %s of %s would read", where, f.Name, t)
		}
		if block := blockOf(kind); block != nil {
			if err := readableFields(where+" "+f.Name, f.Type, block, within...); err != nil {
				return err
			}
		}
	}
	return nil
}

// read is the kind of the property that a field reads, as encoding/json finds it.
func (names fields) read(f reflect.StructField) (kind string, ok bool) {
	want, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if want == "" {
		want = f.Name
	}
	for name, kind := range names {
		if strings.EqualFold(name, want) {
			return kind, true
		}
	}
	return "", false
}
