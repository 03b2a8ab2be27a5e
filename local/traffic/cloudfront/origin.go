package cloudfront

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// origin is a registered origin with its connections. The URL of a request to it has
// the name for SNI instead of the one to look up, so that connections are pooled by
// scheme and SNI.
type origin struct {
	account.Origin
	fleet    *Fleet
	vpc      *VPCOrigin // nil of a custom origin
	bucket   *bucket    // nil unless it is one
	versions []uint16   // of TLS
	attempts int        // to connect
	// connectTimeout is for each attempt, readTimeout for the response and for each
	// further part of it.
	connectTimeout, readTimeout time.Duration
	plain, grpc                 *http.Transport
}

// Why a request to an origin fails.
var (
	errName    = errors.New("CloudFront wasn't able to resolve the origin domain name")
	errDropped = errors.New("CloudFront wasn't able to connect to the origin in time")
	errConnect = errors.New("CloudFront wasn't able to connect to the origin")
	errTLS     = errors.New("CloudFront wasn't able to agree on TLS with the origin")
	errSlow    = errors.New("the origin did not answer in time")
	errVersion = errors.New("the origin does not speak HTTP/2, which gRPC needs")
)

// statusOf returns the status for a request to an origin that failed: 504 for a
// timeout, 502 otherwise.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-504-gateway-timeout.html
func statusOf(err error) int {
	var slow net.Error
	timedOut := errors.As(err, &slow) && slow.Timeout() // net/http's, for the response
	if errors.Is(err, errDropped) || timedOut && !errors.Is(err, errTLS) {
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

// idleConnections is how many idle connections are kept per scheme and SNI.
const idleConnections = 1024

// longestHeaders is the limit for the headers of a response, in bytes.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const longestHeaders = 32768

// newOrigin adds CloudFront's defaults to a registered origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (f *Fleet) newOrigin(d account.Distribution, registered account.Origin) (*origin, error) {
	vpc := f.opts.VPCOrigins[registered.VPCOriginConfig.VPCOriginID]
	if vpc != nil {
		registered = throughVPC(registered, vpc)
	}
	s3, err := f.bucketOf(d, &registered)
	if err != nil {
		return nil, err
	}
	config := registered.CustomOriginConfig
	o := &origin{
		Origin: registered, fleet: f, vpc: vpc, bucket: s3, attempts: cmp.Or(registered.ConnectionAttempts, 3),
		connectTimeout: f.seconds(cmp.Or(registered.ConnectionTimeout, 10)),
		readTimeout:    f.seconds(cmp.Or(config.OriginReadTimeout, 30)),
	}
	if len(config.OriginSSLProtocols) == 0 {
		o.versions = []uint16{tls.VersionTLS12}
	}
	for _, name := range config.OriginSSLProtocols {
		if name != awstable.SSL3 { // which is not supported here
			o.versions = append(o.versions, awstable.TLSNumber(name))
		}
	}
	o.plain, o.grpc = o.transport("http/1.1"), o.transport("h2")
	return o, nil
}

// transport returns a transport over the simulated network for HTTP/1.1, or for HTTP/2
// (gRPC). If the origin has closed an idle connection, net/http retries idempotent
// requests.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (o *origin) transport(offer string) *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(offer == "http/1.1")
	protocols.SetHTTP2(offer == "h2")
	return &http.Transport{
		Protocols:              &protocols,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    idleConnections,
		MaxResponseHeaderBytes: longestHeaders,
		IdleConnTimeout:        o.fleet.seconds(cmp.Or(o.CustomOriginConfig.OriginKeepaliveTimeout, 5)),
		ResponseHeaderTimeout:  o.readTimeout,
		// A connection may outlive the request that opened it, but not the fleet.
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return o.connect(o.CustomOriginConfig.HTTPPort)
		},
		DialTLSContext: func(_ context.Context, _, at string) (net.Conn, error) {
			return o.connectTLS(at, offer)
		},
	}
}

func (o *origin) closeIdle() {
	o.plain.CloseIdleConnections()
	o.grpc.CloseIdleConnections()
}

// connect connects to the first IPv4 address of the origin in public DNS, or to the first
// one of its VPC origin, with the configured number of attempts and timeout.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
func (o *origin) connect(port int) (net.Conn, error) {
	address, from, err := o.address()
	if err != nil {
		return nil, err
	}
	to := netip.AddrPortFrom(address, uint16(port))
	for range o.attempts {
		var c net.Conn
		if c, err = o.attempt(from, to); err == nil || o.fleet.ctx.Err() != nil {
			return c, err
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, errDropped
	}
	return nil, fmt.Errorf("%w: %w", errConnect, err)
}

func (o *origin) attempt(from wire.Source, to netip.AddrPort) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(o.fleet.ctx, o.connectTimeout)
	defer cancel()
	return o.fleet.network.Dial(ctx, from, to)
}

// connectTLS connects and performs the TLS handshake with the name in at as SNI. The
// handshake may take as long as all attempts to connect.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
func (o *origin) connectTLS(at, offer string) (net.Conn, error) {
	sni, _, err := net.SplitHostPort(at)
	if err != nil {
		return nil, err
	}
	if len(o.versions) == 0 {
		return nil, fmt.Errorf("%w: SSLv3 is the only protocol that the origin may use", errTLS)
	}
	raw, err := o.connect(o.CustomOriginConfig.HTTPSPort)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(o.fleet.ctx, time.Duration(o.attempts)*o.connectTimeout)
	defer cancel()
	c := tls.Client(raw, o.tls(sni, offer))
	if err := c.HandshakeContext(ctx); err != nil {
		_ = raw.Close() // the handshake's error is the one to report
		return nil, fmt.Errorf("%w: %w", errTLS, err)
	}
	if offer == "h2" && c.ConnectionState().NegotiatedProtocol != "h2" {
		_ = c.Close() // errVersion is the one to report
		return nil, errVersion
	}
	return c, nil
}

// tls returns the TLS settings for an origin, never newer than TLS 1.2.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-ciphers-cloudfront-to-origin.html
func (o *origin) tls(sni, offer string) *tls.Config {
	return &tls.Config{
		ServerName: sni, NextProtos: []string{offer},
		MinVersion: slices.Min(o.versions), MaxVersion: slices.Max(o.versions), CipherSuites: oldSuites,
		CurvePreferences:   []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.X25519},
		InsecureSkipVerify: true, // trusts verifies, for either of two names
		VerifyConnection:   func(c tls.ConnectionState) error { return o.trusts(c, sni) },
	}
}

// trusts verifies an origin's certificate: a complete chain to a trusted authority,
// currently valid, for the origin's domain name or for the SNI, which is the forwarded
// Host header.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
// Inferred: that the name is not verified at a bucket, whose own may have dots
func (o *origin) trusts(c tls.ConnectionState, sni string) error {
	leaf := c.PeerCertificates[0]
	rest := x509.NewCertPool()
	for _, i := range c.PeerCertificates[1:] {
		rest.AddCert(i)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: o.fleet.opts.Authority.Roots(), Intermediates: rest}); err != nil {
		return err
	}
	if o.bucket != nil || leaf.VerifyHostname(o.DomainName) == nil {
		return nil
	}
	return leaf.VerifyHostname(sni)
}
