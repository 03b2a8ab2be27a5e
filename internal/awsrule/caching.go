package awsrule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// AnyName stands for every query string or cookie of a request.
const AnyName = "*"

// CacheTimes records the faults of the times of a cache policy, in seconds, under the
// paths min, usual and most:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
func CacheTimes(l *fault.List, minPath, usualPath, mostPath string, least, usual, most int) {
	for _, time := range []struct {
		path    string
		seconds int
	}{{minPath, least}, {usualPath, usual}, {mostPath, most}} {
		if time.seconds < 0 || time.seconds > awstable.LongestTTLSeconds {
			l.Addf(time.path, "must be 0-%d seconds (100 years), got %d", awstable.LongestTTLSeconds, time.seconds)
			return
		}
	}
	switch {
	case most == 0:
		l.Addf(mostPath, "must be more than 0, with which nothing is cached; use the policy \"disabled\" for that")
	case least > usual:
		l.Addf(minPath, "must be at most the default time to live of %d s, got %d", usual, least)
	case usual > most:
		l.Addf(usualPath, "must be at most the longest time to live of %d s, got %d", most, usual)
	}
}

// CacheNames records the faults of the names of query strings or cookies in a cache key,
// of which AnyName alone stands for all:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func CacheNames(l *fault.List, path string, names []string) {
	if slices.Contains(names, AnyName) {
		if len(names) > 1 {
			l.Addf(path, "must be \"*\" alone, which stands for all, or names without it, got %s", strings.Join(names, ", "))
		}
		return
	}
	cacheKeyNames(l, path, names, cacheName, "a name without spaces and any of * , ; = &")
}

var (
	cacheName  = regexp.MustCompile(`^[!-~]{1,128}$`)
	notInNames = regexp.MustCompile(`[*,;=&]`)
	headerForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'+.^_`|~-]{1,256}$")
)

// CacheHeaders records the faults of the headers in a cache key:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
func CacheHeaders(l *fault.List, path string, names []string) {
	cacheKeyNames(l, path, names, headerForm, "the name of a header")
	for i, name := range names {
		switch strings.ToLower(name) {
		case "cookie":
			l.Addf(fault.Index(path, i), "must not be Cookie: name the cookies of the key in cookies")
		case "accept-encoding":
			l.Addf(fault.Index(path, i), "must not be Accept-Encoding, which is always in the key, reduced to gzip and br")
		}
	}
}

func cacheKeyNames(l *fault.List, path string, names []string, form *regexp.Regexp, says string) {
	if len(names) > awstable.MostNamesPerPolicy {
		l.Addf(path, "must be at most %d names, got %d", awstable.MostNamesPerPolicy, len(names))
	}
	seen := map[string]bool{}
	for i, name := range names {
		switch {
		case !form.MatchString(name) || notInNames.MatchString(name):
			l.Addf(fault.Index(path, i), "must be %s, got %q", says, name)
		case seen[name]:
			l.Addf(fault.Index(path, i), "must be named once, got %q twice", name)
		}
		seen[name] = true
	}
}

// FunctionCode refuses code that CloudFront does not take as a function, or that has none
// of the name that it calls:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func FunctionCode(code string) error {
	if len(code) > awstable.MostFunctionBytes {
		return fmt.Errorf("must have at most %d bytes, got %d: AWS would answer FunctionSizeLimitExceeded; take comments out", awstable.MostFunctionBytes, len(code))
	}
	return unless(strings.Contains(code, "handler"), "must have a function named handler, which CloudFront calls with the event")
}

var functionARN = regexp.MustCompile(`^arn:aws[a-z-]*:cloudfront::\d{12}:function/[A-Za-z0-9_-]{1,64}$`)

// FunctionARN refuses what is not the ARN of a CloudFront function:
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_FunctionAssociation.html
func FunctionARN(arn string) error {
	return unless(functionARN.MatchString(arn), "must be the ARN of a CloudFront function, arn:aws:cloudfront::ACCOUNT:function/NAME, got %q; "+
		"Lambda functions are not supported", arn)
}
