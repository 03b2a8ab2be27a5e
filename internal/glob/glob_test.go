package glob_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/glob"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"?", "", false},
		{"?", "é", true},
		{"??", "é", false},
		{"a*c", "abcbc", true},
		{"a*c", "abcb", false},
		{"*a?", "aab", true},
		{"*ab*ba*", "aba", false},
		{"a**b", "ab", true},
		{"A", "a", false},
		{"a.c", "abc", false},
		{"[a]", "a", false},
		{"s3:Get*", "s3:GetObject", true},
	} {
		assert.Equal(t, c.want, glob.Match(c.pattern, c.s), "%q %q", c.pattern, c.s)
	}
}

// A matcher that tries every * anew takes years for this.
func TestMatchTakesNoExponentialTime(t *testing.T) {
	pattern := strings.Repeat("*a", 500) + "b"
	started := time.Now()
	assert.False(t, glob.Match(pattern, strings.Repeat("a", 5000)))
	assert.Less(t, time.Since(started), 10*time.Second)
}

// A regular expression says the same.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{{"*", ""}, {"a?*b", "axyb"}, {"?é*", "éé"}, {"*\n?", "a\nb"}, {"**?**", "a"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(s) || len(pattern) > 100 {
			return
		}
		expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile(`(?s)^` + expression + `$`).MatchString(s)
		assert.Equal(t, want, glob.Match(pattern, s), "%q %q", pattern, s)
	})
}
