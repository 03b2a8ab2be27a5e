package awsrule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/glob"
)

// behaviorPath is the characters that a path pattern of CloudFront can have.
var behaviorPath = regexp.MustCompile("^[A-Za-z0-9_.*?$/~\"'@:+&-]+$")

// BehaviorPath refuses what CloudFront does not take as the path pattern of a behavior, and
// patterns that match every path:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
func BehaviorPath(pattern string) error {
	switch {
	case pattern == "":
		return fmt.Errorf("is required: the paths that the behavior is for, such as /assets/*")
	case len(pattern) > awstable.MaxPathPattern:
		return fmt.Errorf("must be at most %d characters, got %d", awstable.MaxPathPattern, len(pattern))
	case strings.Contains(pattern, "://"):
		return fmt.Errorf("must be a path without scheme and host, got %q", pattern)
	case !behaviorPath.MatchString(pattern):
		return fmt.Errorf("must be a path of letters, digits and _-.*?$/~\"'@:+&, got %q; "+
			"* stands for any characters, ? for one", pattern)
	case glob.Covers(RootedPattern(pattern), "/*"):
		return fmt.Errorf("must not match every path, got %q: the default behavior would never be used; change that one instead", pattern)
	}
	return nil
}

// RootedPattern is a path pattern with the slash that CloudFront takes as given.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html
func RootedPattern(pattern string) string { return "/" + strings.TrimPrefix(pattern, "/") }

// BehaviorPaths records the faults of the path patterns of a distribution's behaviors, in
// their order: a pattern that an earlier one covers never gets a request.
func BehaviorPaths(l *fault.List, path string, patterns []string) {
	if len(patterns) >= awstable.BehaviorQuota {
		l.Addf(path, "must be at most %d, got %d: AWS allows %d behaviors, the default one included, unless the quota was raised "+
			"(TooManyCacheBehaviors); join patterns with * and ?", awstable.BehaviorQuota-1, len(patterns), awstable.BehaviorQuota)
	}
	for i, pattern := range patterns {
		at := fault.Index(path, i) + ".pathPattern"
		if err := BehaviorPath(pattern); err != nil {
			l.Check(at, err)
			continue
		}
		for j, earlier := range patterns[:i] {
			if BehaviorPath(earlier) != nil || !glob.Covers(RootedPattern(earlier), RootedPattern(pattern)) {
				continue
			}
			if RootedPattern(earlier) == RootedPattern(pattern) {
				l.Addf(at, "is a duplicate of %q at %s: remove one of the two", earlier, fault.Index(path, j))
			} else {
				l.Addf(at, "must not be covered by an earlier pattern, got %q after %q at %s, which would take all of its requests; "+
					"put the narrower pattern first", pattern, earlier, fault.Index(path, j))
			}
			break
		}
	}
}

// MatchesRoot says whether a behavior with the path pattern is for the path / too.
func MatchesRoot(pattern string) bool {
	return pattern != "" && glob.Match(RootedPattern(pattern), "/")
}

// FailoverStatuses records the faults of the statuses for which a second origin is asked:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
func FailoverStatuses(l *fault.List, path string, statuses []int) {
	if len(statuses) == 0 {
		l.Addf(path, "must not be empty: the second origin would never be asked; leave it out for 500, 502, 503 and 504")
	}
	for i, status := range statuses {
		at := fault.Index(path, i)
		if !slices.Contains(awstable.FailoverStatuses, status) {
			l.Addf(at, "must be one of %v, got %d", awstable.FailoverStatuses, status)
		}
		if slices.Contains(statuses[:i], status) {
			l.Addf(at, "is a duplicate of %d: remove it", status)
		}
	}
}
