package balancer

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"
)

// certificates are the certificates of a listener, the default one first.
type certificates []*tls.Certificate

// load finds the certificates of a listener.
func load(l Listener, opts Options) (certificates, error) {
	var out certificates
	for _, arn := range l.Certificates {
		c := opts.Certificates[arn]
		if c == nil {
			return nil, fmt.Errorf("certificate %s does not exist or is not issued", arn)
		}
		out = append(out, c)
	}
	return out, nil
}

// forName is the certificate for the name that a client asks for: one that covers
// it, by name before by wildcard, valid ones before expired ones, and of equal ones
// those that were added before the default one. Without a name, or when none
// covers it, it is the default one.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func (s certificates) forName(name string) *tls.Certificate {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	best, most := s[0], 0
	for _, c := range append(slices.Clone(s[1:]), s[0]) {
		if rank := certificateRank(c.Leaf, name); rank > most {
			best, most = c, rank
		}
	}
	return best
}

// certificateRank ranks a certificate for a name, 0 when it does not cover it.
func certificateRank(leaf *x509.Certificate, name string) int {
	rank := 0
	for _, n := range leaf.DNSNames {
		if name != "" && strings.EqualFold(n, name) {
			rank = max(rank, 4)
		} else if covers(strings.ToLower(n), name) {
			rank = max(rank, 2)
		}
	}
	if rank > 0 && time.Now().Before(leaf.NotAfter) {
		rank++
	}
	return rank
}

// covers says whether a wildcard stands for a name: for its first label, alone.
// Sourced: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
func covers(wildcard, name string) bool {
	rest, ok := strings.CutPrefix(wildcard, "*.")
	first, domain, dotted := strings.Cut(name, ".")
	return ok && dotted && first != "" && domain == rest
}

// config is how a listener speaks TLS. onClientHello is told the name in each
// ClientHello.
func (l Listener) config(certificates certificates, http2 bool, onClientHello func(name string)) *tls.Config {
	v := versionsOf(l.Policy)
	plain := &tls.Config{
		MinVersion: v.least, MaxVersion: v.latest, CipherSuites: ciphers, NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return certificates.forName(hello.ServerName), nil
		},
	}
	full := plain.Clone()
	if http2 {
		full.NextProtos = []string{"h2", "http/1.1"}
	}
	full.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		onClientHello(hello.ServerName)
		for _, v := range hello.SupportedVersions {
			if v >= tls.VersionTLS12 {
				return nil, nil
			}
		}
		return plain, nil // HTTP/2 needs TLS 1.2
	}
	return full
}
