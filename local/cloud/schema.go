package cloud

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
)

// conform checks a value against a type of the SDK: every property must exist,
// be of the right kind and, unless it is optional, be there. It never puts a
// value into a message: any of them may be a secret.
func conform(t reflect.Type, v any, path string) []*refusal {
	if v == nil {
		return nil
	}
	if _, ok := v.(unknown); ok {
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return conform(t.Elem(), v, path)
	case reflect.Interface: // a name, say, or in some languages the resource that has it
		return conformScalar(reflect.TypeFor[string](), v, path)
	case reflect.Struct:
		return conformBlock(t, v, path)
	case reflect.Slice:
		return conformList(t, v, path)
	case reflect.Map:
		return conformMap(t, v, path)
	default:
		return conformScalar(t, v, path)
	}
}

func conformBlock(t reflect.Type, v any, path string) []*refusal {
	in := asObject(v)
	if in == nil {
		return wrongKind(path, "a block", v)
	}
	var out []*refusal
	fields := fieldsOf(t)
	for _, key := range in.keys() {
		if strings.HasPrefix(key, "__") {
			continue // the bridge's own bookkeeping
		}
		field, ok := fields[key]
		if !ok {
			out = append(out, &refusal{property: join(path, key),
				message: fmt.Sprintf("Invalid or unknown key %q", key)})
			continue
		}
		out = append(out, conform(field.Type, in[key], join(path, key))...)
	}
	for key, field := range fields {
		if !in.has(key) && isRequired(field) {
			out = append(out, missing(join(path, key)))
		}
	}
	return out
}

func conformList(t reflect.Type, v any, path string) []*refusal {
	items, ok := v.([]any)
	if !ok {
		return wrongKind(path, "a list", v)
	}
	var out []*refusal
	for i, e := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if e == nil {
			out = append(out, &refusal{property: at, message: "Invalid value: a list must not hold null"})
			continue
		}
		out = append(out, conform(t.Elem(), e, at)...)
	}
	return out
}

func conformMap(t reflect.Type, v any, path string) []*refusal {
	entries := asObject(v)
	if entries == nil {
		return wrongKind(path, "a map", v)
	}
	var out []*refusal
	for _, key := range entries.keys() {
		out = append(out, conform(t.Elem(), entries[key], join(path, key))...)
	}
	return out
}

func conformScalar(t reflect.Type, v any, path string) []*refusal {
	switch v := v.(type) {
	case string:
		if t.Kind() == reflect.String {
			return nil
		}
	case bool:
		if t.Kind() == reflect.Bool {
			return nil
		}
	case float64:
		if t.Kind() == reflect.Float64 || t.Kind() == reflect.Int && v == math.Trunc(v) {
			return nil
		}
	}
	return wrongKind(path, "a "+scalarNames[t.Kind()], v)
}

var scalarNames = map[reflect.Kind]string{
	reflect.String: "string", reflect.Bool: "bool", reflect.Int: "whole number", reflect.Float64: "number",
}

func wrongKind(path, want string, v any) []*refusal {
	got := "something else"
	switch v := v.(type) {
	case string:
		got = "a string"
	case bool:
		got = "a bool"
	case float64:
		got = "a number"
	case []any:
		got = "a list"
	default:
		if asObject(v) != nil {
			got = "a map"
		}
	}
	return []*refusal{{property: path, message: fmt.Sprintf("Incorrect type: %s must be %s, got %s", path, want, got)}}
}

func missing(path string) *refusal {
	return &refusal{property: path,
		message: fmt.Sprintf("Missing required argument: %q is required, but no definition was found", path)}
}

// isRequired tells what the SDK's type can tell: an optional scalar or block is
// a pointer; lists and maps look alike either way.
func isRequired(f reflect.StructField) bool {
	switch f.Type.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return false
	}
	return !strings.HasSuffix(f.Tag.Get("pulumi"), ",optional")
}

var fieldCache sync.Map // of reflect.Type to map[string]reflect.StructField

// fieldsOf are the fields of an SDK struct by their Pulumi property.
func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	if t == nil {
		return nil
	}
	if cached, ok := fieldCache.Load(t); ok {
		return cached.(map[string]reflect.StructField)
	}
	out := map[string]reflect.StructField{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("pulumi"), ",")
		if name != "" {
			out[name] = t.Field(i)
		}
	}
	fieldCache.Store(t, out)
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
