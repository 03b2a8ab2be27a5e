package core

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAutomaticNames(t *testing.T) {
	a := &Autoname{Property: "name", MaxLength: 32}
	first, fault := a.name("web", nil, Object{}, []byte("seed"))
	require.Nil(t, fault)
	assert.Regexp(t, "^web-[0-9a-f]{7}$", first.Str("name"))
	again, _ := a.name("web", nil, Object{}, []byte("seed"))
	assert.Equal(t, first, again, "the engine's seed decides")
	other, _ := a.name("web", nil, Object{}, []byte("another"))
	assert.NotEqual(t, first, other)
	kept, _ := a.name("renamed", first, Object{}, []byte("other"))
	assert.Equal(t, first.Str("name"), kept.Str("name"))
	given, _ := a.name("web", first, Object{"name": "mine"}, nil)
	assert.Equal(t, Object{"name": "mine"}, given)
	fresh, _ := a.name("web", Object{"name": "mine"}, Object{}, nil)
	assert.NotEqual(t, "mine", fresh.Str("name"), "a given name that is taken away makes room for an automatic one")
	one, _ := a.name("web", nil, Object{}, nil)
	two, _ := a.name("web", nil, Object{}, nil)
	assert.NotEqual(t, one, two, "without a seed names are random")

	_, fault = a.name(strings.Repeat("x", 24), nil, Object{}, nil)
	assert.Nil(t, fault)
	_, fault = a.name(strings.Repeat("x", 25), nil, Object{}, nil)
	require.NotNil(t, fault)
	assert.Contains(t, fault.Message, "is longer than 32 characters")
}
