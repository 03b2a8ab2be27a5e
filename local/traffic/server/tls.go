package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// suites are those of TLS 1.0 to 1.2 for the keys of the local authority.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
}

// tlsConfig is how the listener speaks TLS. The version is agreed per connection,
// since there may be gaps between the ones spoken.
func (l *servedListener) tlsConfig() (*tls.Config, error) {
	if l.options.Authority == nil {
		return nil, errors.New("there is no authority to issue its certificates")
	}
	var certificates []*tls.Certificate
	for _, spec := range l.Certificates {
		c, err := l.options.Authority.Certificate(spec)
		if err != nil {
			return nil, err
		}
		certificates = append(certificates, c)
	}
	versions, err := l.tlsVersions()
	if err != nil {
		return nil, err
	}
	return &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		l.options.Sink.Emit(wire.Event{Hop: hop(h.Conn), Name: l.options.Place.Name, Kind: wire.Handshake, SNI: h.ServerName})
		if len(versions) == 0 {
			return nil, errors.New("SSLv3 is not supported any more")
		}
		version := agreed(versions, h.SupportedVersions)
		return &tls.Config{
			Certificates: []tls.Certificate{*choose(certificates, h.ServerName)},
			MinVersion:   version, MaxVersion: version, CipherSuites: suites,
			NextProtos: l.nextProtos(version), SessionTicketsDisabled: true,
		}, nil
	}}, nil
}

// tlsVersions are the versions spoken, the oldest first, without SSLv3.
func (l *servedListener) tlsVersions() ([]uint16, error) {
	var out []uint16
	for _, name := range l.TLS {
		switch v := awstable.TLSNumber(name); {
		case v == 0:
			return nil, fmt.Errorf("unknown TLS version %q: must be TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3", name)
		case name != awstable.SSL3: // which Go does not implement
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out, nil
}

// agreed is the newest version that both sides speak. When there is none it is the
// server's newest, and the handshake fails.
func agreed(own, offered []uint16) uint16 {
	for _, v := range slices.Backward(own) {
		if slices.Contains(offered, v) {
			return v
		}
	}
	return own[len(own)-1]
}

// nextProtos is what is offered by ALPN; HTTP/2 needs TLS 1.2.
// Sourced: https://www.rfc-editor.org/rfc/rfc9113#section-9.2
func (l *servedListener) nextProtos(version uint16) []string {
	var out []string
	if l.speaksHTTP2() && version >= tls.VersionTLS12 {
		out = append(out, "h2")
	}
	if slices.Contains(l.Versions, HTTP11) {
		out = append(out, "http/1.1")
	}
	return out
}

// choose is the certificate for a name: one with that name, one with its wildcard, or
// the first.
func choose(all []*tls.Certificate, name string) *tls.Certificate {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	_, parent, _ := strings.Cut(name, ".")
	for _, want := range []string{name, "*." + parent} {
		i := slices.IndexFunc(all, func(c *tls.Certificate) bool {
			return slices.ContainsFunc(c.Leaf.DNSNames, func(n string) bool { return strings.EqualFold(n, want) })
		})
		if i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// rejectPlain answers plain HTTP on a TLS port with 400. net/http does so too, but
// for some methods only, and without an event.
func (l *servedListener) rejectPlain(w http.ResponseWriter, r *http.Request) {
	e := l.event(r)
	e.Status, e.Answered = http.StatusBadRequest, true
	l.options.Sink.Emit(e)
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusBadRequest)
}
