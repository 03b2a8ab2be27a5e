package balancer

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
)

// How long a target has to accept a connection, and to agree on TLS, in seconds.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
const (
	connectSeconds   = 10
	handshakeSeconds = 10
)

// responseHeaderLimit is how large the header of a target's response may be.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
const responseHeaderLimit = 32 << 10

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
	d := dialler{r: r, latest: latest, offer: offer}
	return &http.Transport{
		Protocols: speaks, DialContext: d.plain, DialTLSContext: d.secure,
		DisableCompression: true, MaxResponseHeaderBytes: responseHeaderLimit,
		MaxIdleConnsPerHost: 1000, IdleConnTimeout: r.idle(), ExpectContinueTimeout: r.seconds(1),
	}
}

// dialler opens connections to targets.
type dialler struct {
	r      *Running
	latest uint16 // TLS version
	offer  string // in ALPN
}

// plain opens a connection. It ends when the load balancer closes, not with the
// request that it was opened for: another one may use it.
func (d dialler) plain(_ context.Context, _, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(d.r.ctx, d.r.seconds(connectSeconds))
	defer cancel()
	return d.r.network.Dial(ctx, d.r.source, to)
}

// secure opens a connection with TLS. The target's certificate is not looked at,
// and it is told no name. Both sides have to agree on the HTTP version.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
// (that no name is sent, and ALPN for HTTP/1.1 is, is inferred)
func (d dialler) secure(ctx context.Context, network, address string) (net.Conn, error) {
	raw, err := d.plain(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := tls.Client(raw, &tls.Config{
		InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: d.latest, CipherSuites: ciphers,
		NextProtos: []string{d.offer},
	})
	ctx, cancel := context.WithTimeout(d.r.ctx, d.r.seconds(handshakeSeconds))
	defer cancel()
	err = c.HandshakeContext(ctx)
	if agreed := c.ConnectionState().NegotiatedProtocol; err == nil && d.offer == "h2" && agreed != "h2" {
		err = errors.New("the target does not speak HTTP/2")
	}
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return c, nil
}
