package observe

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"

	"github.com/portico-iac/portico/internal/awstable"
)

func (c *client) newestTLS() uint16 {
	return cmp.Or(awstable.TLSNumber(c.request.TLS), tls.VersionTLS13)
}

func (c *client) speaksTLS13() bool { return c.newestTLS() == tls.VersionTLS13 }

// suites are the cipher suites that the client offers, with old ones for old servers.
func suites() []uint16 {
	ids := []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA,
	}
	for _, suite := range tls.CipherSuites() {
		ids = append(ids, suite.ID)
	}
	return ids
}

// tlsConfig has the client verify the certificate itself, to report one that it does not
// accept.
func (c *client) tlsConfig(protocols []string) *tls.Config {
	return &tls.Config{
		ServerName: c.request.Name, MinVersion: tls.VersionTLS10, MaxVersion: c.newestTLS(), CipherSuites: suites(),
		NextProtos: protocols, InsecureSkipVerify: true, VerifyConnection: c.verify,
	}
}

func (c *client) handshake(ctx context.Context, conn net.Conn) (*tls.Conn, error) {
	secured := tls.Client(conn, c.tlsConfig(c.protocols()))
	return secured, secured.HandshakeContext(ctx)
}

// errCertificate is a certificate that the client does not accept.
type errCertificate struct{ error }

func (e errCertificate) Unwrap() error { return e.error }

// verify records the certificate and checks it against the name.
func (c *client) verify(state tls.ConnectionState) error {
	c.seen.TLS = awstable.TLSName(state.Version)
	if len(state.PeerCertificates) == 0 {
		return errCertificate{errors.New("no certificate was shown")}
	}
	leaf := state.PeerCertificates[0]
	c.seen.Certificate, c.seen.Expires = namesOf(leaf), leaf.NotAfter
	if c.request.IgnoreCertificate {
		return nil
	}
	between := x509.NewCertPool()
	for _, issuer := range state.PeerCertificates[1:] {
		between.AddCert(issuer)
	}
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: c.request.Name, Roots: c.via.Roots(), Intermediates: between})
	if err != nil {
		return errCertificate{err}
	}
	return nil
}

func namesOf(leaf *x509.Certificate) []string {
	names := append([]string{}, leaf.DNSNames...)
	for _, a := range leaf.IPAddresses {
		names = append(names, a.String())
	}
	return names
}
