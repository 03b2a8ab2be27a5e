package components

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/edgefunction"
	"github.com/portico-iac/portico/internal/fault"
)

// Events of FunctionArgs.
const (
	FunctionViewerRequest  = "viewer-request"
	FunctionViewerResponse = "viewer-response"
)

// FunctionArgs is a CloudFront function that a behavior runs. What it does with requests
// is not checked beforehand.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-functions.html
type FunctionArgs struct {
	// Event is when it runs: "viewer-request", before the cache is asked, or
	// "viewer-response", before the viewer gets the answer, unless its status is 400 or more.
	// A behavior runs one function for each. Required.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
	Event string `pulumi:"event"`

	// Arn is that of an existing function, of which a version is published. Required unless
	// Code is given.
	Arn pulumi.StringInput `pulumi:"arn"`

	// Code is JavaScript for the runtime cloudfront-js-2.0 with a function named handler, at
	// most 10 KB. A function is made of it. Required unless Arn is given.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
	Code string `pulumi:"code"`
}

// Values of RedirectsArgs.
const (
	WwwToApex           = "to-apex"
	WwwToWww            = "to-www"
	TrailingSlashAdd    = edgefunction.AddSlash
	TrailingSlashRemove = edgefunction.RemoveSlash
)

// RedirectsArgs are redirects of the distribution's own. A function makes them, for every
// behavior: one redirect to https with the query, 301 for GET and HEAD, 308 for other
// methods, which keeps method and body. Browsers may keep it for an hour.
type RedirectsArgs struct {
	// Www is "to-apex", which redirects www.example.com to example.com, or "to-www", the
	// reverse, for every pair of such names in Aliases, of which there must be one. Default:
	// none.
	Www string `pulumi:"www"`

	// TrailingSlash is "add", which redirects /docs to /docs/ unless its last part has a dot,
	// or "remove", which redirects /docs/ to /docs. What begins with /.well-known/ stays as it
	// is. Default: none.
	TrailingSlash string `pulumi:"trailingSlash"`
}

// names are the names for which viewers are redirected, and where to.
func (a *RedirectsArgs) names(aliases []string) map[string]string {
	all := map[string]string{}
	for _, apex := range aliases {
		www := "www." + apex
		if !slices.Contains(aliases, www) {
			continue
		}
		switch a.Www {
		case WwwToApex:
			all[www] = apex
		case WwwToWww:
			all[apex] = www
		}
	}
	return all
}

// redirectRules are those of the function that makes the redirects.
func (a *CloudFrontFrontArgs) redirectRules() edgefunction.Rules {
	if a.Redirects == nil {
		return edgefunction.Rules{}
	}
	return edgefunction.Rules{Names: a.Redirects.names(a.Aliases), TrailingSlash: a.Redirects.TrailingSlash}
}

// rulesOf are those of the function of Portico's own that a behavior runs.
func (a *CloudFrontFrontArgs) rulesOf(b *BehaviorArgs) edgefunction.Rules {
	rules := a.redirectRules()
	rules.SinglePage = b.SinglePage
	return rules
}

func (a *CloudFrontFrontArgs) validateRedirects(l *fault.List) {
	r := a.Redirects
	if r == nil {
		return
	}
	if *r == (RedirectsArgs{}) {
		l.Addf("redirects", "must say which: set www or trailingSlash, or leave redirects out")
		return
	}
	if r.Www != "" {
		l.Check("redirects.www", awsrule.OneOf(r.Www, WwwToApex, WwwToWww))
		l.Check("redirects.www", r.checkNames(a.Aliases))
	}
	if r.TrailingSlash != "" {
		l.Check("redirects.trailingSlash", awsrule.OneOf(r.TrailingSlash, TrailingSlashAdd, TrailingSlashRemove))
	}
}

// checkNames refuses redirects of which one end is no name of the distribution: nothing
// would answer there.
func (a *RedirectsArgs) checkNames(aliases []string) error {
	if a.Www != WwwToApex && a.Www != WwwToWww || len(a.names(aliases)) > 0 {
		return nil
	}
	if len(aliases) == 0 {
		return fmt.Errorf("must be left out without aliases, got %q; give the distribution a domain", a.Www)
	}
	return fmt.Errorf("must be left out unless a name and the same with www. are among aliases, got %q and the aliases %s: "+
		"viewers would be redirected to a name that nothing answers; add the other one to aliases and domain", a.Www, strings.Join(aliases, ", "))
}

// validateFunctions records the faults of a behavior's functions.
func (a *CloudFrontFrontArgs) validateFunctions(l *fault.List, path string, b *BehaviorArgs) {
	seen := map[string]bool{}
	for i, f := range b.Functions {
		at := fault.Index(path+".functions", i)
		l.Check(at+".event", awsrule.OneOf(f.Event, FunctionViewerRequest, FunctionViewerResponse))
		if seen[f.Event] {
			l.Addf(at+".event", "is a duplicate of %q: a behavior runs one function for each event; join the two", f.Event)
		}
		seen[f.Event] = true
		if f.Event == FunctionViewerRequest && !a.redirectRules().IsZero() {
			l.Addf(at+".event", "must not be %q with redirects, which are a function for that event, of which a behavior runs one; "+
				"leave out redirects, or make them in the function", f.Event)
		}
		if f.Event == FunctionViewerRequest && b.SinglePage != "" {
			l.Addf(at+".event", "must not be %q with singlePage, which is a function for that event, of which a behavior runs one; "+
				"leave out singlePage, or change the paths in the function", f.Event)
		}
		arn, known := literal(f.Arn)
		switch {
		case f.Arn == nil && f.Code == "":
			l.Addf(at+".code", "or arn is required: the function to run")
		case f.Arn != nil && f.Code != "":
			l.Addf(at+".code", "must not be given beside arn; leave out one of them")
		case known:
			l.Check(at+".arn", awsrule.FunctionARN(arn))
		case f.Code != "":
			l.Check(at+".code", awsrule.FunctionCode(f.Code))
		}
	}
}
