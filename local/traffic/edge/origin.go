package edge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
)

// servedOrigin is an origin with its connections. The name in the URL of a request
// to it is the one that is sent as SNI and not the one that is looked up, so that
// connections are pooled by port and SNI.
type servedOrigin struct {
	Origin
	fleet    *Fleet
	versions []uint16 // of TLS, that are offered
	plain    *http.Transport
	grpc     *http.Transport
}

// Why an origin cannot be used.
var (
	errName    = errors.New("CloudFront wasn't able to resolve the origin domain name")
	errDropped = errors.New("CloudFront wasn't able to connect to the origin in time")
	errConnect = errors.New("CloudFront wasn't able to connect to the origin")
	errTLS     = errors.New("CloudFront wasn't able to agree on TLS with the origin")
	errSlow    = errors.New("the origin did not answer in time")
	errVersion = errors.New("the origin does not speak HTTP/2, which gRPC needs")
)

// statusOf is what a viewer gets when its origin fails: 504 when nothing came in
// time, 502 for everything else.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-504-gateway-timeout.html
func statusOf(err error) int {
	var slow net.Error
	switch {
	case errors.Is(err, errDropped):
		return http.StatusGatewayTimeout
	case errors.Is(err, errTLS):
		return http.StatusBadGateway
	case errors.As(err, &slow) && slow.Timeout(): // net/http's, for the answer
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

// idleConnections are kept per port and SNI.
const idleConnections = 1024

// longestHeaders is how long an origin's headers may be.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const longestHeaders = 32768

func (f *Fleet) newOrigin(o Origin) *servedOrigin {
	u := &servedOrigin{Origin: o, fleet: f}
	for _, name := range o.SSLProtocols {
		if name != awstable.SSL3 { // which nothing here speaks
			u.versions = append(u.versions, awstable.TLSNumber(name))
		}
	}
	var http1, http2 http.Protocols
	http1.SetHTTP1(true)
	http2.SetHTTP2(true)
	u.plain = u.transport(&http1, "http/1.1")
	u.grpc = u.transport(&http2, "h2")
	return u
}

// transport is HTTP/1.1, or HTTP/2 for gRPC, over the simulated network. Of
// requests on an idle connection that the origin has closed, net/http sends those
// again that are idempotent.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (u *servedOrigin) transport(protocols *http.Protocols, offer string) *http.Transport {
	clock := u.fleet.network.Clock()
	return &http.Transport{
		Protocols:              protocols,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    idleConnections,
		MaxResponseHeaderBytes: longestHeaders,
		IdleConnTimeout:        clock.Seconds(float64(u.KeepaliveTimeout)),
		ResponseHeaderTimeout:  clock.Seconds(float64(u.ReadTimeout)),
		DialContext: func(ctx context.Context, _, at string) (net.Conn, error) {
			return u.connect(ctx, at)
		},
		DialTLSContext: func(ctx context.Context, _, at string) (net.Conn, error) {
			return u.connectTLS(ctx, at, offer)
		},
	}
}

func (u *servedOrigin) closeIdle() {
	u.plain.CloseIdleConnections()
	u.grpc.CloseIdleConnections()
}

// connect connects to the origin's address, on the port of at. It tries as often
// and as long as is configured.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (u *servedOrigin) connect(ctx context.Context, at string) (net.Conn, error) {
	ctx, cancel := u.bound(ctx)
	defer cancel()
	_, text, err := net.SplitHostPort(at)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, err
	}
	address, ok := u.fleet.opts.Resolve(ctx, u.DomainName)
	if !ok {
		return nil, errName
	}
	to := netip.AddrPortFrom(address, uint16(port))
	for range u.ConnectAttempts {
		var c net.Conn
		if c, err = u.attempt(ctx, to); err == nil || ctx.Err() != nil {
			return c, err
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, errDropped
	}
	return nil, fmt.Errorf("%w: %w", errConnect, err)
}

func (u *servedOrigin) attempt(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, u.timeout())
	defer cancel()
	return u.fleet.network.Dial(ctx, u.fleet.source, to)
}

// timeout is how long one attempt to connect may take.
func (u *servedOrigin) timeout() time.Duration {
	return u.fleet.network.Clock().Seconds(float64(u.ConnectTimeout))
}

// bound ends a context with the fleet, too.
func (u *servedOrigin) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(u.fleet.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// connectTLS connects and shakes hands with the SNI of at. The handshake may take
// as long as all attempts to connect.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
func (u *servedOrigin) connectTLS(ctx context.Context, at, offer string) (net.Conn, error) {
	sni, _, err := net.SplitHostPort(at)
	if err != nil {
		return nil, err
	}
	if len(u.versions) == 0 {
		return nil, fmt.Errorf("%w: SSLv3 is all that it may speak", errTLS)
	}
	raw, err := u.connect(ctx, at)
	if err != nil {
		return nil, err
	}
	ctx, cancel := u.bound(ctx)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, time.Duration(u.ConnectAttempts)*u.timeout())
	defer stop()
	c := tls.Client(raw, u.tls(sni, offer))
	if err := c.HandshakeContext(ctx); err != nil {
		_ = raw.Close() // which failed already
		return nil, fmt.Errorf("%w: %w", errTLS, err)
	}
	if offer == "h2" && c.ConnectionState().NegotiatedProtocol != "h2" {
		_ = c.Close() // the other error is the one to report
		return nil, errVersion
	}
	return c, nil
}

// tls is how CloudFront speaks TLS to an origin: never newer than TLS 1.2.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-ciphers-cloudfront-to-origin.html
func (u *servedOrigin) tls(sni, offer string) *tls.Config {
	return &tls.Config{
		ServerName: sni, NextProtos: []string{offer},
		MinVersion: slices.Min(u.versions), MaxVersion: slices.Max(u.versions), CipherSuites: oldSuites,
		CurvePreferences:   []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.X25519},
		InsecureSkipVerify: true, // trusts does it, for either of two names
		VerifyConnection:   func(c tls.ConnectionState) error { return u.trusts(c, sni) },
	}
}

// trusts checks an origin's certificate: a whole chain to an authority that is
// trusted, valid now, for the origin's domain name or for the name in the Host
// header that is forwarded, which is the SNI.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
func (u *servedOrigin) trusts(c tls.ConnectionState, sni string) error {
	leaf := c.PeerCertificates[0]
	rest := x509.NewCertPool()
	for _, i := range c.PeerCertificates[1:] {
		rest.AddCert(i)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: u.fleet.opts.Roots, Intermediates: rest}); err != nil {
		return err
	}
	if leaf.VerifyHostname(u.DomainName) == nil {
		return nil
	}
	return leaf.VerifyHostname(sni)
}
