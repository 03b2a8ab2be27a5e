package components

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/glob"
	"github.com/portico-iac/portico/requestpath"
)

// ErrorPageArgs is a page of the static content that viewers get in place of an error.
//
// It applies to the whole distribution: an error that the service answers with, an API for
// example, becomes the page too. Portico warns of that.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
type ErrorPageArgs struct {
	// Status of the error: 400, 403, 404, 405, 414, 416, 500, 501, 502, 503 or 504. Required.
	Status int `pulumi:"status"`

	// PagePath is where the page is, such as "/errors/404.html": a path that StaticContent
	// answers, since a page of the service that fails would fail with it. Required.
	PagePath string `pulumi:"pagePath"`

	// ResponseStatus is the status that viewers get with the page: 200 or one of those above.
	// With 200 search engines and monitoring take an error for a page. The paths of an
	// application of one page are no errors: see SinglePage of BehaviorArgs. Default: Status.
	ResponseStatus int `pulumi:"responseStatus"`

	// CachingSeconds is how long CloudFront keeps the error, and gives the page to every viewer
	// of the path without asking again: 0-31536000 s. Default: 0.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
	CachingSeconds *int `pulumi:"cachingSeconds"`
}

func errorPagesWithDefaults(given []ErrorPageArgs) []ErrorPageArgs {
	all := slices.Clone(given)
	for i := range all {
		all[i].CachingSeconds = cmp.Or(all[i].CachingSeconds, pulumi.IntRef(0))
		all[i].ResponseStatus = cmp.Or(all[i].ResponseStatus, all[i].Status)
	}
	return all
}

func (a *CloudFrontFrontArgs) validateErrorPages(l *fault.List) {
	for i, page := range a.ErrorPages {
		at := func(field string) string { return fault.Index("errorPages", i) + "." + field }
		l.Check(at("status"), awsrule.ErrorStatus(page.Status))
		if slices.ContainsFunc(a.ErrorPages[:i], func(o ErrorPageArgs) bool { return o.Status == page.Status }) {
			l.Addf(at("status"), "is a duplicate of %d: remove one of the two", page.Status)
		}
		if page.ResponseStatus != page.Status {
			l.Check(at("responseStatus"), awsrule.ErrorPageStatus(page.ResponseStatus))
		}
		l.Check(at("cachingSeconds"), awsrule.ErrorCaching(*page.CachingSeconds))
		if err := awsrule.ErrorPagePath(page.PagePath); err != nil {
			l.Check(at("pagePath"), err)
		} else if b := a.behaviorFor(page.PagePath); b != nil && !b.static() {
			l.Addf(at("pagePath"), "must be a path that static content answers, got %q, which the origin answers: when it fails, so does the page; "+
				"put the page into staticContent, and add a behavior for it with servedBy %q", page.PagePath, ServedByStaticContent)
		}
	}
}

// behaviorFor is the behavior of a path; nil where the one that applies is missing.
func (a *CloudFrontFrontArgs) behaviorFor(path string) *BehaviorArgs {
	for _, b := range a.Behaviors {
		if b != nil && glob.Match(awsrule.RootedPattern(b.PathPattern), path) {
			return b
		}
	}
	return a.DefaultBehavior
}

// warnOfErrorPages says that the errors of the service become pages too.
func (c *CloudFrontFront) warnOfErrorPages() {
	var become []string
	for _, page := range c.args.ErrorPages {
		become = append(become, fmt.Sprintf("%d becomes %s with %d", page.Status, page.PagePath, page.ResponseStatus))
	}
	if len(become) > 0 && c.args.asks(ServedByOrigin) {
		c.findings.warn(c.fault("errorPages", fmt.Errorf("apply to what the origin answers too, such as an API: %s; "+
			"for the paths of an application of one page set singlePage of their behavior", strings.Join(become, ", "))))
	}
}

// errorResponses are the pages, and that no other error is cached.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
func (a *CloudFrontFrontArgs) errorResponses() []requestpath.ErrorResponse {
	var all []requestpath.ErrorResponse
	for _, page := range a.ErrorPages {
		all = append(all, requestpath.ErrorResponse{
			Status: page.Status, MinTTLSeconds: *page.CachingSeconds, PagePath: page.PagePath, PageStatus: page.ResponseStatus,
		})
	}
	for _, status := range awstable.CachedErrors {
		if !slices.ContainsFunc(all, func(r requestpath.ErrorResponse) bool { return r.Status == status }) {
			all = append(all, requestpath.ErrorResponse{Status: status})
		}
	}
	slices.SortFunc(all, func(a, b requestpath.ErrorResponse) int { return a.Status - b.Status })
	return all
}

func (a *CloudFrontFrontArgs) customErrorResponses() cloudfront.DistributionCustomErrorResponseArray {
	var all cloudfront.DistributionCustomErrorResponseArray
	for _, r := range a.errorResponses() {
		out := cloudfront.DistributionCustomErrorResponseArgs{ErrorCode: pulumi.Int(r.Status), ErrorCachingMinTtl: pulumi.Int(r.MinTTLSeconds)}
		if r.PagePath != "" {
			out.ResponsePagePath, out.ResponseCode = pulumi.String(r.PagePath), pulumi.Int(r.PageStatus)
		}
		all = append(all, out)
	}
	return all
}
