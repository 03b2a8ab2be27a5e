package glob

import "strings"

// Covers reports whether a pattern matches everything that another one matches. It tries
// what the other one matches with runs of each length at its stars; a run of a character
// that neither has stands for every run of that length.
func Covers(pattern, other string) bool {
	const anyOther = "\uffff"
	for length := range len(pattern) + 2 {
		sample := strings.NewReplacer("*", strings.Repeat(anyOther, length), "?", anyOther).Replace(other)
		if !Match(pattern, sample) {
			return false
		}
	}
	return true
}
