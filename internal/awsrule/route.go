package awsrule

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/fault"
)

// Limits of a listener rule's conditions. AWS's pages disagree on wildcards (5
// and 6), so the smaller number holds:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const (
	maxValuesPerRule      = 5
	maxValuesPerCondition = 3
	maxWildcardsPerRule   = 5
	maxPatternLength      = 128
)

var (
	hostCharacters = regexp.MustCompile(`^[A-Za-z0-9.*?-]+$`)
	hostEnding     = regexp.MustCompile(`\.[A-Za-z]+$`)
	pathCharacters = regexp.MustCompile(`^[A-Za-z0-9_.$/~"'@:+&*?-]+$`)
)

// RulePriority refuses what is no priority of a listener rule:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
func RulePriority(priority int) error {
	return Between(priority, 1, 50000, "")
}

// HostPattern refuses a host pattern that AWS would not take:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions
func HostPattern(pattern string) error {
	switch {
	case len(pattern) > maxPatternLength:
		return fmt.Errorf("must be at most %d characters, got %d", maxPatternLength, len(pattern))
	case !hostCharacters.MatchString(pattern):
		return fmt.Errorf("must be letters, digits, -, . and the wildcards * and ?, got %q", pattern)
	case !hostEnding.MatchString(pattern):
		return fmt.Errorf("must hold a dot with only letters after the last one, such as *.example.com, got %q", pattern)
	}
	return nil
}

// PathPattern refuses a path pattern that AWS would not take, or that can match no
// request because every path begins with a slash:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
func PathPattern(pattern string) error {
	switch {
	case len(pattern) > maxPatternLength:
		return fmt.Errorf("must be at most %d characters, got %d", maxPatternLength, len(pattern))
	case !pathCharacters.MatchString(pattern):
		return fmt.Errorf(`must be letters, digits, any of _-.$/~"'@:+& and the wildcards * and ?, got %q`, pattern)
	case !strings.HasPrefix(pattern, "/") && !strings.HasPrefix(pattern, "*"):
		return fmt.Errorf("must begin with / or *, as every request's path begins with /, got %q", pattern)
	}
	return nil
}

// otherRules is how to match more than one rule can. A second route would not do:
// AWS refuses its security group rules, which would be the first one's once more.
const otherRules = "merge them with wildcards, or forward the rest to the route's target group by listener rules of your own"

// RouteConditions is what a request must match for one rule.
type RouteConditions struct {
	Hosts, Paths  []string // patterns, any of each of which suffices
	OriginSecrets int      // accepted values of the origin header: 2 while one is being rotated, 0 without CloudFront
}

// Check records every fault of the conditions under the paths of their fields.
func (c RouteConditions) Check(l *fault.List, hostsPath, pathsPath string) {
	checkPatterns(l, hostsPath, c.Hosts, HostPattern)
	checkPatterns(l, pathsPath, c.Paths, PathPattern)
	total := len(c.Hosts) + len(c.Paths) + c.OriginSecrets
	if total > maxValuesPerRule {
		l.Addf(hostsPath, "must leave at most %d values to match in one rule, got %d: %d hosts + %d paths + %d origin secrets; %s",
			maxValuesPerRule, total, len(c.Hosts), len(c.Paths), c.OriginSecrets, otherRules)
	}
	if n := wildcards(c.Hosts) + wildcards(c.Paths); n > maxWildcardsPerRule {
		l.Addf(hostsPath, "must have at most %d wildcards together with paths, got %d; "+
			"forward the rest to the route's target group by listener rules of your own", maxWildcardsPerRule, n)
	}
}

func checkPatterns(l *fault.List, path string, patterns []string, rule func(string) error) {
	if len(patterns) > maxValuesPerCondition {
		l.Addf(path, "must have at most %d values in one condition, got %d; %s", maxValuesPerCondition, len(patterns), otherRules)
	}
	checkEach(l, path, patterns, rule)
}

func wildcards(patterns []string) int {
	n := 0
	for _, p := range patterns {
		n += strings.Count(p, "*") + strings.Count(p, "?")
	}
	return n
}
