package stacks

import "strings"

// Nearest returns the name that was probably meant, "" if none is similar.
func Nearest(given string, names []string) string {
	nearest, least := "", len(given)/3+2
	for _, name := range names {
		if d := distance(strings.ToLower(given), strings.ToLower(name)); d < least {
			nearest, least = name, d
		}
	}
	return nearest
}

// distance is how many characters have to be added, removed or changed to turn a
// into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
