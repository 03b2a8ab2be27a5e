package alb

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
)

// Limits of a target: the seconds that it has to accept a connection and to agree on
// TLS, and how large the header of its response may be.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
const (
	connectSeconds      = 10
	handshakeSeconds    = 10
	responseHeaderLimit = 32 << 10
)

// transport speaks HTTP/1.1 to targets of version HTTP1 and HTTP/2 to the others,
// without TLS from the first byte on. latest is the latest TLS version.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
func (r *Running) transport(version string, latest uint16) *http.Transport {
	speaks, offer := &http.Protocols{}, "http/1.1"
	if version == versionHTTP1 {
		speaks.SetHTTP1(true)
	} else {
		speaks.SetHTTP2(true)
		speaks.SetUnencryptedHTTP2(true)
		offer = "h2"
	}
	return &http.Transport{
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) { return r.dial(address) },
		DialTLSContext: func(_ context.Context, _, address string) (net.Conn, error) {
			return r.dialTLS(address, latest, offer)
		},
		Protocols: speaks, DisableCompression: true, MaxResponseHeaderBytes: responseHeaderLimit,
		MaxIdleConnsPerHost: 1000, IdleConnTimeout: r.idle(), ExpectContinueTimeout: r.seconds(1),
	}
}

// dial opens a connection to a target. It ends when the load balancer closes, not
// with the request that it was opened for: another one may use it.
func (r *Running) dial(address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.ctx, r.seconds(connectSeconds))
	defer cancel()
	return r.network.Dial(ctx, r.source, to)
}

// dialTLS opens a connection with TLS and an offer for ALPN. The target's certificate
// is not looked at, and it is told no name. Both sides have to agree on HTTP/2.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
// (that no name is sent, and ALPN for HTTP/1.1 is, is inferred)
func (r *Running) dialTLS(address string, latest uint16, offer string) (net.Conn, error) {
	raw, err := r.dial(address)
	if err != nil {
		return nil, err
	}
	c := tls.Client(raw, &tls.Config{
		InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: latest, CipherSuites: ciphers,
		NextProtos: []string{offer},
	})
	ctx, cancel := context.WithTimeout(r.ctx, r.seconds(handshakeSeconds))
	defer cancel()
	err = c.HandshakeContext(ctx)
	if agreed := c.ConnectionState().NegotiatedProtocol; err == nil && offer == "h2" && agreed != "h2" {
		err = errors.New("the target does not speak HTTP/2")
	}
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return c, nil
}
