// Package glob matches the wildcards that several AWS services share.
package glob

import "unicode/utf8"

// Match reports whether all of s matches the pattern, in which * stands for any
// run of characters, none included, and ? for exactly one. Every other character
// stands for itself; case matters.
//
// Only the last * seen is ever tried again, so that the time is at most
// proportional to len(pattern) * len(s).
// Sourced: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func Match(pattern, s string) bool {
	p, i := 0, 0
	star, resume := -1, 0 // position after the last *, and where s goes on behind what it matched
	for i < len(s) {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			p++
			star, resume = p, i
		case p < len(pattern) && pattern[p] == '?':
			p++
			i += size
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			_, size = utf8.DecodeRuneInString(s[resume:])
			resume += size
			p, i = star, resume
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
