package cloud

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// providerSchema is what is known of the real provider's types: testdata says
// from where.
type providerSchema struct {
	Note  string
	Types map[string]struct{ Replaces, Required, Outputs []string }
}

func readProviderSchema(t *testing.T) providerSchema {
	t.Helper()
	raw, err := os.ReadFile("testdata/provider-schema.json")
	require.NoError(t, err)
	var out providerSchema
	require.NoError(t, json.Unmarshal(raw, &out))
	require.NotEmpty(t, out.Types)
	return out
}

// newerTypes are kinds that the schema does not have: what their kinds say is
// inferred.
var newerTypes = []string{
	networkInterfaceToken, groupAttachmentToken,
	"random:index/randomId:RandomId", "random:index/randomPassword:RandomPassword",
}

// A change does to a resource what it does with the real provider.
func TestChangesAreThoseOfTheProvider(t *testing.T) {
	schema := readProviderSchema(t)
	for token, k := range newTestCloud(t).catalog.kinds {
		facts, ok := schema.Types[token]
		require.Equal(t, slices.Contains(newerTypes, token), !ok, token)
		if !ok {
			continue
		}
		for path, how := range k.changes {
			top, _, _ := strings.Cut(path, ".")
			want := slices.Contains(facts.Replaces, path) || slices.Contains(facts.Replaces, top) || replacesByFields(k, facts.Replaces, path)
			assert.Equal(t, want, how.plain() == replaces, "%s: %s replaces", token, path)
		}
		for _, path := range facts.Replaces {
			top, field, isField := strings.Cut(path, ".")
			if !isField || k.changes[top] == 0 {
				continue
			}
			says := k.changes[top].plain() == replaces || k.changes[path] != 0 && k.changes[path].plain() == replaces
			assert.True(t, says || refusesField(k, top, field), "%s: %s replaces, and the kind neither says so nor refuses it", token, path)
		}
	}
}

// replacesByFields tells whether every field of a block replaces that the kind
// does not refuse: then any change of the block replaces.
func replacesByFields(k *kind, facts []string, block string) bool {
	element := blockType(fieldsOf(k.inputs)[block].Type)
	if element == nil {
		return false
	}
	known := false
	for field := range fieldsOf(element) {
		if refusesField(k, block, field) {
			continue
		}
		if known = slices.Contains(facts, block+"."+field); !known {
			return false
		}
	}
	return known
}

// blockType is the type of a block, or of each of a list of blocks; nil for what
// is none.
func blockType(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// refusesField tells whether a kind refuses a field of a block, given by its
// dotted path, as unsupported.
func refusesField(k *kind, block, field string) bool {
	in := object{field: unknown{}}
	keys := strings.Split(block, ".")
	for _, key := range slices.Backward(keys) {
		in = object{key: []any{in}}
	}
	return slices.ContainsFunc(k.rules, func(r rule) bool {
		fault := r(in)
		return fault != nil && fault.code == unsupported && (fault.property == keys[0] || strings.HasSuffix(fault.property, "."+field))
	})
}

// outputExceptions are outputs that the local AWS does not set, and why.
var outputExceptions = map[string]string{
	"aws:ec2/instance:Instance cpuCoreCount":          "what processors a type has is not known here",
	"aws:ec2/instance:Instance cpuOptions":            "what processors a type has is not known here",
	"aws:ec2/instance:Instance cpuThreadsPerCore":     "what processors a type has is not known here",
	"aws:ec2/instance:Instance instanceMarketOptions": "the provider leaves it empty for instances that are no spot ones",
	"aws:ec2/instance:Instance userDataBase64":        "the provider sets it in place of userData, never beside it",
}

// A program finds the outputs that it finds with the real provider.
func TestOutputsAreThoseOfTheProvider(t *testing.T) {
	schema := readProviderSchema(t)
	for _, s := range newSamples(t).sorted() {
		for _, name := range schema.Types[s.token].Outputs {
			if reason := outputExceptions[s.token+" "+name]; reason != "" {
				assert.False(t, s.state.has(name), "%s %s is no exception any more", s.token, name)
				continue
			}
			assert.True(t, s.state.has(name), "%s lacks %s", s.token, name)
		}
	}
}
