package glob_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/glob"
)

func TestCovers(t *testing.T) {
	for _, tt := range []struct {
		pattern, other string
		want           bool
	}{
		{"*", "", true},
		{"*", "/a/*", true},
		{"/a/*", "/a/*", true},
		{"/a/*", "/a/b/*", true},
		{"/a/*", "/a/b", true},
		{"/a/*", "/a", false},
		{"/a/*", "/a*", false},
		{"/a?*", "/a*", false},
		{"/a*", "/a?*", true},
		{"/a?", "/a*", false},
		{"/a?", "/ab", true},
		{"/ab", "/a?", false},
		{"/*.jpg", "/images/*.jpg", true},
		{"/*.jpg", "/images/*", false},
		{"/a*b*", "/a*b", true},
		{"", "*", false},
	} {
		assert.Equal(t, tt.want, glob.Covers(tt.pattern, tt.other), "%q over %q", tt.pattern, tt.other)
	}
}

// What is covered is matched: no text shows the contrary.
func TestCoversAgainstTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	word := func(alphabet string) string {
		var b strings.Builder
		for range r.IntN(6) {
			b.WriteByte(alphabet[r.IntN(len(alphabet))])
		}
		return b.String()
	}
	covered := 0
	for range 20_000 {
		pattern, other := word("ab*?"), word("ab*?")
		if !glob.Covers(pattern, other) {
			continue
		}
		covered++
		for range 20 {
			if text := word("abc"); glob.Match(other, text) {
				assert.True(t, glob.Match(pattern, text), "%q covers %q, but not its %q", pattern, other, text)
			}
		}
	}
	assert.Greater(t, covered, 1_000)
}
