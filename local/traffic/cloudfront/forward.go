package cloudfront

import (
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// proxy passes the request on. ReverseProxy removes hop-by-hop headers, streams
// bodies and trailers both ways, and carries upgraded connections.
func (x *exchange) proxy() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { x.address(p.Out) }, Transport: failingOver{x}, ModifyResponse: x.modifyResponse,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if status, _ := functionFailure(err); status != 0 {
				x.sendFunctionError(w, err)
				return
			}
			status := statusOf(err)
			x.detail = detailOf(err)
			if x.in.Context().Err() == nil { // the viewer is still there
				x.keep(cached{status: status, why: err.Error()}, x.errorSeconds(status, nil))
			}
			x.sendError(w, status, err.Error())
		},
		ErrorLog:      discardLog,
		FlushInterval: -1, // at once
	}
}

// transport connects to the origin that is asked.
func (x *exchange) transport() http.RoundTripper {
	if x.isGRPC() {
		return x.origin.grpc
	}
	return x.origin.plain
}

// scheme returns the scheme of the request to the origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (x *exchange) scheme() string {
	if x.signs() {
		return "https"
	}
	policy := x.origin.CustomOriginConfig.OriginProtocolPolicy
	if policy == "http-only" || policy == "match-viewer" && x.in.TLS == nil {
		return "http"
	}
	return "https"
}

// isGRPC reports whether the request goes to the origin over HTTP/2. Only gRPC calls do,
// if the behavior allows them, over HTTP/2 from the viewer and HTTPS to the origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html
func (x *exchange) isGRPC() bool {
	kind, _, _ := strings.Cut(x.in.Header.Get("Content-Type"), ";")
	called := kind == "application/grpc" || strings.HasPrefix(kind, "application/grpc+")
	return called && x.behavior.GRPCConfig.Enabled && x.in.Method == http.MethodPost && x.in.ProtoMajor == 2 && x.scheme() == "https"
}

// address turns the viewer's request into the one to the origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (x *exchange) address(out *http.Request) {
	out.Host = x.origin.DomainName
	if x.behavior.forward.headers.take("Host") {
		out.Host = x.in.Host
	}
	// The name in the URL is for SNI and is not looked up, see origin.
	out.URL = x.url()
	out.URL.Scheme, out.URL.Host = x.scheme(), hostName(out.Host)
	out.Header = x.headers(out.Header)
	if !x.isGRPC() {
		out.Trailer = nil
	}
	if x.signs() {
		x.sign(out)
	}
}

// url returns the path and the query for the origin. The default root object replaces
// the path / only.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (x *exchange) url() *url.URL {
	in := x.in.URL
	out := &url.URL{Path: in.Path, RawPath: in.RawPath}
	if root := x.distribution.DefaultRootObject; root != "" && in.Path == "/" {
		out.Path, out.RawPath = "/"+root, ""
	}
	before := x.origin.OriginPath
	out.Path = before + out.Path
	if out.RawPath != "" {
		out.RawPath = before + out.RawPath
	}
	out.RawQuery = x.behavior.forward.query.queryOf(in.RawQuery)
	out.ForceQuery = in.ForceQuery && x.behavior.forward.query.take("")
	return out
}

// alwaysForwarded are the viewer's headers that need no policy.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
var alwaysForwarded = []string{
	"Cache-Control", "Content-Length", "Content-Md5", "Content-Type", "Date", "From", "If-Match", "If-Modified-Since",
	"If-None-Match", "If-Range", "If-Unmodified-Since", "Max-Forwards", "Origin", "Pragma", "Range", "Request-Range",
	"Via", "Warning", "X-Forwarded-For",
}

// neverForwarded reports whether no policy forwards a header of the viewer.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func neverForwarded(name string) bool {
	switch name {
	case "Accept-Encoding", "Connection", "Cookie", "Expect", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"X-Forwarded-Proto", "X-Real-Ip":
		return true // some of them are set elsewhere
	}
	for _, prefix := range []string{"Proxy-", "X-Edge-", "X-Amz-Cf-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// headers returns the headers for the origin. kept has the hop-by-hop headers that
// ReverseProxy keeps.
func (x *exchange) headers(kept http.Header) http.Header {
	forward := x.behavior.forward
	h := http.Header{}
	take := func(name string) {
		if values := x.in.Header.Values(name); len(values) > 0 {
			h[http.CanonicalHeaderKey(name)] = slices.Clone(values)
		}
	}
	for name := range x.in.Header {
		if forward.headers.take(name) && !neverForwarded(name) {
			take(name)
		}
	}
	for _, name := range alwaysForwarded {
		take(name)
	}
	if cookies := forward.cookies.cookiesOf(x.in.Header); cookies != "" {
		h.Set("Cookie", cookies)
	}
	if accepts := x.acceptEncoding(); accepts != "" {
		h.Set("Accept-Encoding", accepts)
	}
	x.addHopByHop(h, kept)
	x.addOwnHeaders(h)
	for _, custom := range x.origin.CustomHeaders {
		h.Set(custom.Name, custom.Value)
	}
	return h
}

// addHopByHop adds the hop-by-hop headers of WebSockets and gRPC, the only ones that
// are forwarded.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html
func (x *exchange) addHopByHop(h, kept http.Header) {
	if strings.EqualFold(kept.Get("Upgrade"), "websocket") {
		h.Set("Connection", "Upgrade")
		h.Set("Upgrade", "websocket")
	}
	if x.isGRPC() {
		h.Set("Te", "trailers")
	}
}

// addOwnHeaders adds the headers that CloudFront sets itself.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (x *exchange) addOwnHeaders(h http.Header) {
	h["X-Forwarded-For"] = []string{strings.Join(append(h.Values("X-Forwarded-For"), hostName(x.in.RemoteAddr)), ", ")}
	version := strconv.Itoa(x.in.ProtoMajor) + "." + strconv.Itoa(x.in.ProtoMinor)
	h["Via"] = []string{strings.Join(append(h.Values("Via"), version+" "+x.viaName()), ", ")}
	h.Set("X-Amz-Cf-Id", x.id)
	if !x.behavior.forward.headers.take("User-Agent") {
		h.Set("User-Agent", "Amazon CloudFront")
	} else if h.Get("User-Agent") == "" {
		h["User-Agent"] = []string{""} // none, and not that of net/http either
	}
}

// acceptEncoding returns the Accept-Encoding header for the origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
func (x *exchange) acceptEncoding() string {
	forward := x.behavior.forward
	if len(forward.encodings) == 0 && forward.headers.take("Accept-Encoding") {
		return x.in.Header.Get("Accept-Encoding")
	}
	return strings.Join(x.accepted(forward), ",")
}

// accepted returns the encodings that the viewer accepts and policies take.
func (x *exchange) accepted(by passing) []string {
	var out []string
	for _, name := range by.encodings {
		if strings.Contains(x.in.Header.Get("Accept-Encoding"), name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// modifyResponse turns the origin's response into the viewer's. It follows no redirects.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
func (x *exchange) modifyResponse(r *http.Response) error {
	x.dropCookies(r.Header)
	cache, result, own := missed, hit, false
	seconds := x.freshSeconds(r.StatusCode, r.Header)
	if r.StatusCode >= 400 {
		cache, result, seconds = failed, failed, x.errorSeconds(r.StatusCode, r.Header)
		own = x.putPage(r)
	}
	x.compress(r)
	x.keepResponse(r, result, seconds)
	if !own {
		status, err := x.afterFunction(r.StatusCode, r.Header)
		if err != nil {
			return err
		}
		r.StatusCode, r.Status = status, ""
	}
	x.addHeaders(r.Header, cache)
	x.emit(r.StatusCode, own)
	if r.StatusCode != http.StatusSwitchingProtocols {
		r.Body = &timedBody{ReadCloser: r.Body, timeout: x.origin.readTimeout, giveUp: x.cancel}
	}
	return nil
}

// dropCookies takes the origin's cookies away where it gets none of the viewer's. Where it
// gets some, viewers get all that it sets, from the cache too.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
// Inferred: that an origin request policy forwards cookies like a cache policy, for which
// that page was written
func (x *exchange) dropCookies(h http.Header) {
	if len(x.behavior.forward.cookies) == 0 {
		h.Del("Set-Cookie")
	}
}

// timedBody is a body with a timeout for each read.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
type timedBody struct {
	io.ReadCloser
	timeout time.Duration
	giveUp  func()
}

// Read reads the next part of the body.
func (p *timedBody) Read(b []byte) (int, error) {
	timer := time.AfterFunc(p.timeout, p.giveUp)
	n, err := p.ReadCloser.Read(b)
	if !timer.Stop() {
		return n, errSlow // instead of the error of the cut connection
	}
	return n, err
}
