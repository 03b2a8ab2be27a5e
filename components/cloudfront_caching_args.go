package components

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// Policies of CachingArgs.
const (
	CachingDisabled      = "disabled"
	CachingOptimized     = "optimized"
	CachingOriginHeaders = "origin-headers"
	CachingOwn           = "own"
)

// CachingArgs says what of a behavior's answers CloudFront gives to other viewers too, and
// for how long. Requests with the same cache key get the same answer.
//
// With anything but "disabled" the service receives only what is in the cache key, unless
// ForwardAll says otherwise: what it does not receive cannot make its answer one viewer's
// own. Of a request for / without anything in the key it sees the path.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html
type CachingArgs struct {
	// Policy is one of four. "disabled": nothing is cached, and the service receives
	// everything. "optimized": AWS's CachingOptimized, of which the key is the path alone;
	// answers are kept for a day unless the origin says how long, and for a second even if it
	// forbids that. "origin-headers": answers are kept as long as the origin's Cache-Control
	// or Expires says, and not at all without them; all query strings, all cookies and the
	// headers Authorization and Origin are in the key; not for static content alone. "own":
	// the times and names below, as a cache policy of its own, of which an account can have 20;
	// without them answers are kept as long as the origin says, and the key is the path.
	//
	// Default: "own" if one of the fields below is set, else "disabled", and "optimized" for
	// what static content alone answers.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
	Policy string `pulumi:"policy"`

	// MinTtlSeconds is how long an answer is kept at least, also if the origin forbids it, in
	// seconds: 0-3153600000. Of the service it must be 0 while cookies or Authorization are in the key: an
	// answer that sets a cookie would be kept. At most DefaultTtlSeconds. Default: 0.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
	MinTtlSeconds *int `pulumi:"minTtlSeconds"`

	// DefaultTtlSeconds is how long an answer is kept of which the origin says nothing, in
	// seconds: 0-3153600000, at most MaxTtlSeconds. Default: MinTtlSeconds.
	DefaultTtlSeconds *int `pulumi:"defaultTtlSeconds"`

	// MaxTtlSeconds is how long an answer is kept at most, in seconds: 1-3153600000. Default:
	// 31536000, a year, and at least DefaultTtlSeconds.
	MaxTtlSeconds int `pulumi:"maxTtlSeconds"`

	// QueryStrings are the names of the query strings in the key, at most 10, or "*" for all,
	// except for static content alone. Default: none; the service does not receive any.
	QueryStrings []string `pulumi:"queryStrings"`

	// Cookies are the names of the cookies in the key, at most 10, or "*" for all; not for
	// static content alone. Default: none; the service does not receive any, and CloudFront
	// takes Set-Cookie out of answers.
	Cookies []string `pulumi:"cookies"`

	// Headers are the names of the headers in the key, at most 10. Host must not be among
	// them: ForwardHostHeader of the distribution puts it there. Default: none.
	Headers []string `pulumi:"headers"`

	// ForwardAll also sends the service what is not in the key. It is refused unless all query
	// strings, all cookies and Authorization are in the key: viewers would get each other's
	// answers. Default: false.
	ForwardAll bool `pulumi:"forwardAll"`
}

// secondsOfAYear is the default of MaxTtlSeconds, which is AWS's too.
const secondsOfAYear = 31536000

// hasOwn says whether one of the settings of an own policy is given.
func (a *CachingArgs) hasOwn() bool {
	return a.MinTtlSeconds != nil || a.DefaultTtlSeconds != nil || a.MaxTtlSeconds != 0 ||
		a.QueryStrings != nil || a.Cookies != nil || a.Headers != nil
}

// withDefaults takes the policy that is usual for what the behavior asks.
func (a CachingArgs) withDefaults(usual string) *CachingArgs {
	if a.Policy == "" {
		a.Policy = usual
		if a.hasOwn() {
			a.Policy = CachingOwn
		}
	}
	if a.Policy == CachingOwn {
		a.MinTtlSeconds = cmp.Or(a.MinTtlSeconds, pulumi.IntRef(0))
		a.DefaultTtlSeconds = cmp.Or(a.DefaultTtlSeconds, a.MinTtlSeconds)
		a.MaxTtlSeconds = cmp.Or(a.MaxTtlSeconds, max(*a.DefaultTtlSeconds, secondsOfAYear))
	}
	return &a
}

// validate records the faults of a behavior's caching. forwardsHost says that the service
// receives the viewers' Host header.
func (a *CachingArgs) validate(l *fault.List, path string, forwardsHost bool) {
	at := func(field string) string { return path + "." + field }
	l.Check(at("policy"), awsrule.OneOf(a.Policy, CachingDisabled, CachingOptimized, CachingOriginHeaders, CachingOwn))
	if a.Policy != CachingOwn {
		if a.hasOwn() {
			l.Addf(at("policy"), "must be \"own\" or left out with times or names of the cache key, got %q, which has its own", a.Policy)
		}
	} else {
		a.validateOwn(l, at)
	}
	if a.Policy == CachingOptimized && forwardsHost {
		l.Addf(at("policy"), "must not be %q with forwardHostHeader: the service would answer for one name what viewers of another get; "+
			"use \"own\", which puts Host into the cache key", a.Policy)
	}
	if a.Policy == CachingDisabled && a.ForwardAll {
		l.Addf(at("forwardAll"), "must be left out where nothing is cached: everything is forwarded in any case")
	}
	if missing := a.key().unsafeToForwardAll(); a.ForwardAll && a.Policy != CachingDisabled && len(missing) > 0 {
		l.Addf(at("forwardAll"), "must be false, got true: the service would receive %s, which are not in the cache key, "+
			"and viewers would get each other's answers; put them into the key, or cache nothing", strings.Join(missing, " and "))
	}
}

func (a *CachingArgs) validateOwn(l *fault.List, at func(string) string) {
	awsrule.CacheTimes(l, at("minTtlSeconds"), at("defaultTtlSeconds"), at("maxTtlSeconds"), *a.MinTtlSeconds, *a.DefaultTtlSeconds, a.MaxTtlSeconds)
	awsrule.CacheNames(l, at("queryStrings"), a.QueryStrings)
	awsrule.CacheNames(l, at("cookies"), a.Cookies)
	awsrule.CacheHeaders(l, at("headers"), a.Headers)
	if i := slices.IndexFunc(a.Headers, isHeader("Host")); i >= 0 {
		l.Addf(fault.Index(at("headers"), i), "must not be Host, which CloudFront would send to the origin: "+
			"set forwardHostHeader of the distribution, which puts it into the key too")
	}
	if a.key().isPersonal() && *a.MinTtlSeconds > 0 {
		l.Addf(at("minTtlSeconds"), "must be 0 with cookies or Authorization in the cache key, got %d: CloudFront would keep answers "+
			"that set a cookie, or that the service forbids to keep; let the service say how long", *a.MinTtlSeconds)
	}
}

// validateForStatic records what must not be in the key of static content, and so be sent to
// S3: S3 knows no cookies and no Authorization but CloudFront's, and with all query strings
// come those by which viewers choose the headers of the answer.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func (a *CachingArgs) validateForStatic(l *fault.List, path string) {
	const alone = "where static content alone answers"
	if a.ForwardAll {
		l.Addf(path+".forwardAll", "must be left out, got true: S3 needs nothing of the viewer's request but the path")
	}
	if a.Policy == CachingOriginHeaders {
		l.Addf(path+".policy", "must not be %q %s: the same file would be kept once for each cookie and query; "+
			"use %q, which keeps files as long as their Cache-Control says too", a.Policy, alone, CachingOwn)
	}
	if len(a.Cookies) > 0 {
		l.Addf(path+".cookies", "must be left out %s, got %s: S3 knows no cookies, and the same file would be kept once for each", alone, strings.Join(a.Cookies, ", "))
	}
	if i := slices.IndexFunc(a.Headers, isHeader("Authorization")); i >= 0 {
		l.Addf(fault.Index(path+".headers", i), "must not be Authorization %s: S3 gets CloudFront's own, and files are the same for every viewer", alone)
	}
	if slices.Contains(a.QueryStrings, awsrule.AnyName) {
		l.Addf(path+".queryStrings", "must name the query strings %s, got %q: with response-content-type and others "+
			"viewers choose what S3 answers, which CloudFront would keep", alone, awsrule.AnyName)
	}
}

// cacheKey is what of a request is in a cache key, beside the path.
type cacheKey struct{ queryStrings, cookies, headers []string }

// key is that of the policy, without Host.
func (a *CachingArgs) key() cacheKey {
	switch a.Policy {
	case CachingOriginHeaders:
		return cacheKey{[]string{awsrule.AnyName}, []string{awsrule.AnyName}, []string{"Authorization", "Origin"}}
	case CachingOwn:
		return cacheKey{a.QueryStrings, a.Cookies, a.Headers}
	}
	return cacheKey{}
}

// isPersonal says whether the key has what tells viewers apart.
func (k cacheKey) isPersonal() bool {
	return len(k.cookies) > 0 || slices.ContainsFunc(k.headers, isHeader("Authorization"))
}

// unsafeToForwardAll is what the service would make different answers of, and the key lacks.
func (k cacheKey) unsafeToForwardAll() []string {
	var missing []string
	if !slices.Contains(k.cookies, awsrule.AnyName) {
		missing = append(missing, "cookies")
	}
	if !slices.ContainsFunc(k.headers, isHeader("Authorization")) {
		missing = append(missing, "Authorization headers")
	}
	if !slices.Contains(k.queryStrings, awsrule.AnyName) {
		missing = append(missing, "query strings")
	}
	return missing
}

func isHeader(name string) func(string) bool {
	return func(other string) bool { return strings.EqualFold(name, other) }
}
