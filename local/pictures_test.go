package local_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/stacks"
)

var redraw = flag.Bool("redraw", false, "write the pictures of docs/pictures anew")

// The pictures of the documentation show what the stacks register. `make
// pictures` draws them anew.
func TestPicturesShowTheStacks(t *testing.T) {
	for _, variant := range stacks.Variants() {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			stack := upStack(t, variant)
			source := pictureSource(stack.Plan())
			path := filepath.Join("..", "docs", "pictures", variant)
			if *redraw {
				require.NoError(t, os.WriteFile(path+".d2", []byte(source), 0o600))
				return
			}
			kept, err := os.ReadFile(path + ".d2")
			require.NoError(t, err)
			assert.Equal(t, source, string(kept), "the picture of %s is stale: make pictures", variant)
			drawn, err := os.ReadFile(path + ".svg")
			require.NoError(t, err)
			assert.Contains(t, string(drawn), pictureMark(source), "the picture of %s is drawn from another source: make pictures", variant)
			assert.True(t, strings.HasSuffix(strings.TrimSpace(string(drawn)), "-->"), "the mark is a comment at the end")
		})
	}
}
