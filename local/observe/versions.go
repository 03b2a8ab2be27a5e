package observe

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// offers are the HTTP versions that the client speaks, the best first. HTTP/2
// needs TLS 1.2, and HTTP/3 needs 1.3.
// Sourced: https://www.rfc-editor.org/rfc/rfc9113#section-9.2
func (c *client) offers() []string {
	versions := map[string][]string{
		requestpath.HTTP11: {requestpath.HTTP11},
		requestpath.HTTP3:  {requestpath.HTTP3, requestpath.HTTP2, requestpath.HTTP11},
		requestpath.GRPC:   {requestpath.HTTP2},
	}[c.request.Version]
	if versions == nil {
		versions = []string{requestpath.HTTP2, requestpath.HTTP11}
	}
	return slices.DeleteFunc(versions, func(version string) bool {
		return version != requestpath.HTTP11 && c.request.Scheme != requestpath.SchemeHTTPS ||
			version == requestpath.HTTP2 && c.newestTLS() < tls.VersionTLS12 ||
			version == requestpath.HTTP3 && c.newestTLS() < tls.VersionTLS13
	})
}

// protocols returns the offers' names in a TLS handshake over TCP.
func (c *client) protocols() []string {
	var names []string
	for _, version := range c.offers() {
		switch version {
		case requestpath.HTTP2:
			names = append(names, "h2")
		case requestpath.HTTP11:
			names = append(names, "http/1.1")
		}
	}
	return names
}

// agree settles on the HTTP version of the connection. A server that chose none
// speaks HTTP/1.1.
func (c *client) agree(conn net.Conn) error {
	version := requestpath.HTTP11
	if secured, ok := conn.(*tls.Conn); ok && secured.ConnectionState().NegotiatedProtocol == "h2" {
		version = requestpath.HTTP2
	}
	if !slices.Contains(c.offers(), version) {
		return errNoCommonVersion
	}
	c.seen.Protocol = version
	return nil
}

// callGRPC turns the request into a gRPC call with one empty message.
// Sourced: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
func callGRPC(r *http.Request) {
	r.Method = http.MethodPost
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("Te", "trailers")
	r.Body = io.NopCloser(bytes.NewReader(make([]byte, 5)))
	r.ContentLength = 5
}
