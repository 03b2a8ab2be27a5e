package cloudfront

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/accesslog"
)

// longestLogged is the length of a request's header in bytes up to which it is logged.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
const longestLogged = 20 << 10

// logged returns a writer that counts what the viewer is sent, and what writes the entry
// when the request has ended.
func (x *exchange) logged(w http.ResponseWriter) (http.ResponseWriter, func()) {
	if x.fleet.opts.AccessLog == nil {
		return w, func() {}
	}
	x.response = &accesslog.Response{ResponseWriter: w}
	return x.response, x.log
}

// log writes the entry of a request that has ended. Requests for which there is no
// distribution, and those that are too long, have none.
func (x *exchange) log() {
	r, d, res := x.viewer, x.distribution, x.response
	if d == nil || len("https://")+len(r.Host)+len(r.RequestURI) > longestURL || lengthOf(r) > longestLogged {
		return
	}
	e := accesslog.Viewed{
		At: time.Now(), Distribution: d.ID, DomainName: d.DomainName, Location: pop, Method: r.Method, Host: r.Host,
		Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Status: res.Status, Received: accesslog.Received(r), Sent: res.Sent(),
		Header: r.Header, Result: accesslog.ResultMiss, RequestID: x.id, Protocol: x.viewerProtocol(),
		HTTP: fmt.Sprintf("HTTP/%d.%d", r.ProtoMajor, r.ProtoMinor), Took: time.Since(x.began),
		ContentType: res.Header().Get("Content-Type"), Length: res.Header().Get("Content-Length"),
	}
	e.Client, _ = netip.ParseAddrPort(r.RemoteAddr) // of the simulated network
	if res.Status != 0 {
		e.FirstByte = res.First.Sub(x.began)
	}
	if r.TLS != nil {
		e.TLS, e.Cipher = awstable.TLSName(r.TLS.Version), accesslog.CipherName(r.TLS)
	}
	e.RangeStart, e.RangeStop = rangeOf(res.Header())
	if e.Result, e.Detail = x.result(); e.Detail == accesslog.ClientCommError {
		e.Status = 0 // what was made for the viewer did not reach it
	}
	x.fleet.opts.AccessLog(e.Line())
}

// viewerProtocol is the protocol of a request in an entry.
func (x *exchange) viewerProtocol() string {
	scheme := "http"
	if x.in.TLS != nil {
		scheme = "https"
	}
	switch {
	case x.response.Status == http.StatusSwitchingProtocols:
		return strings.Replace(scheme, "http", "ws", 1)
	case x.behavior != nil && x.isGRPC():
		return "grpcs"
	}
	return scheme
}

// result classifies a response.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
func (x *exchange) result() (result, detail string) {
	switch status := x.response.Status; {
	case status == 0:
		return accesslog.ResultError, accesslog.ClientCommError
	case x.cached == generated:
		return accesslog.ResultFunction, accesslog.ResultFunction
	case x.cached == redirected:
		return accesslog.ResultRedirect, accesslog.ResultRedirect
	case x.cached == hit:
		return accesslog.ResultHit, accesslog.ResultHit
	case x.cached == missed:
		return accesslog.ResultMiss, accesslog.ResultMiss
	case x.detail != "":
		return accesslog.ResultError, x.detail
	}
	return accesslog.ResultError, accesslog.ResultError
}

// detailOf says what kind of error it is that a request to an origin failed.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
// (that a failed handshake is one to connect is inferred)
func detailOf(err error) string {
	var slow net.Error
	switch {
	case errors.Is(err, errName):
		return accesslog.OriginDNSError
	case errors.Is(err, errConnect), errors.Is(err, errTLS), errors.Is(err, errVersion):
		return accesslog.OriginConnectError
	case errors.Is(err, errDropped), errors.Is(err, errSlow), errors.As(err, &slow) && slow.Timeout():
		return accesslog.OriginCommError
	case errors.Is(err, context.Canceled):
		return accesslog.ClientCommError
	case strings.Contains(err.Error(), "server response headers exceeded"): // net/http has no value for it
		return accesslog.OriginHeaderTooBigError
	}
	return accesslog.OriginError
}

// rangeOf reads where a partial response begins and ends.
func rangeOf(h http.Header) (start, stop string) {
	part, _, _ := strings.Cut(strings.TrimPrefix(h.Get("Content-Range"), "bytes "), "/")
	start, stop, _ = strings.Cut(part, "-")
	return start, stop
}
