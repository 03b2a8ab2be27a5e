package stacks_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the files in testdata with what the tests see")

// golden is a file of named texts: each name in a line of its own, the text indented
// below.
type golden struct {
	want, seen map[string]string
}

// newGolden reads the file. When the test ends, every text in it has to have been
// seen.
func newGolden(t *testing.T, path string) *golden {
	t.Helper()
	g := &golden{want: map[string]string{}, seen: map[string]string{}}
	raw, err := os.ReadFile(path)
	if !*update {
		require.NoError(t, err)
	}
	name := ""
	for line := range strings.Lines(string(raw)) {
		if text, indented := strings.CutPrefix(line, "    "); indented {
			g.want[name] += text
		} else {
			name = strings.TrimSpace(line)
		}
	}
	t.Cleanup(func() {
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(g.String()), 0o600))
		} else if !t.Failed() {
			assert.ElementsMatch(t, slices.Collect(maps.Keys(g.want)), slices.Collect(maps.Keys(g.seen)), "go test ./stacks -update drops what no test sees")
		}
	})
	return g
}

// check compares a text with the one of this name. A text that was seen under the
// name before has to be the same.
func (g *golden) check(t *testing.T, name, text string) {
	t.Helper()
	text = strings.TrimRight(text, "\n") + "\n"
	if before, again := g.seen[name]; again {
		assert.Equal(t, before, text, name)
	}
	g.seen[name] = text
	if !*update {
		assert.Equal(t, g.want[name], text, "go test ./stacks -update accepts it")
	}
}

func (g *golden) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(g.seen)) {
		fmt.Fprintln(&b, name)
		for line := range strings.Lines(g.seen[name]) {
			b.WriteString("    " + line)
		}
	}
	return b.String()
}
