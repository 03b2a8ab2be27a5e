package requestpath_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The program in docs/request-path.md is the tested example, and what it is said
// to print is what it prints.
func TestTheDocumentedRowsAreTheExample(t *testing.T) {
	page, err := os.ReadFile("../docs/request-path.md")
	require.NoError(t, err)
	example, err := os.ReadFile("example_rows_test.go")
	require.NoError(t, err)
	code, printed := block(t, string(page), "```go\n"), block(t, string(page), "```text\n")
	body, output, ok := strings.Cut(string(example), "\t// Output:\n")
	require.True(t, ok)
	assert.True(t, strings.HasSuffix(body, indented("\t", code)), "the program is the example's body")
	assert.True(t, strings.HasPrefix(output, indented("\t// ", printed)), "the output is the example's")
}

// block is what stands in the first fence of a page that begins so.
func block(t *testing.T, page, fence string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, fence)
	require.True(t, ok, "no block %q", fence)
	text, _, ok := strings.Cut(rest, "```\n")
	require.True(t, ok)
	return text
}

func indented(by, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(by)
		}
		b.WriteString(line)
	}
	return b.String()
}
