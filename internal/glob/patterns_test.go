package glob_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/glob"
)

func TestMatchHostsAndPaths(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "anything", true},
		{"?", "", false},
		{"?", "a", true},
		{"/a/*", "/a/", true},
		{"/a/*", "/a", false},
		{"/*/c", "/a/b/c", true},
		{"*.example.com", "a.b.example.com", true},
		{"*.example.com", "example.com", false},
		{"a*b*c", "aXbYbZc", true},
		{"a*b*c", "acb", false},
		{"a.c", "abc", false},
		{"a**", "a", true},
	} {
		assert.Equal(t, tt.want, glob.Match(tt.pattern, tt.text), "%q on %q", tt.pattern, tt.text)
	}
}

// The matcher against the same pattern as a regular expression.
func TestMatchAsRegularExpressionsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	word := func(alphabet string) string {
		var b strings.Builder
		for range r.IntN(8) {
			b.WriteByte(alphabet[r.IntN(len(alphabet))])
		}
		return b.String()
	}
	matched := 0
	for range 20_000 {
		pattern, text := word("ab*?."), word("ab.")
		expression := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile("^" + expression + "$").MatchString(text)
		assert.Equal(t, want, glob.Match(pattern, text), "%q on %q", pattern, text)
		if want {
			matched++
		}
	}
	assert.Greater(t, matched, 1_000)
}
