package cloudfront

import (
	"crypto/tls"
	"errors"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Cipher suites up to TLS 1.2; those of TLS 1.3 cannot be chosen. TLS 1.0 and 1.1 have
// only the CBC suites.
var (
	newSuites = []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
	oldSuites = append(slices.Clone(newSuites),
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
	)
)

// viewerTLS returns the TLS settings of a distribution: the version in the name of its
// security policy or a newer one, and its HTTP versions over TCP.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html
func viewerTLS(policy, httpVersion string, certificate *tls.Certificate) *tls.Config {
	oldest, _, _ := strings.Cut(policy, "_")
	if oldest == awstable.SSL3 {
		oldest = awstable.TLS10 // SSLv3 is not supported here
	}
	version := awstable.TLSNumber(oldest)
	suites := newSuites
	if version < tls.VersionTLS12 {
		suites = oldSuites
	}
	offers := []string{"http/1.1"}
	if strings.HasPrefix(httpVersion, "http2") {
		offers = []string{"h2", "http/1.1"}
	}
	return &tls.Config{
		Certificates: []tls.Certificate{*certificate}, MinVersion: version, MaxVersion: tls.VersionTLS13,
		CipherSuites: suites, NextProtos: offers,
	}
}

// configFor chooses the TLS settings for a viewer by SNI. HTTP/2, which needs TLS 1.2,
// is not offered to a viewer with TLS 1.1 or older.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-https-dedicated-ip-or-sni.html
// (without SNI, or with an unknown one, it is CloudFront's own certificate)
func (f *Fleet) configFor(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	_, config := f.distributionFor(hello)
	if newest(hello) < tls.VersionTLS12 {
		config = config.Clone()
		config.NextProtos = []string{"http/1.1"}
	}
	return config, nil
}

// errNoHTTP3 ends the handshake over QUIC with a distribution that does not serve
// HTTP/3. The viewer has to use TCP.
var errNoHTTP3 = errors.New("the distribution does not serve HTTP/3")

// configForHTTP3 is configFor for HTTP/3.
func (f *Fleet) configForHTTP3(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	d, config := f.distributionFor(hello)
	if d == nil || !d.servesHTTP3() {
		return nil, errNoHTTP3
	}
	config = config.Clone()
	config.MinVersion, config.NextProtos = tls.VersionTLS13, []string{"h3"}
	return config, nil
}

// distributionFor finds the distribution for a ClientHello, and emits the event.
func (f *Fleet) distributionFor(hello *tls.ClientHelloInfo) (*distribution, *tls.Config) {
	e := wire.Event{Hop: wire.HopDistribution, Kind: wire.Handshake, SNI: hello.ServerName}
	name := hostName(hello.ServerName)
	d, config := f.byName(name), f.unknownName
	if d != nil {
		config, e.Name = d.tlsFor(name), d.ID
	}
	if v := newest(hello); v >= config.MinVersion {
		e.TLS = awstable.TLSName(v)
	}
	f.opts.Sink.Emit(e)
	return d, config
}

// newest returns the newest TLS version that both sides support, or 0.
func newest(hello *tls.ClientHelloInfo) uint16 {
	var best uint16
	for _, v := range hello.SupportedVersions {
		if tls.VersionTLS10 <= v && v <= tls.VersionTLS13 {
			best = max(best, v)
		}
	}
	return best
}
