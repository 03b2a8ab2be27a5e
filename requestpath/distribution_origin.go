package requestpath

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
)

// toOrigin passes the request on to the behaviour's origin, and what comes back. Of a group
// the secondary origin is asked when the primary one fails.
func (w *walker) toOrigin(h *Hop, c call, e *Distribution, b *Behavior) *answer {
	f, ok := e.fetch(b)
	if !ok {
		h.Decision = "asks an origin that is not described"
		return h.undescribed(fieldOf(b.field(e), "origin"), "origin "+b.Origin)
	}
	if a := w.fromCache(h, c, e, b); a != nil {
		return a
	}
	a, failure := w.ask(h, c, f)
	if next, fails := f.failover(c, failure); fails && !a.final() {
		if next.origin == nil {
			return h.undescribed(part("distributions", e.Name)+".originGroups", "the secondary origin")
		}
		w.warnOfFailover(f, next, a)
		h.Decision += fmt.Sprintf(", which counts as a failure (%d); then ", failure)
		a, _ = w.ask(h, c, next)
	}
	w.keep(c, e, b, a)
	return a
}

// ask sends the request to one origin. The failure is the status by which an origin group
// judges the answer.
func (w *walker) ask(h *Hop, c call, f fetch) (a *answer, failure int) {
	out := f.call(c)
	h.Decision += fmt.Sprintf("sends %s to %s:%d over %s, Host %s",
		out.version, out.dialled, out.port, strings.ToUpper(out.scheme), out.host)
	if c.version == GRPC && out.version != GRPC {
		w.warn(factDistributionGRPC, nil, "the gRPC call goes on as HTTP/1.1: that takes gRPC enabled on the distribution, POST, and HTTPS to the origin")
	}
	a = w.send(out)
	if a.final() {
		return a, 0
	}
	unreached := slices.Contains([]Reason{NameNotFound, Timeout, Refused}, a.Reason)
	if a.Status == 0 {
		a = w.originFailed(h, f, a)
	}
	if a.delay > f.origin.ReadTimeoutSeconds {
		a = originSlow(h, f, a.delay)
	}
	a.XCache = XCacheMiss
	if a.Status >= 400 {
		a.XCache = XCacheError
	}
	w.warnOfLeak(c, out, a)
	if unreached {
		return a, http.StatusServiceUnavailable
	}
	return a, a.Status
}

// warnOfLeak speaks up when a redirect leads viewers to the name that the origin was
// asked for, which is not the one that they know.
// Inferred: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (w *walker) warnOfLeak(viewer, asked call, a *answer) {
	to, err := url.Parse(a.Location)
	if err != nil || a.Location == "" {
		return
	}
	name := dnsname.Normalise(to.Hostname())
	if name == dnsname.Normalise(asked.host) && name != dnsname.Normalise(hostname(viewer.host)) {
		w.warn(factRedirectLeak, nil, "the origin redirects viewers to its own name, %s, which it takes from the Host header that it receives", asked.host)
	}
}

// call is the request that CloudFront makes of the viewer's.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (f fetch) call(c call) call {
	o, b := f.origin, f.behavior
	out := call{
		from:   f.sender(),
		scheme: o.scheme(c.scheme), dialled: o.DomainName, host: o.DomainName, method: c.method,
		path: o.Path + f.distribution.object(c.path), body: c.body, version: HTTP11, offers: offeredBy(HTTP11),
		tls: slices.DeleteFunc(slices.Clone(o.SSLProtocols), func(v string) bool { return v == TLS13 }),
	}
	out.port = o.HTTPSPort
	if out.scheme == SchemeHTTP {
		out.port = o.HTTPPort
	}
	if b.ForwardsHost {
		out.host = hostname(c.host)
	}
	out.query = named(b.Cache.Key.Query, strings.Split(c.query, "&"))
	if b.ForwardsQuery {
		out.query = c.query
	}
	out.headers = replaced(b.forwarded(c), o.Headers)
	if b.carriesGRPC(c, out) {
		out.version, out.offers = GRPC, offeredBy(GRPC)
	}
	out.sni = out.host
	out.checks = slices.Compact([]string{o.DomainName, out.host})
	if o.S3 {
		f.toBucket(c, &out)
	}
	return out
}

// forwarded are the viewer's headers that go on to the origin, among them those in the cache
// key. Without the viewer's, CloudFront sends a User-Agent of its own.
func (b *Behavior) forwarded(c call) []Header {
	isCookie := func(h Header) bool { return strings.EqualFold(h.Name, "Cookie") }
	out := []Header{{Name: "User-Agent", Value: "Amazon CloudFront"}}
	if b.ForwardsHeaders {
		out = slices.DeleteFunc(slices.Clone(c.headers), isCookie)
	}
	for _, name := range b.Cache.Key.Headers {
		for _, value := range valuesOf(c.headers, name) {
			out = replaced(out, []Header{{Name: name, Value: value}})
		}
	}
	cookies := b.Cache.Key.Cookies
	if b.ForwardsCookies {
		cookies = []string{"*"}
	}
	if sent := c.cookies(cookies); sent != "" {
		out = append(out, Header{Name: "Cookie", Value: sent})
	}
	return out
}

// toBucket makes the request one to a bucket, which is asked in the viewer's protocol and
// with a signature over TLS. No page says how CloudFront checks the bucket's certificate.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-s3-origin.html
func (f fetch) toBucket(c call, out *call) {
	out.signed, out.checks, out.tls = f.signs(c), nil, tlsBetween(TLS12, TLS13)
	out.scheme, out.port = c.scheme, portOf(c.scheme)
	if out.signed {
		out.scheme, out.port = SchemeHTTPS, portOf(SchemeHTTPS)
	}
	out.version, out.offers = HTTP11, offeredBy(HTTP11)
}

func (o *Origin) scheme(viewer string) string {
	switch o.ProtocolPolicy {
	case HTTPOnly:
		return SchemeHTTP
	case MatchViewer:
		return viewer
	}
	return SchemeHTTPS
}

// object puts the default root object in place of the root, and of nothing else.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
func (e *Distribution) object(path string) string {
	if path == "/" {
		return path + e.DefaultRootObject
	}
	return path
}

// carriesGRPC says whether the call goes on as gRPC; all others go as HTTP/1.1.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html
func (b *Behavior) carriesGRPC(c, out call) bool {
	return b.GRPC && c.version == GRPC && c.method == "POST" && out.scheme == SchemeHTTPS
}

// replaced adds headers and takes out those of the same name.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
func replaced(headers, by []Header) []Header {
	kept := slices.DeleteFunc(headers, func(h Header) bool {
		return slices.ContainsFunc(by, func(o Header) bool { return strings.EqualFold(o.Name, h.Name) })
	})
	return append(kept, by...)
}

// stacked is 403: no distribution takes what passed another one, or itself.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
func (w *walker) stacked(h *Hop, c call, e *Distribution) *answer {
	a := h.forbids(cause{
		fact: factStacked, why: fmt.Sprintf("%s is asked by another distribution", e.Name),
		field: "request.from", fix: "ask as a viewer does, or ask the origin itself",
	})
	front := c.from.fetch
	if front != nil {
		a.Why = fmt.Sprintf("the origin %s leads to another distribution", front.origin.DomainName)
		a.Field = front.originField("domainName")
		a.Fix = "use a name of its own that leads to the origin, such as origin.example.com"
	}
	if front != nil && front.distribution.Name == e.Name {
		a.Why = fmt.Sprintf("the origin %s leads back to the distribution itself: a loop", front.origin.DomainName)
		return a
	}
	w.warn(factStacked, []int{403, 200}, "AWS's pages disagree: one answers 403 to two distributions in a row, the quotas allow two")
	return a
}

// originFailures are what failures are called that happen between distribution and origin.
var originFailures = map[Reason]Fact{
	NameNotFound: factOriginName, Timeout: factOriginDropped, Refused: factOriginRefused, Reset: factOriginReset,
	TLSAlert: factOriginTLS, BadCertificate: factOriginCertificate, NoCommonVersion: factOriginHTTPVersion,
}

// originFailed makes 504 of dropped packets and 502 of every other failure.
func (w *walker) originFailed(h *Hop, asked fetch, f *answer) *answer {
	a := h.instead(502, f)
	a.Fact = originFailures[f.Reason]
	switch f.Reason {
	case Timeout:
		a.Status = 504
		if f.Fact == factVPCOriginGroup {
			a.Fact = f.Fact
		}
		if f.Fact == factSecurityGroup || f.Fact == factNobodyThere {
			w.warn(factOriginDropped, []int{504, 502}, "an older page of AWS has 502 for a blocked connection, the newer one 504")
		}
	case TLSAlert:
		if slices.Equal(f.spoken, []string{TLS13}) {
			a.Fact = factOriginTLS13
			w.warn(factOriginTLS13, []int{502, 200},
				"AWS's pages disagree on TLS 1.3, the only version of the origin %s: CloudFront can be given none newer than 1.2 (%s: 502), or speaks 1.3 (%s: 200); let the origin speak 1.2 too",
				asked.origin.DomainName, originProtocols, originBehaviour)
		}
	}
	a.Why = fmt.Sprintf("the distribution cannot use its origin %s: %s", asked.origin.DomainName, f.Why)
	if dnsname.IsLoadBalancer(asked.origin.DomainName) && (asked.origin.VPCOrigin == "" || a.Fact == factOriginCertificate) {
		w.warn(factOriginCertificate, []int{a.Status, 503},
			"for a load balancer's own name as origin AWS documents %d, one report has 503", a.Status)
		a.Fix = fmt.Sprintf("use a name of your own that leads to the load balancer and is on its certificate, such as alb.example.com, in place of %s",
			asked.origin.DomainName)
		a.Field = asked.originField("domainName")
	}
	return a
}

// warnOfWeakerRule speaks up when only the origin's own name is on a certificate
// although the Host header is forwarded: measured to work, while a page of AWS
// asks for the Host header's name.
func (w *walker) warnOfWeakerRule(c call, shown Certificate) {
	if c.from.fetch == nil || dnsname.AnyCovers(shown.Names, c.host) {
		return
	}
	w.warn(factWeakerNameRule, []int{200, 502},
		"the origin's certificate covers %s and not the forwarded Host %s: measured to work, though a page of AWS asks for the latter (502)",
		c.dialled, c.host)
}

// originSlow is 504: the distribution waits no longer.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-504-gateway-timeout.html
func originSlow(h *Hop, f fetch, delay int) *answer {
	return h.answer(504, cause{
		fact: factOriginSlow, field: f.originField("readTimeoutSeconds"),
		why: fmt.Sprintf("the answer takes %d s and the distribution waits %d s", delay, f.origin.ReadTimeoutSeconds),
		fix: "answer sooner, or raise the timeout",
	})
}
