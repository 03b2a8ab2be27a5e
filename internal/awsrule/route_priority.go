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
	hostRank := 2
	if len(hosts) > 0 {
		hostRank = 0
		for _, h := range hosts {
			if strings.ContainsAny(h, "*?") {
				hostRank = 1
			}
		}
	}
	shortest := maxPatternLength
	for _, p := range paths {
		shortest = min(shortest, literalLength(p))
	}
	if len(paths) == 0 {
		shortest = 0
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
