package server

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// ServeHTTP answers one request.
func (l *servedListener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == "PRI" { // HTTP/2's preface on HTTP/1.1, which net/http leaves to handlers
		w.WriteHeader(http.StatusHTTPVersionNotSupported)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body) // only then is a closed connection noticed
	if l.forbids(r) {
		e := l.event(r)
		e.Status, e.Answered = http.StatusForbidden, true
		l.options.Sink.Emit(e)
		w.WriteHeader(e.Status)
		return
	}
	e, present := l.event(r), l.wait(r)
	fails := l.Answer.Failure != "" || l.Answer.Status < 200 || l.Answer.Status > 599
	if present && !fails {
		e.Status, e.Answered = l.status(r), true
	}
	l.options.Sink.Emit(e) // before the answer, so that a client that has it finds the event
	switch {
	case !present:
	case l.Answer.Failure == FailureReset:
		_ = wire.Reset(connOf(r)) // it may be gone already
	case fails:
		sendMalformed(connOf(r))
	case l.isGRPC(r):
		writeGRPC(w, l.status(r))
	default:
		l.write(w, r)
	}
}

// forbids says that a request lacks the required header.
func (l *servedListener) forbids(r *http.Request) bool {
	return l.RequiredHeader != nil && !slices.ContainsFunc(r.Header.Values(l.RequiredHeader.Name), func(value string) bool {
		return slices.Contains(l.RequiredHeader.Values, value)
	})
}

// wait waits for the answer's delay; false when the peer disconnects first.
func (l *servedListener) wait(r *http.Request) bool {
	if l.Answer.DelaySeconds <= 0 {
		return true
	}
	over := time.NewTimer(l.clock.Seconds(float64(l.Answer.DelaySeconds)))
	defer over.Stop()
	select {
	case <-over.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// sendMalformed sends something that is not HTTP, and closes the connection.
func sendMalformed(c net.Conn) {
	_, _ = io.WriteString(c, "this is not the beginning of an HTTP answer\r\n\r\n") // the peer may be gone
	_ = c.Close()
}

func (l *servedListener) write(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "portico")
	if l.Answer.CacheControl != "" {
		w.Header().Set("Cache-Control", l.Answer.CacheControl)
	}
	if l.Answer.Location != "" && l.Answer.Status < 400 && l.redirects(r) {
		w.Header().Set("Location", l.location(r))
	}
	w.WriteHeader(l.status(r))
	_, _ = io.WriteString(w, l.describe(r)) // the peer may be gone, or the status may have no body
}

// isGRPC says whether a request is a gRPC call that the application answers.
// Sourced: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
func (l *servedListener) isGRPC(r *http.Request) bool {
	return r.ProtoMajor == 2 && slices.Contains(l.Versions, GRPC) &&
		strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc")
}

// writeGRPC answers a call with one empty message.
func writeGRPC(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status")
	w.WriteHeader(status)
	_, _ = w.Write(make([]byte, 5)) // the frame of an empty message; the peer may be gone
	w.Header().Set("Grpc-Status", "0")
}

// redirects reports whether a request is for a path that is redirected, if the answer is
// a redirect at all.
func (l *servedListener) redirects(r *http.Request) bool {
	return l.Answer.RedirectPath == "" || l.Answer.RedirectPath == r.URL.EscapedPath()
}

func (l *servedListener) status(r *http.Request) int {
	if !l.redirects(r) {
		return http.StatusOK
	}
	return l.Answer.Status
}

// location is the answer's, with keywords replaced by the request's own values.
func (l *servedListener) location(r *http.Request) string {
	host := r.Host
	if i := strings.LastIndex(host, ":"); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.NewReplacer(
		"#{protocol}", l.Protocol, "#{host}", host, "#{port}", strconv.Itoa(l.Port),
		"#{path}", strings.TrimPrefix(r.URL.EscapedPath(), "/"), "#{query}", r.URL.RawQuery,
	).Replace(l.Answer.Location)
}

// describe tells a person which server answered which request.
func (l *servedListener) describe(r *http.Request) string {
	secure := "without TLS"
	if r.TLS != nil {
		secure = "over " + tls.VersionName(r.TLS.Version)
		if r.TLS.ServerName != "" {
			secure += ", SNI " + r.TLS.ServerName
		}
	}
	return fmt.Sprintf("%s answers %d on port %d\n%s %s\nHost: %s\n%s, %s, from %s\n",
		l.options.Place.Name, l.status(r), l.Port, r.Method, r.URL.RequestURI(), r.Host,
		protocol(r), secure, r.RemoteAddr)
}

// event is a request as it arrived.
func (l *servedListener) event(r *http.Request) wire.Event {
	e := wire.Event{
		Hop: hop(connOf(r)), Name: l.options.Place.Name, Kind: wire.Request,
		Protocol: protocol(r), Host: r.Host, Method: r.Method, Path: r.URL.EscapedPath(),
	}
	if r.TLS != nil {
		e.SNI, e.TLS = r.TLS.ServerName, awstable.TLSName(r.TLS.Version)
	}
	return e
}

func protocol(r *http.Request) string {
	if r.ProtoMajor == 2 {
		return HTTP2
	}
	return HTTP11
}
