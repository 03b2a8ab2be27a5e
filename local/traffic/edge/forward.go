package edge

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
	transport := x.behavior.origin.plain
	if x.isGRPC() {
		transport = x.behavior.origin.grpc
	}
	return &httputil.ReverseProxy{
		Rewrite: x.rewrite, Transport: transport, ModifyResponse: x.modifyResponse,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			x.sendError(w, statusOf(err), err.Error())
		},
		ErrorLog:      discardLog,
		FlushInterval: -1, // each part is passed on as it comes
	}
}

// scheme is the one that the origin is asked in.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (x *exchange) scheme() string {
	policy := x.behavior.origin.CustomOriginConfig.OriginProtocolPolicy
	if policy == "http-only" || policy == "match-viewer" && x.in.TLS == nil {
		return "http"
	}
	return "https"
}

// isGRPC says that the origin is asked in HTTP/2, which is for gRPC calls alone:
// where the behavior allows it, the viewer speaks HTTP/2 and the origin HTTPS.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html
func (x *exchange) isGRPC() bool {
	kind, _, _ := strings.Cut(x.in.Header.Get("Content-Type"), ";")
	called := kind == "application/grpc" || strings.HasPrefix(kind, "application/grpc+")
	return called && x.behavior.GRPCConfig.Enabled && x.in.Method == http.MethodPost && x.in.ProtoMajor == 2 && x.scheme() == "https"
}

// rewrite makes the origin's request of the viewer's.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (x *exchange) rewrite(p *httputil.ProxyRequest) {
	out := p.Out
	out.Host = x.behavior.origin.DomainName
	if x.behavior.forward.Host {
		out.Host = x.in.Host
	}
	// The name in the URL is the one for SNI, see origin; it is not looked up.
	out.URL = x.url()
	out.URL.Scheme, out.URL.Host = x.scheme(), hostName(out.Host)
	out.Header = x.headers(out.Header)
	if !x.isGRPC() {
		out.Trailer = nil
	}
}

// url is the path and the query that the origin is asked for. The default root
// object stands in for / alone.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (x *exchange) url() *url.URL {
	in := x.in.URL
	out := &url.URL{Path: in.Path, RawPath: in.RawPath}
	if root := x.distribution.DefaultRootObject; root != "" && in.Path == "/" {
		out.Path, out.RawPath = "/"+root, ""
	}
	before := x.behavior.origin.OriginPath
	out.Path = before + out.Path
	if out.RawPath != "" {
		out.RawPath = before + out.RawPath
	}
	if x.behavior.forward.Query {
		out.RawQuery, out.ForceQuery = in.RawQuery, in.ForceQuery
	}
	return out
}

// alwaysForwarded are the viewer's headers that need no policy.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
var alwaysForwarded = []string{
	"Cache-Control", "Content-Length", "Content-Md5", "Content-Type", "Date", "From", "If-Match", "If-Modified-Since",
	"If-None-Match", "If-Range", "If-Unmodified-Since", "Max-Forwards", "Origin", "Pragma", "Range", "Request-Range",
	"Via", "Warning", "X-Forwarded-For",
}

// neverForwarded says which of the viewer's headers no policy passes on.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func neverForwarded(name string) bool {
	switch name {
	case "Accept-Encoding", "Connection", "Cookie", "Expect", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"X-Forwarded-Proto", "X-Real-Ip":
		return true // some of them are decided on elsewhere
	}
	for _, prefix := range []string{"Proxy-", "X-Edge-", "X-Amz-Cf-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// headers are those that the origin is sent. kept has the hop-by-hop headers that
// are to stay.
func (x *exchange) headers(kept http.Header) http.Header {
	forward := x.behavior.forward
	h := http.Header{}
	take := func(name string) {
		if values := x.in.Header.Values(name); len(values) > 0 {
			h[http.CanonicalHeaderKey(name)] = slices.Clone(values)
		}
	}
	for name := range x.in.Header {
		if forward.Headers && !neverForwarded(name) {
			take(name)
		}
	}
	for _, name := range slices.Concat(alwaysForwarded, forward.Names) {
		take(name)
	}
	if forward.Cookies {
		take("Cookie")
	}
	if accepts := x.acceptEncoding(); accepts != "" {
		h.Set("Accept-Encoding", accepts)
	}
	x.addHopByHop(h, kept)
	x.addOwnHeaders(h)
	for _, custom := range x.behavior.origin.CustomHeaders {
		h.Set(custom.Name, custom.Value)
	}
	return h
}

// addHopByHop keeps the two hop-by-hop headers that pass: the upgrade to a
// WebSocket, and the trailers of gRPC.
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

// addOwnHeaders adds what CloudFront says about itself and the viewer.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (x *exchange) addOwnHeaders(h http.Header) {
	h["X-Forwarded-For"] = []string{strings.Join(append(h.Values("X-Forwarded-For"), hostName(x.in.RemoteAddr)), ", ")}
	version := strconv.Itoa(x.in.ProtoMajor) + "." + strconv.Itoa(x.in.ProtoMinor)
	h["Via"] = []string{strings.Join(append(h.Values("Via"), version+" "+x.viaName()), ", ")}
	h.Set("X-Amz-Cf-Id", x.id)
	if !x.behavior.forward.Headers {
		h.Set("User-Agent", "Amazon CloudFront")
	} else if h.Get("User-Agent") == "" {
		h["User-Agent"] = []string{""} // none, and not that of net/http either
	}
}

// acceptEncoding is what the origin is told of the encodings that the viewer
// takes.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
func (x *exchange) acceptEncoding() string {
	accepts := x.in.Header.Get("Accept-Encoding")
	if !x.behavior.forward.Compression {
		if x.behavior.forward.Headers {
			return accepts
		}
		return ""
	}
	var both []string
	for _, name := range []string{"br", "gzip"} {
		if strings.Contains(accepts, name) {
			both = append(both, name)
		}
	}
	return strings.Join(both, ",")
}

// modifyResponse makes the viewer's response of the origin's. Redirects are not followed.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
func (x *exchange) modifyResponse(r *http.Response) error {
	cache := missed
	if r.StatusCode >= 400 {
		cache = failed
	}
	x.addHeaders(r.Header, cache)
	x.emit(r.StatusCode, false)
	if r.StatusCode != http.StatusSwitchingProtocols {
		r.Body = &timedBody{ReadCloser: r.Body, timeout: x.behavior.origin.readTimeout, giveUp: x.cancel}
	}
	return nil
}

// timedBody is a body of which each part may take as long as the timeout.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
type timedBody struct {
	io.ReadCloser
	timeout time.Duration
	giveUp  func()
}

// Read reads the next part.
func (p *timedBody) Read(b []byte) (int, error) {
	timer := time.AfterFunc(p.timeout, p.giveUp)
	n, err := p.ReadCloser.Read(b)
	if !timer.Stop() {
		return n, errSlow // and not what the cut connection looks like
	}
	return n, err
}
