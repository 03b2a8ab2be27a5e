// Package pathcases holds what is known about request paths as data: for each case
// a plan, a request, its outcome, and the source. The model is tested on them, and
// so is the local AWS, which carries the same traffic.
package pathcases

import (
	"cmp"
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

// Sources of cases. The letters are five write-ups of real systems: A an
// instance behind CloudFront and a load balancer, B Fargate behind both, C one
// instance behind a load balancer, D one instance behind CloudFront with TLS to the
// end, E private Fargate behind a load balancer. The others are documents.
const (
	SourceA         = "A"
	SourceB         = "B"
	SourceC         = "C"
	SourceD         = "D"
	SourceE         = "E"
	Source464       = "464"
	SourceDNS       = "DNS"
	SourceTLS       = "TLS"
	SourceViewer    = "CloudFront-viewer"
	SourceOrigin    = "CloudFront-origin"
	SourceVPCOrigin = "CloudFront-VPC-origin"
	SourceALB       = "ALB"
	SourceTargets   = "ALB-targets"
	SourceWAF       = "WAF"

	SourceS3         = "S3"
	SourceFailover   = "origin-groups"
	SourceErrorPages = "error-pages"
	SourceCaching    = "caching"
)

// Case is one request with its known outcome.
type Case struct {
	Source  string // one of the constants above
	Name    string // unique within the source
	URL     string // where it is written, when that is a page
	Plan    rp.Plan
	Request rp.Request
	Follow  bool         // follows redirects; Want is then about where they end
	Before  []rp.Request // sent before it, in a row
	Pass    int          // seconds that pass in between
	Want    Want
}

// Want is what is known about an outcome. Every string but Reason is compared only
// when it is given.
type Want struct {
	Status        int
	Reason        rp.Reason
	By            rp.HopKind
	SNI, XCache   string // the one sent to the distribution's origin, and the distribution's header
	Location      string
	Fact, Warning string // ids of the fact that decides, and of one that is warned of
	Field         string // the end of the path at which the fix is made
	Rule          string // the listener rule that decides
	Speaks        string // the HTTP version that the viewer and the first hop agree on
}

var (
	// reached is the answer of a target, ruled that of the target of the first rule.
	reached  = Want{Status: 200, By: rp.HopTarget}
	ruled    = Want{Status: 200, By: rp.HopTarget, Rule: "10"}
	notFound = unanswered(rp.NameNotFound, rp.HopDNS, "")
)

// failed is what the distribution answers when it cannot use its origin.
func failed(status int, fact string) Want {
	return Want{Status: status, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: fact}
}

// refused is what the load balancer answers in place of a target.
func refused(status int, fact string) Want {
	return Want{Status: status, By: rp.HopLoadBalancer, Fact: fact}
}

// unanswered is a request that gets no HTTP response.
func unanswered(reason rp.Reason, by rp.HopKind, fact string) Want {
	return Want{Reason: reason, By: by, Fact: fact}
}

func timedOut(by rp.HopKind, fact string) Want { return unanswered(rp.Timeout, by, fact) }

// at adds the field at which the fix is made.
func (w Want) at(field string) Want {
	w.Field = field
	return w
}

// warned adds the fact that is warned of.
func (w Want) warned(fact string) Want {
	w.Warning = fact
	return w
}

// named adds the SNI that is sent to the distribution's origin.
func (w Want) named(sni string) Want {
	w.SNI = sni
	return w
}

// All are all cases, in the order of their sources.
func All() []Case {
	return slices.Concat(
		sourceA(), sourceB(), sourceC(), sourceD(), sourceE(), table464(),
		dnsCases(), tlsCases(), viewerCases(), originCases(), vpcOriginCases(), listenerCases(), targetCases(), webACLCases(),
		geoCases(),
		bucketCases(), failoverCases(), errorPageCases(), cachingCases(),
		functionCases(),
	)
}

// is is one case, without following redirects.
func is(name string, plan rp.Plan, request rp.Request, want Want) Case {
	return Case{Name: name, Plan: plan, Request: request, Want: want}
}

// ends is a case that follows redirects.
func ends(name string, plan rp.Plan, request rp.Request, want Want) Case {
	return Case{Name: name, Plan: plan, Request: request, Follow: true, Want: want}
}

// on names the page on which the case is written, when it is not that of the cases
// beside it.
func (c Case) on(url string) Case {
	c.URL = url
	return c
}

// from fills in what cases share. A request is for the viewers' name unless it names
// another.
func from(source, url string, list ...Case) []Case {
	for i := range list {
		list[i].Source, list[i].URL = source, cmp.Or(list[i].URL, url)
		list[i].Request.Name = cmp.Or(list[i].Request.Name, viewerName)
		for j := range list[i].Before {
			list[i].Before[j].Name = cmp.Or(list[i].Before[j].Name, viewerName)
		}
	}
	return list
}

const (
	cloudFront      = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
	elb             = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
	troubleshooting = elb + "load-balancer-troubleshooting.html"
)
