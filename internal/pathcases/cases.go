// Package pathcases holds what is known about request paths as data: for each case
// a plan, a request, its outcome, and the source. The model is tested on them, and
// so is the local AWS, which carries the same traffic.
package pathcases

import (
	"cmp"

	"github.com/portico-iac/portico/requestpath"
)

// Sources of cases. The letters are five write-ups of real systems: A an
// instance behind CloudFront and a balancer, B Fargate behind both, C one
// instance behind a balancer, D one instance behind CloudFront with TLS to the
// end, E private Fargate behind a balancer. The others are documents.
const (
	SourceA       = "A"
	SourceB       = "B"
	SourceC       = "C"
	SourceD       = "D"
	SourceE       = "E"
	Source464     = "464"
	SourceDNS     = "DNS"
	SourceTLS     = "TLS"
	SourceViewer  = "CloudFront-viewer"
	SourceOrigin  = "CloudFront-origin"
	SourceALB     = "ALB"
	SourceTargets = "ALB-targets"
)

// Case is one request with its known outcome.
type Case struct {
	// Source is one of the constants above, Name is unique within it, and URL is
	// where it is written, when that is a page.
	Source, Name, URL string
	Plan              requestpath.Plan
	Request           requestpath.Request
	// Follow follows redirects; Want is then about where they end.
	Follow bool
	Want   Want
}

// Want is what is known about an outcome.
type Want struct {
	Status int
	Reason requestpath.Reason
	By     requestpath.HopKind
	// SNI is the one sent to the edge's origin, XCache the edge's header. Every
	// string but Reason is compared only when it is given.
	SNI, XCache, Location string
	// Fact is the id of the fact that decides, Warning that of a fact that is
	// warned of, Field the end of the path at which the fix is made.
	Fact, Warning, Field string
	// Rule is the listener rule that decides.
	Rule string
	// Speaks is the HTTP version that the viewer and the first hop agree on.
	Speaks string
}

var (
	// reached is the answer of a target, ruled that of the target of the first rule.
	reached  = Want{Status: 200, By: requestpath.HopTarget}
	ruled    = Want{Status: 200, By: requestpath.HopTarget, Rule: "10"}
	notFound = Want{Reason: requestpath.NameNotFound, By: requestpath.HopDNS}
)

// failed is what the edge answers when it cannot use its origin.
func failed(status int, fact string) Want {
	return Want{Status: status, By: requestpath.HopEdge, XCache: requestpath.XCacheError, Fact: fact}
}

// refused is what the balancer answers in place of a target.
func refused(status int, fact string) Want {
	return Want{Status: status, By: requestpath.HopBalancer, Fact: fact}
}

func timedOut(by requestpath.HopKind, fact string) Want {
	return Want{Reason: requestpath.Timeout, By: by, Fact: fact}
}

// All are all cases, in the order of their sources.
func All() []Case {
	var all []Case
	for _, list := range [][]Case{
		sourceA(), sourceB(), sourceC(), sourceD(), sourceE(), table464(),
		dnsCases(), tlsCases(), viewerCases(), originCases(), listenerCases(), targetCases(),
	} {
		all = append(all, list...)
	}
	return all
}

// from fills in what the cases of one source share. A request is for the viewers'
// name unless it names another.
func from(source, url string, list ...Case) []Case {
	for i := range list {
		list[i].Source = source
		list[i].URL = cmp.Or(list[i].URL, url)
		list[i].Request.Name = cmp.Or(list[i].Request.Name, viewerName)
	}
	return list
}

const (
	cloudFront      = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
	elb             = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
	troubleshooting = elb + "load-balancer-troubleshooting.html"
)
