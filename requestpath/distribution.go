package requestpath

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
)

// cloudFrontCertificate is shown when no distribution has the name asked for.
var cloudFrontCertificate = Certificate{Names: []string{"cloudfront.net", "*.cloudfront.net"}}

// atDistribution is a request that reaches CloudFront where resolved leads. Which
// distribution answers it is up to the SNI and the Host header alone.
func (w *walker) atDistribution(c call, resolved *Distribution) *answer {
	h := w.arrive(HopDistribution, resolved.Name, c)
	shown := w.distribution(c.sni)
	for _, e := range []*Distribution{resolved, shown} {
		if refused := e.undeployable(); refused != nil {
			a := h.refusedByAWS(refused)
			a.ByName = e.Name
			return a
		}
	}
	if c.port != awstable.HTTPPort && c.port != awstable.HTTPSPort {
		return h.closed(Timeout, "drops the connection", part("distributions", resolved.Name))
	}
	c, refusal := w.enter(h, c, distributionDoor(c, resolved.Name, shown))
	if refusal != nil {
		if refusal.Status != 0 {
			refusal.XCache = XCacheError
		}
		return refusal
	}
	e := w.distribution(c.host)
	if e == nil {
		return h.forbids(cause{
			fact: factUnknownHost, field: part("distributions", resolved.Name) + ".aliases",
			why: fmt.Sprintf("%s is a name of no distribution, though requests for it reach CloudFront", c.host),
			fix: fmt.Sprintf("add %s to the aliases, and to the certificate", c.host),
		})
	}
	h.Name = e.Name
	if refused := e.undeployable(); refused != nil {
		return h.refusedByAWS(refused)
	}
	a := w.answerOf(h, c, e)
	if a.Status != 0 {
		a.Adds = e.Behavior(c.path).ResponseHeaders.added(c)
	}
	return a
}

// answerOf is what the distribution answers, before it adds headers.
func (w *walker) answerOf(h *Hop, c call, e *Distribution) *answer {
	if slices.Contains(c.from.lists, OriginFacing) {
		return w.stacked(h, c, e)
	}
	return w.errorPage(h, c, e, w.serveDistribution(h, c, e))
}

// forbids is 403 by CloudFront.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
func (h *Hop) forbids(c cause) *answer {
	a := h.answers(403, c)
	a.XCache = XCacheError
	return a
}

// distributionDoor is what CloudFront shows for the SNI. For an assigned name, and without
// a distribution of that name, it is CloudFront's own certificate, and with that
// comes the policy TLSv1.
// Inferred: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func distributionDoor(c call, resolved string, shown *Distribution) door {
	d := door{
		field: part("distributions", resolved), secure: c.port == awstable.HTTPSPort,
		certificates: []Certificate{cloudFrontCertificate}, tls: viewerTLS(TLS10), versions: distributionVersions("http2"),
		minimumTLS: factDistributionMinimumTLS, tlsField: part("distributions", resolved) + ".minimumTls",
	}
	if shown == nil {
		return d
	}
	d.versions = distributionVersions(shown.HTTPVersion)
	if shown.Certificate != nil && !dnsname.IsCloudFront(c.sni) {
		d.certificates, d.tls = []Certificate{*shown.Certificate}, viewerTLS(shown.MinimumTLS)
	}
	return d
}

// distributionVersions are the HTTP versions of a distribution's setting.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html
func distributionVersions(setting string) []string {
	switch setting {
	case "http2":
		return []string{HTTP2, HTTP11}
	case "http3":
		return []string{HTTP3, HTTP11}
	case "http2and3":
		return []string{HTTP3, HTTP2, HTTP11}
	}
	return []string{HTTP11}
}

// distribution is the distribution with that name, an exact one before a wildcard.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func (w *walker) distribution(host string) *Distribution {
	name := dnsname.Normalise(hostname(host))
	if name == "" {
		return nil
	}
	same := func(alias string) bool { return dnsname.Normalise(alias) == name }
	e := find(w.plan.Distributions, func(e *Distribution) bool { return same(e.DomainName) || slices.ContainsFunc(e.Aliases, same) })
	if e == nil {
		e = find(w.plan.Distributions, func(e *Distribution) bool { return dnsname.AnyCovers(e.Aliases, name) })
	}
	return e
}

// undeployable is what AWS refuses about the distribution before any request.
func (e *Distribution) undeployable() *cause {
	if e == nil {
		return nil
	}
	field := part("distributions", e.Name)
	refused := func(fact Fact, at, why, fix string) *cause {
		return &cause{fact: fact, field: fieldOf(field, at), why: why, fix: fix}
	}
	for _, a := range e.Aliases {
		if e.Certificate == nil || !dnsname.AnyCovers(e.Certificate.Names, a) {
			return refused(factAliasCovered, "aliases",
				fmt.Sprintf("AWS refuses alias %s with InvalidViewerCertificate: the certificate does not cover it", a),
				fmt.Sprintf("put %s on the certificate, or remove the alias", a))
		}
	}
	if len(viewerTLS(e.MinimumTLS)) == 0 {
		return refused(factDistributionMinimumTLS, "minimumTls", fmt.Sprintf("AWS has no security policy %q", e.MinimumTLS),
			"use "+awstable.RecommendedViewerPolicy)
	}
	for _, b := range e.behaviors() {
		if b.GRPC && (!strings.HasPrefix(e.HTTPVersion, "http2") || !slices.Contains(b.AllowedMethods, "POST")) {
			return &cause{
				fact: factDistributionGRPC, field: fieldOf(b.field(e), "grpc"), why: "AWS refuses gRPC without HTTP/2 and the method POST",
				fix: "set the HTTP version to http2 or http2and3, and allow all seven methods",
			}
		}
	}
	if refused := e.refusedThroughVPC(); refused != nil {
		return refused
	}
	if refused := e.refusedGroup(); refused != nil {
		return refused
	}
	for _, o := range e.Origins {
		if at, port := o.refusedPort(); at != "" {
			return refused(factOriginPort, fieldOf(part("origins", o.ID), at),
				fmt.Sprintf("AWS refuses origin port %d: CloudFront connects to 80, 443 and 1024-65535 alone", port),
				"let the origin listen on one of those ports, and name it here")
		}
	}
	return nil
}

// refusedPort is a port that AWS refuses, with its field.
func (o *Origin) refusedPort() (field string, port int) {
	switch {
	case o.S3:
	case awsrule.OriginPort(o.HTTPPort) != nil:
		return "httpPort", o.HTTPPort
	case awsrule.OriginPort(o.HTTPSPort) != nil:
		return "httpsPort", o.HTTPSPort
	}
	return "", 0
}

// serveDistribution is what the distribution does with a request of its own.
func (w *walker) serveDistribution(h *Hop, c call, e *Distribution) *answer {
	b := e.Behavior(c.path)
	h.Rule = cmp.Or(b.PathPattern, "default")
	if refused := h.restricted(c, e); refused != nil {
		return refused
	}
	if blocked := w.inspect(e.guarded(h), c); blocked != nil {
		if blocked.Status != 0 {
			blocked.XCache = XCacheError
		}
		return blocked
	}
	if c.scheme == SchemeHTTP && b.ViewerProtocolPolicy != AllowAll {
		return insecure(h, c, e, b)
	}
	if !slices.Contains(b.AllowedMethods, c.method) {
		return h.forbids(cause{
			fact: factMethod, field: fieldOf(b.field(e), "allowedMethods"),
			why: fmt.Sprintf("the distribution does not allow %s", c.method),
			fix: allowing(c.method),
		})
	}
	if c.method == http.MethodGet && c.body > 0 {
		return h.forbids(cause{
			fact: factGetWithBody, field: "request.bodyBytes",
			why: "a distribution does not take a GET request with a body", fix: "send the body with POST, PUT or PATCH",
		})
	}
	c, answered := b.run(h, c)
	if answered != nil {
		return answered
	}
	return w.toOrigin(h, c, e, b)
}

// guarded is the distribution as one that asks a web ACL, before anything else that it
// does with a request of its own.
// Inferred: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-event-request-response.html
// (that functions come after the web ACL is written there, of the rest nothing)
func (e *Distribution) guarded(h *Hop) guarded {
	return guarded{
		hop: h, name: e.WebACL, field: part("distributions", e.Name) + ".webACL",
		limit: awstable.DistributionBodyInspectionBytes, fact: factWebACLAtDistribution,
	}
}

// allowing is how a distribution lets a method pass, if one can.
func allowing(method string) string {
	if !slices.Contains(awstable.DistributionMethods, method) {
		return fmt.Sprintf("ask with one of %s: CloudFront passes on no other, and methods are written in capitals", strings.Join(awstable.DistributionMethods, ", "))
	}
	return fmt.Sprintf("add %s to the allowed methods; AWS offers GET and HEAD, those with OPTIONS, or all seven", method)
}

// insecure is a plain HTTP request to a distribution that wants HTTPS. Methods
// that may carry a body are redirected with 307, which keeps it.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
func insecure(h *Hop, c call, e *Distribution, b *Behavior) *answer {
	if b.ViewerProtocolPolicy == HTTPSOnly {
		return h.forbids(cause{
			fact: factViewerHTTPSOnly, field: fieldOf(b.field(e), "viewerProtocolPolicy"),
			why: "the distribution takes HTTPS requests only",
			fix: "set the policy to redirect-to-https, or ask over HTTPS",
		})
	}
	status := 301
	if c.method != "GET" && c.method != "HEAD" {
		status = 307
	}
	location := Request{Scheme: SchemeHTTPS, Name: hostname(c.host), Path: c.path, Query: c.query}.URL()
	a := h.redirects(status, location, cause{fact: factViewerRedirect, why: "the distribution redirects HTTP to HTTPS"})
	a.XCache = XCacheRedirect
	return a
}
