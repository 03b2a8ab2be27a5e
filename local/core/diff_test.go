package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDiff(t *testing.T) {
	const token = "aws:test/thing:Thing"
	facts.Types[token] = typeFacts{
		Replaces: []string{"fixed", "block.kind"}, Sets: []string{"set", "fixed", "block.names"},
	}
	t.Cleanup(func() { delete(facts.Types, token) })
	k := &Type{
		Token: token, Keeps: []string{"kept"}, Same: map[string]func(was, is any) bool{"policy": SameJSON},
		Replaces: func(_, in Object) []string {
			if in.Bool("hard") {
				return []string{"soft"}
			}
			return nil
		},
	}
	block := func(o Object) Object { return Object{"block": []any{map[string]any(o)}} }
	tests := map[string]struct {
		old, new    Object
		wantChanged []string
		wantReplace []string
	}{
		"nothing":            {Object{"set": List("a")}, Object{"set": List("a")}, nil, nil},
		"set order":          {Object{"set": List("a", "b")}, Object{"set": List("b", "a")}, nil, nil},
		"list order":         {Object{"list": List("a", "b")}, Object{"list": List("b", "a")}, []string{"list"}, nil},
		"replacing set":      {Object{"fixed": List("a")}, Object{"fixed": List("b")}, []string{"fixed"}, []string{"fixed"}},
		"empty is absent":    {Object{"list": []any{}}, Object{}, nil, nil},
		"kept":               {Object{"kept": "a"}, Object{}, nil, nil},
		"kept, but another":  {Object{"kept": "a"}, Object{"kept": "b"}, []string{"kept"}, nil},
		"nested null":        {block(Object{"port": 1.0, "x": nil}), block(Object{"port": 1.0}), nil, nil},
		"nested update":      {block(Object{"port": 1.0}), block(Object{"port": 2.0}), []string{"block"}, nil},
		"nested replace":     {block(Object{"kind": "a"}), block(Object{"kind": "b"}), []string{"block"}, []string{"block"}},
		"nested set":         {block(Object{"kind": "a", "names": List("a", "b")}), block(Object{"kind": "b", "names": List("b", "a")}), []string{"block"}, []string{"block"}},
		"one block less":     {block(Object{"kind": "a"}), Object{}, []string{"block"}, nil},
		"bookkeeping":        {Object{defaultsKey: List("name")}, Object{}, nil, nil},
		"unknown":            {Object{"list": List("a")}, Object{"list": []any{Unknown{}}}, []string{"list"}, nil},
		"same document":      {Object{"policy": `{"a":1,"b":2}`}, Object{"policy": `{ "b": 2, "a": 1 }`}, nil, nil},
		"another document":   {Object{"policy": `{"a":1}`}, Object{"policy": `{"a":2}`}, []string{"policy"}, nil},
		"unknown document":   {Object{"policy": `{"a":1}`}, Object{"policy": Unknown{}}, []string{"policy"}, nil},
		"replaces after all": {Object{"soft": "a"}, Object{"soft": "b", "hard": true}, []string{"hard", "soft"}, []string{"soft"}},
		"soft":               {Object{"soft": "a"}, Object{"soft": "b"}, []string{"soft"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := k.Diff(tt.old, tt.new)
			assert.Equal(t, tt.wantChanged, d.Changed)
			assert.Equal(t, tt.wantReplace, d.Replaces)
		})
	}
}

// The order of the elements of a list inside a block counts, unless the facts say
// that it means nothing.
func TestOrderInsideBlocks(t *testing.T) {
	const token = "aws:test/thing:Thing"
	facts.Types[token] = typeFacts{Sets: []string{"ports", "block"}}
	t.Cleanup(func() { delete(facts.Types, token) })
	k := &Type{Token: token}
	one, other := Object{"names": List("a", "b")}, Object{"names": List("b", "a")}
	assert.Empty(t, k.Diff(Object{"block": []any{one}}, Object{"block": []any{other}}).Changed)
	assert.NotEmpty(t, k.Diff(Object{"list": []any{one}}, Object{"list": []any{other}}).Changed)
}
