package cloudfront

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Limits of a request, in bytes.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const (
	longestURL     = 8192
	longestRequest = 32768
)

// exchange is one request on its way through the fleet.
type exchange struct {
	fleet *Fleet
	// distribution and behavior are nil when no distribution has the Host, behavior also when
	// the request is refused before one is chosen.
	distribution *distribution
	behavior     *behavior
	origin       *origin       // that is asked
	id           string        // of the request
	in           *http.Request // the viewer's, as a function left it
	viewer       *http.Request // as it came
	event        wire.Event
	emitted      sync.Once
	cancel       context.CancelFunc // cuts the exchange with the origin

	began time.Time
	// response is nil when nothing is logged. detail is what kind of error it is, and
	// cached is the value of X-Cache.
	response *accesslog.Response
	detail   string
	cached   string
	// forPage says that no viewer asks, but CloudFront for a page in place of an error, and
	// answered that CloudFront itself has answered that.
	forPage, answered bool
}

// serve answers a viewer's request. The order of the checks is that of the
// package's documentation.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (f *Fleet) serve(w http.ResponseWriter, r *http.Request) {
	if !f.enter() {
		return
	}
	defer f.work.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(f.ctx, cancel)()
	// ReverseProxy aborts a truncated response only if the context says that the server
	// is one of net/http, which that of HTTP/3 does not.
	ctx = context.WithValue(ctx, http.ServerContextKey, f)
	r = r.WithContext(ctx)
	settleBody(r)
	x := f.newExchange(r)
	x.cancel = cancel
	w, done := x.logged(w)
	defer done()
	if x.refused(w) || x.answeredByFunction(w) || x.sendCached(w) {
		return
	}
	// A response may begin before the request ends. HTTP/2 and HTTP/3 always allow it,
	// and return an error here.
	_ = http.NewResponseController(w).EnableFullDuplex()
	x.proxy().ServeHTTP(w, x.in)
}

func (f *Fleet) newExchange(r *http.Request) *exchange {
	x := &exchange{fleet: f, id: requestID(), in: r, viewer: r, began: time.Now(), event: wire.Event{
		Hop: wire.HopDistribution, Kind: wire.Request, Protocol: protocolOf(r), Host: r.Host, Method: r.Method, Path: r.URL.EscapedPath(),
	}}
	if r.TLS != nil {
		x.event.SNI, x.event.TLS = r.TLS.ServerName, awstable.TLSName(r.TLS.Version)
	}
	if x.distribution = f.byName(hostName(r.Host)); x.distribution != nil {
		x.event.Name = x.distribution.ID
		x.choose(r.URL.EscapedPath())
	}
	return x
}

// choose sets the behavior for a path and the origin to ask.
func (x *exchange) choose(path string) {
	x.behavior = x.distribution.behaviorFor(path)
	x.origin = x.behavior.primary
}

// protocolOf returns the HTTP version of a request as events name it.
func protocolOf(r *http.Request) string {
	if r.ProtoMajor > 1 {
		return fmt.Sprintf("HTTP/%d", r.ProtoMajor)
	}
	return r.Proto
}

// hostName returns the name in a Host header, without a port and in lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// refused answers a request that must not reach the origin.
func (x *exchange) refused(w http.ResponseWriter) bool {
	r := x.in
	switch {
	case len("https://")+len(r.Host)+len(r.RequestURI) > longestURL:
		x.send(w, http.StatusRequestURITooLong, failed, "The URL is longer than 8192 bytes.")
	case lengthOf(r) > longestRequest:
		x.send(w, 494, failed, "The request's headers are longer than 32768 bytes.")
	case x.distribution == nil:
		// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
		x.sendError(w, http.StatusForbidden, "No distribution has this host name among its alternate domain names.")
	case x.isStacked():
		x.send(w, http.StatusForbidden, failed, "The request comes from another distribution, or from this one.")
	case x.isRestricted():
		// Before the web ACL: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-geo-match.html
		x.sendError(w, http.StatusForbidden, "The Amazon CloudFront distribution is configured to block access from your country.")
	case x.blocked(w):
	case r.TLS == nil && x.behavior.ViewerProtocolPolicy != "allow-all":
		x.refusePlainHTTP(w)
	case !slices.Contains(x.behavior.AllowedMethods, r.Method):
		x.detail = accesslog.InvalidRequestMethod
		// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-invalid-method.html
		x.sendError(w, http.StatusForbidden, "This distribution is not configured to allow the HTTP request method that was used for this request.")
	case r.Method == http.MethodGet && r.ContentLength != 0:
		x.detail = accesslog.InvalidRequest
		x.sendError(w, http.StatusForbidden, "A GET request must not have a body.")
	default:
		return false
	}
	return true
}

// isStacked reports whether the request comes from CloudFront.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
// (the quotas allow two distributions in a row; this page, and a distribution
// that is its own origin, do not)
func (x *exchange) isStacked() bool { return x.from().Kind == wire.KindCloudFront }

// from returns who sent the request.
func (x *exchange) from() wire.Source {
	from, _ := x.in.Context().Value(sourceKey{}).(wire.Source)
	return from
}

// blocked asks the web ACL, and answers a request that it blocks.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html
// Inferred: that it is asked before the viewer protocol policy and the methods; functions
// come after it (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-event-request-response.html)
func (x *exchange) blocked(w http.ResponseWriter) bool {
	block := x.fleet.opts.WebACLs[x.distribution.WebACLARN].Ask(x.in, x.from())
	if block == nil {
		return false
	}
	x.detail = accesslog.InvalidRequestBlocked // inferred: AWS names no reason for a block
	maps.Copy(w.Header(), block.Header)
	if block.ContentType != "" {
		x.sendBody(w, block.Status, failed, block.ContentType, block.Body)
		return true
	}
	x.sendError(w, block.Status, "Request blocked.")
	return true
}

// refusePlainHTTP answers a plain HTTP request that the viewer protocol policy does
// not allow.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
func (x *exchange) refusePlainHTTP(w http.ResponseWriter) {
	if x.behavior.ViewerProtocolPolicy == "https-only" {
		x.sendError(w, http.StatusForbidden, "This distribution requires HTTPS.")
		return
	}
	status := http.StatusTemporaryRedirect // which keeps method and body
	if m := x.in.Method; m == http.MethodGet || m == http.MethodHead {
		status = http.StatusMovedPermanently
	}
	w.Header().Set("Location", "https://"+hostName(x.in.Host)+x.in.URL.RequestURI())
	x.send(w, status, redirected, "")
}

// lengthOf returns the length of a request's header, including the request line.
func lengthOf(r *http.Request) int {
	length := len(r.Method) + len(r.RequestURI) + len(r.Proto) + 4 + len("Host: ") + len(r.Host) + 2
	for name, values := range r.Header {
		for _, v := range values {
			length += len(name) + len(v) + 4
		}
	}
	return length
}

// settleBody finds out whether a request of unknown length has a body; HTTP/3 does not
// say so of a request without one. It waits for the first byte, and leaves out methods
// that usually have a body.
func settleBody(r *http.Request) {
	if r.ContentLength >= 0 || slices.Contains([]string{"POST", "PUT", "PATCH"}, r.Method) {
		return
	}
	first := make([]byte, 1)
	if n, _ := io.ReadFull(r.Body, first); n == 0 {
		r.ContentLength, r.Body = 0, http.NoBody
		return
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(first), r.Body), r.Body}
}

// plainOnTLS answers plain HTTP on port 443, before any behavior is chosen.
// Inferred: other TLS servers do so
func (f *Fleet) plainOnTLS(w http.ResponseWriter, r *http.Request) {
	if !f.enter() {
		return
	}
	defer f.work.Done()
	w.Header().Set("Connection", "close")
	x := f.newExchange(r)
	x.behavior = nil
	x.detail = accesslog.InvalidRequest
	w, done := x.logged(w)
	defer done()
	x.sendError(w, http.StatusBadRequest, "The plain HTTP request was sent to the HTTPS port.")
}
