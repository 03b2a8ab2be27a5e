package observe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"

	"github.com/portico-iac/portico/requestpath"
)

// tlsNames are the versions of TLS under the model's names.
var tlsNames = map[uint16]string{
	tls.VersionTLS10: requestpath.TLS10, tls.VersionTLS11: requestpath.TLS11,
	tls.VersionTLS12: requestpath.TLS12, tls.VersionTLS13: requestpath.TLS13,
}

// newestTLS is the newest version that the viewer speaks.
func (v *viewer) newestTLS() uint16 {
	for number, name := range tlsNames {
		if name == v.request.TLS {
			return number
		}
	}
	return tls.VersionTLS13
}

func (v *viewer) speaksTLS13() bool { return v.newestTLS() == tls.VersionTLS13 }

// suites are all that the viewer offers, old ones for old servers among them.
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

// tlsConfig is how the viewer shakes hands. It looks at the certificate itself,
// so that what was shown is known even when it is not accepted.
func (v *viewer) tlsConfig(protocols []string) *tls.Config {
	return &tls.Config{
		ServerName: v.request.Name, MinVersion: tls.VersionTLS10, MaxVersion: v.newestTLS(), CipherSuites: suites(),
		NextProtos: protocols, InsecureSkipVerify: true, VerifyConnection: v.verify,
	}
}

func (v *viewer) handshake(ctx context.Context, conn net.Conn) (*tls.Conn, error) {
	secured := tls.Client(conn, v.tlsConfig(v.protocols()))
	return secured, secured.HandshakeContext(ctx)
}

// errCertificate is a certificate that the viewer does not accept.
type errCertificate struct{ error }

func (e errCertificate) Unwrap() error { return e.error }

// verify notes the certificate and checks it against the name.
func (v *viewer) verify(state tls.ConnectionState) error {
	v.seen.TLS = tlsNames[state.Version]
	if len(state.PeerCertificates) == 0 {
		return errCertificate{errors.New("no certificate was shown")}
	}
	leaf := state.PeerCertificates[0]
	v.seen.Certificate, v.seen.Expires = namesOf(leaf), leaf.NotAfter
	if v.request.IgnoreCertificate {
		return nil
	}
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: v.request.Name, Roots: v.via.Roots(), Intermediates: between})
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
