package core_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write schema.json anew")

// sdkSchema is schema.json: the types of the Pulumi SDKs that the local AWS has.
type sdkSchema struct {
	Note      string                `json:"note"`
	Resources map[string]sdkType    `json:"resources"`
	Functions map[string]sdkType    `json:"functions"`
	Blocks    map[string]properties `json:"blocks"`
}

// sdkType is a resource type or a function.
type sdkType struct {
	Inputs  properties `json:"inputs"`
	Outputs []string   `json:"outputs"`
}

const schemaNote = "Generated from the Go source of the Pulumi SDKs for the types and functions in facts.json. " +
	"Refresh it with: go test ./core -run TestSchemaIsTheSDKs -update. " +
	"The kind of an input is string, bool, int, number, any (an interface: a name, or the resource that has it), " +
	"archive, asset, [kind] for a list, {kind} for a map or the name of a block; a ! at the end marks an input that is required. " +
	"The SDKs do not tell required lists, maps and assets from optional ones, so these have no mark."

// facts is facts.json: what is known of the real provider beyond its SDK.
type facts struct {
	Note      string
	Types     map[string]typeFacts
	Functions []string
}

type typeFacts struct {
	Required, Replaces, Sets, Outputs []string
	Inferred                          struct{ Required, Replaces, Sets []string }
}

func readFacts(t *testing.T) facts {
	raw, err := os.ReadFile("facts.json")
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var out facts
	require.NoError(t, decoder.Decode(&out))
	require.NotEmpty(t, out.Types)
	require.NotEmpty(t, out.Functions)
	return out
}

func readSDKs(t *testing.T, f facts) sdkSchema {
	source := newSDKSource(t)
	out := sdkSchema{Note: schemaNote, Resources: map[string]sdkType{}, Functions: map[string]sdkType{}, Blocks: source.blocks}
	for pkg := range sdkModules {
		out.Resources["pulumi:providers:"+pkg] = source.resource("pulumi:providers:" + pkg)
	}
	for token := range f.Types {
		out.Resources[token] = source.resource(token)
	}
	for _, token := range f.Functions {
		out.Functions[token] = source.function(token)
	}
	return out
}

// The local AWS takes the inputs that the SDKs take.
func TestSchemaIsTheSDKs(t *testing.T) {
	want, err := json.MarshalIndent(readSDKs(t, readFacts(t)), "", " ")
	require.NoError(t, err)
	want = append(want, '\n')
	if *update {
		require.NoError(t, os.WriteFile("schema.json", want, 0o600))
	}
	got, err := os.ReadFile("schema.json")
	require.NoError(t, err)
	assert.True(t, bytes.Equal(want, got),
		"schema.json differs from the SDKs: refresh it with go test ./core -run TestSchemaIsTheSDKs -update")
}

// A fact about a property that does not exist would be about none.
func TestFactsNameProperties(t *testing.T) {
	f := readFacts(t)
	raw, err := os.ReadFile("schema.json")
	require.NoError(t, err)
	var schema sdkSchema
	require.NoError(t, json.Unmarshal(raw, &schema))
	for token, known := range f.Types {
		typ, ok := schema.Resources[token]
		require.True(t, ok, token)
		for _, path := range slices.Concat(known.Required, known.Replaces, known.Sets, known.Inferred.Replaces, known.Inferred.Sets) {
			assert.True(t, schema.has(typ.Inputs, path), "%s has no input %s", token, path)
		}
		for _, name := range known.Outputs {
			assert.Contains(t, typ.Outputs, name, token)
		}
	}
}

// has tells whether there is a property with a dotted path.
func (s sdkSchema) has(properties properties, path string) bool {
	name, rest, nested := strings.Cut(path, ".")
	kind, ok := properties[name]
	return ok && (!nested || s.has(s.Blocks[strings.Trim(kind, "[]{}!")], rest))
}
