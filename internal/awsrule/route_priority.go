package awsrule

import (
	"hash/fnv"
	"strings"
)

const (
	// firstPlanned leaves room for rules of other stacks that come before.
	firstPlanned = 1000
	// sameRank is how many routes of one rank can be told apart by their names.
	sameRank = 100
)

// PlannedPriority is the priority of a route that was given none. It depends on the
// route alone, so that adding, removing and reordering routes moves no other one.
// More specific routes come first: those for hosts before those for host patterns
// before those for any host, and among them those with longer paths. The name tells
// routes of one rank apart; two that fall on the same number need one given.
func PlannedPriority(name string, hosts, paths []string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return firstPlanned + rank(hosts, paths)*sameRank + int(h.Sum32()%sameRank)
}

// rank is 0 for the most specific routes.
func rank(hosts, paths []string) int {
	const pathRanks = maxPatternLength + 1
	hostRank := 0
	switch {
	case len(hosts) == 0:
		hostRank = 2
	case wildcards(hosts) > 0:
		hostRank = 1
	}
	shortest := 0
	for i, p := range paths {
		if n := literalLength(p); i == 0 || n < shortest {
			shortest = n
		}
	}
	return hostRank*pathRanks + maxPatternLength - shortest
}

// literalLength is how much of a pattern has to be in a path as it stands.
func literalLength(pattern string) int {
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		return min(i, maxPatternLength)
	}
	return min(len(pattern), maxPatternLength)
}
