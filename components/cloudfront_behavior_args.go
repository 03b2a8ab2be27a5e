package components

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// Values of BehaviorArgs.ServedBy and FailoverArgs.To.
const (
	// ServedByOrigin: Origin, or what OriginDomainName leads to, answers.
	ServedByOrigin = "origin"
	// ServedByStaticContent: the bucket of StaticContent answers.
	ServedByStaticContent = "static-content"
)

// BehaviorArgs is how a distribution treats the requests for some paths.
type BehaviorArgs struct {
	// PathPattern is the paths that the behavior is for, such as "/assets/*": * stands for
	// any characters, slashes too, ? for exactly one; case counts, the query does not. At
	// most 255 characters. An earlier pattern must not cover it, and it must not match every
	// path. Required in Behaviors, refused in DefaultBehavior.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
	PathPattern string `pulumi:"pathPattern"`

	// ServedBy is what answers: "origin", or "static-content", the bucket of StaticContent.
	// The bucket answers GET and HEAD, and gets nothing of the viewer's request but the path
	// and what Caching has in its key; never Host, which S3 would refuse. Default: "origin".
	ServedBy string `pulumi:"servedBy"`

	// Failover asks what else there is if ServedBy fails. AWS then allows GET, HEAD and
	// OPTIONS alone: other methods get 403. It must not be set beside ForwardHostHeader, since
	// S3 refuses the viewer's Host. Default: none; an error stays one.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
	Failover *FailoverArgs `pulumi:"failover"`

	// Caching says what CloudFront answers without asking again. Default: nothing is cached
	// of the origin, also not where it fails over or is failed over to; of static content
	// alone everything is, for a day unless the file's Cache-Control says how long.
	Caching *CachingArgs `pulumi:"caching"`

	// Compress lets CloudFront compress answers with gzip or Brotli for viewers that take it:
	// text, scripts, styles, JSON and so on, of 1,000 to 10,000,000 bytes. It takes caching,
	// since AWS compresses only what it caches. Default: true where something is cached.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
	Compress *bool `pulumi:"compress"`

	// SinglePage is the file that answers the paths of an application of one page, which the
	// browser interprets, such as "/index.html": the bucket is asked for it in place of each
	// path whose last part has no dot, such as /shop/42. Not in place of /, which is
	// DefaultRootObject, nor below /.well-known/, nor of files, whose names have a dot: one
	// that is missing stays 404. Other behaviors, such as that of an API, stay as they are.
	// Viewers see the path that they asked for. It takes static content alone, without
	// failover. Default: none; a path that is no file is 404.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/example_cloudfront_functions_url_rewrite_single_page_apps_section.html
	SinglePage string `pulumi:"singlePage"`

	// Functions are CloudFront functions that the behavior runs, one for each event. Default:
	// none beside that of Redirects or SinglePage.
	Functions []FunctionArgs `pulumi:"functions"`
}

// FailoverArgs is when CloudFront asks a second origin, and which one.
type FailoverArgs struct {
	// To is asked in place of ServedBy: "origin" or "static-content". Default: the one that
	// ServedBy is not.
	To string `pulumi:"to"`

	// Statuses are those of ServedBy for which To is asked: 400, 403, 404, 416, 429, 500,
	// 502, 503 or 504. If it cannot be reached, To is asked for 502, 503 and 504. Default:
	// 500, 502, 503 and 504.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
	Statuses []int `pulumi:"statuses"`
}

func (a BehaviorArgs) withDefaults() *BehaviorArgs {
	a.ServedBy = cmp.Or(a.ServedBy, ServedByOrigin)
	if a.Failover != nil {
		failover := *a.Failover
		failover.To = cmp.Or(failover.To, otherServer(a.ServedBy))
		if failover.Statuses == nil {
			failover.Statuses = []int{500, 502, 503, 504}
		}
		a.Failover = &failover
	}
	usual := CachingDisabled
	if a.static() {
		usual = CachingOptimized
	}
	a.Caching = cmp.Or(a.Caching, &CachingArgs{}).withDefaults(usual)
	return &a
}

func otherServer(servedBy string) string {
	if servedBy == ServedByOrigin {
		return ServedByStaticContent
	}
	return ServedByOrigin
}

// asks says whether the behavior asks one of the servers, at first or after a failure.
func (a *BehaviorArgs) asks(server string) bool {
	return a.ServedBy == server || a.Failover != nil && a.Failover.To == server
}

// static says whether only static content answers.
func (a *BehaviorArgs) static() bool { return !a.asks(ServedByOrigin) }

// methods are those that the behavior allows.
func (a *BehaviorArgs) methods() []string {
	switch {
	case a.Failover != nil:
		return awstable.FailoverMethods
	case a.static():
		return awstable.ReadMethods
	}
	return awstable.DistributionMethods
}

// behaviorsWithDefaults are a distribution's behaviors with their defaults; nil among them
// stays nil, to be refused.
func behaviorsWithDefaults(given []*BehaviorArgs, last *BehaviorArgs) ([]*BehaviorArgs, *BehaviorArgs) {
	all := make([]*BehaviorArgs, len(given))
	for i, b := range given {
		if b != nil {
			all[i] = b.withDefaults()
		}
	}
	return all, cmp.Or(last, &BehaviorArgs{}).withDefaults()
}

// asks says whether any behavior asks one of the servers.
func (a *CloudFrontFrontArgs) asks(server string) bool {
	return slices.ContainsFunc(a.allBehaviors(), func(b *BehaviorArgs) bool { return b != nil && b.asks(server) })
}

// validateBehaviors records the faults of every behavior.
func (a *CloudFrontFrontArgs) validateBehaviors(l *fault.List) {
	patterns := make([]string, len(a.Behaviors))
	for i, b := range a.Behaviors {
		if b != nil {
			patterns[i] = b.PathPattern
			a.validateBehavior(l, fault.Index("behaviors", i), b)
		}
	}
	awsrule.BehaviorPaths(l, "behaviors", patterns)
	if pattern := a.DefaultBehavior.PathPattern; pattern != "" {
		l.Addf("defaultBehavior.pathPattern", "must not be set, got %q: the default behavior is for every path that no pattern matches; "+
			"put it among behaviors", pattern)
	}
	a.validateBehavior(l, "defaultBehavior", a.DefaultBehavior)
	a.validateServers(l)
}

// validateBehavior records the faults of one behavior, the one at path.
func (a *CloudFrontFrontArgs) validateBehavior(l *fault.List, path string, b *BehaviorArgs) {
	b.Caching.validate(l, path+".caching", a.ForwardHostHeader && !b.static())
	l.Check(path+".compress", b.checkCompress())
	a.validateFunctions(l, path, b)
	servers := []string{ServedByOrigin, ServedByStaticContent}
	l.Check(path+".servedBy", awsrule.OneOf(b.ServedBy, servers...))
	if b.asks(ServedByStaticContent) {
		a.validateStatic(l, path, b)
	}
	if b.SinglePage != "" {
		l.Check(path+".singlePage", b.checkSinglePage())
	}
	if b.Failover == nil {
		return
	}
	if err := awsrule.OneOf(b.Failover.To, servers...); err != nil {
		l.Check(path+".failover.to", err)
	} else if b.Failover.To == b.ServedBy {
		l.Addf(path+".failover.to", "must differ from servedBy, got %q for both: name %q, or leave it out", b.ServedBy, otherServer(b.ServedBy))
	}
	awsrule.FailoverStatuses(l, path+".failover.statuses", b.Failover.Statuses)
	if a.ForwardHostHeader {
		l.Addf(path+".failover", "must not be set beside forwardHostHeader: both origins get the same headers, and S3 would answer 404 or 403 "+
			"to the viewer's Host; leave out one of them")
	}
}

// checkSinglePage refuses a page that is none, and one in place of the service's paths.
func (a *BehaviorArgs) checkSinglePage() error {
	if a.static() {
		return awsrule.PagePath(a.SinglePage)
	}
	return fmt.Errorf("must be left out where the origin answers, got %q: it would be asked for that in place of its own paths; "+
		"set servedBy to %q, without failover", a.SinglePage, ServedByStaticContent)
}

// validateStatic records the faults of a behavior that asks the bucket.
func (a *CloudFrontFrontArgs) validateStatic(l *fault.List, path string, b *BehaviorArgs) {
	if a.StaticContent == nil {
		field := ".servedBy"
		if b.ServedBy != ServedByStaticContent {
			field = ".failover"
		}
		l.Addf(path+field, "needs staticContent, the files to serve: give a StaticContent, or leave it out")
	}
	if b.static() {
		b.Caching.validateForStatic(l, path+".caching")
	}
	if a.DefaultRootObject == "" && (b == a.DefaultBehavior || awsrule.MatchesRoot(b.PathPattern)) {
		l.Addf("defaultRootObject", "is required since %s asks the bucket for / too: viewers would get the list of its objects; "+
			"set it to index.html", path)
	}
}

// validateServers records what no behavior asks, and static content that another
// distribution serves.
func (a *CloudFrontFrontArgs) validateServers(l *fault.List) {
	groups := len(a.originGroups())
	if groups > awstable.OriginGroupQuota {
		l.Addf("behaviors", "must have at most %d different failovers, got %d (TooManyOriginGroupsPerDistribution); give some the same statuses",
			awstable.OriginGroupQuota, groups)
	}
	if a.StaticContent == nil {
		return
	}
	if !a.asks(ServedByStaticContent) {
		l.Addf("staticContent", "must be asked by some behavior: set servedBy of one to %q, or leave it out", ServedByStaticContent)
	}
	if !a.asks(ServedByOrigin) {
		l.Addf("defaultBehavior.servedBy", "must leave some paths to the origin, got %q for all: add a behavior for its paths, such as /api/*",
			ServedByStaticContent)
	}
}
