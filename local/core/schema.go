package core

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

//go:embed schema.json
var schemaJSON []byte

// properties is schema.json: what exists, as the Pulumi SDK has it. NewCatalog
// reports a fault in the file.
var properties, errSchema = decodeStrictly[schema](schemaJSON)

// schema is the form of schema.json.
type schema struct {
	Note      string
	Resources map[string]*signature
	Functions map[string]*signature
	Blocks    map[string]fields
}

// signature is what goes into a resource or a function, and what comes out.
type signature struct {
	Inputs  fields
	Outputs []string
}

// fields are properties by name with their kinds: "string", "bool", "int",
// "number", "any" (a string, or in some languages the resource that has it), "archive",
// "asset", "[kind]" for a list, "{kind}" for a map, else the name of a block; "!" at the end
// for what is required.
type fields map[string]string

// decodeStrictly reads JSON in which every key has to be a field of T.
func decodeStrictly[T any](raw []byte) (out T, err error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err = dec.Decode(&out)
	return out, err
}

// conform checks a value against a kind: every property must exist, be of the
// right kind and, if it is required, be there. It never puts a value into a
// message: any of them may be a secret.
func conform(kind string, v any, path string) []*Refusal {
	kind = strings.TrimSuffix(kind, "!")
	if v == nil || v == any(Unknown{}) {
		return nil
	}
	switch {
	case kind == "any":
		return conformScalar("string", v, path)
	case kind == "archive":
		if !HoldsUnknown(v) && Files(v) == nil {
			return wrongKind(path, "an archive of texts", v)
		}
		return nil
	case kind == "asset":
		if !HoldsUnknown(v) && !isAsset(v) {
			return wrongKind(path, "an asset that is a text or a file", v)
		}
		return nil
	case strings.HasPrefix(kind, "["):
		return conformList(kind[1:len(kind)-1], v, path)
	case strings.HasPrefix(kind, "{"):
		return conformMap(kind[1:len(kind)-1], v, path)
	case properties.Blocks[kind] != nil:
		return conformBlock(properties.Blocks[kind], v, path)
	}
	return conformScalar(kind, v, path)
}

func conformBlock(block fields, v any, path string) []*Refusal {
	in := AsObject(v)
	if in == nil {
		return wrongKind(path, "a block", v)
	}
	var out []*Refusal
	for _, key := range in.Keys() {
		kind, ok := block[key]
		switch {
		case strings.HasPrefix(key, "__"): // the bridge's own bookkeeping
		case !ok:
			out = append(out, &Refusal{Property: Join(path, key),
				Message: fmt.Sprintf("Invalid or unknown key %q", Join(path, key))})
		default:
			out = append(out, conform(kind, in[key], Join(path, key))...)
		}
	}
	for key, kind := range block {
		if !in.Has(key) && strings.HasSuffix(kind, "!") {
			out = append(out, Missing(Join(path, key)))
		}
	}
	return out
}

func conformList(kind string, v any, path string) []*Refusal {
	items, ok := v.([]any)
	if !ok {
		return wrongKind(path, "a list", v)
	}
	var out []*Refusal
	for i, e := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if e == nil {
			out = append(out, &Refusal{Property: at, Message: "Invalid value: a list must not hold null"})
			continue
		}
		out = append(out, conform(kind, e, at)...)
	}
	return out
}

func conformMap(kind string, v any, path string) []*Refusal {
	entries := AsObject(v)
	if entries == nil {
		return wrongKind(path, "a map", v)
	}
	var out []*Refusal
	for _, key := range entries.Keys() {
		out = append(out, conform(kind, entries[key], Join(path, key))...)
	}
	return out
}

func conformScalar(kind string, v any, path string) []*Refusal {
	got := kindOf(v)
	number, _ := v.(float64)
	if got == kind || kind == "int" && got == "number" && number == math.Trunc(number) {
		return nil
	}
	return wrongKind(path, kindNames[kind], v)
}

var kindNames = map[string]string{
	"string": "a string", "bool": "a bool", "int": "a whole number", "number": "a number", "list": "a list", "map": "a map",
	"": "something else",
}

// kindOf is the kind of a value; "" for one that JSON does not have.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case float64:
		return "number"
	case []any:
		return "list"
	case map[string]any, Object:
		return "map"
	}
	return ""
}

// incorrectType begins the message about a value of another kind.
const incorrectType = "Incorrect type: "

func wrongKind(path, want string, v any) []*Refusal {
	message := fmt.Sprintf("%s must be %s, got %s", path, want, kindNames[kindOf(v)])
	return []*Refusal{{Property: path, Message: incorrectType + message}}
}

// blockOf is the block that a kind is, or is a list or map of; nil for scalars.
func blockOf(kind string) fields {
	return properties.Blocks[strings.Trim(kind, "[]{}!")]
}
