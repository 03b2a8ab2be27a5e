package alb

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// certificates are the certificates of a listener, the default one first.
type certificates []*tls.Certificate

// certificatesOf finds the certificates of a listener.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func (r *Running) certificatesOf(l account.Listener) (certificates, error) {
	arns := []string{l.CertificateARN}
	for _, added := range r.opts.Account.ListenerCertificates {
		if added.ListenerARN == l.ARN {
			arns = append(arns, added.CertificateARN)
		}
	}
	var out certificates
	for _, arn := range arns {
		c := r.opts.Certificates[arn]
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
	name = strings.TrimSuffix(name, ".")
	best, most := s[0], 0
	for _, c := range append(slices.Clone(s[1:]), s[0]) {
		if rank := certificateRank(c.Leaf, name); rank > most {
			best, most = c, rank
		}
	}
	return best
}

// certificateRank ranks a certificate for a name, 0 when it does not cover it. A
// wildcard stands for the first label alone.
// Sourced: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
func certificateRank(leaf *x509.Certificate, name string) int {
	if leaf.VerifyHostname(name) != nil {
		return 0
	}
	rank := 1
	if slices.ContainsFunc(leaf.DNSNames, func(n string) bool { return strings.EqualFold(n, name) }) {
		rank = 3
	}
	if time.Now().Before(leaf.NotAfter) {
		rank++
	}
	return rank
}

// versionsOf are the least and the latest TLS version of a listener's security policy.
func versionsOf(policy string) (least, latest uint16) {
	oldest, newest, _ := awstable.LoadBalancerPolicyTLS(policy)
	return awstable.TLSNumber(oldest), awstable.TLSNumber(newest)
}

// latestTowardsTargets is the latest TLS version that targets are spoken to in, which
// follows the listener's policy: 1.3 when that has 1.3, else 1.2; the least is always
// 1.0. An HTTP listener has no policy, which counts as one without 1.3.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
// (for HTTP listeners: inferred)
func latestTowardsTargets(policy string) uint16 {
	_, latest := versionsOf(policy)
	return max(latest, tls.VersionTLS12)
}

// ciphers are the suites for TLS 1.2 and below. Those with CBC are what older
// versions have; the keys here are ECDSA's and RSA's.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
var ciphers = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
	tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
	tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
}

// tlsConfig is how a listener speaks TLS.
func (p *servedListener) tlsConfig(certificates certificates) *tls.Config {
	least, latest := versionsOf(p.SSLPolicy)
	plain := &tls.Config{
		MinVersion: least, MaxVersion: latest, CipherSuites: ciphers, NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return certificates.forName(hello.ServerName), nil
		},
	}
	full := plain.Clone()
	if p.loadBalancer.registered.EnableHTTP2 {
		full.NextProtos = []string{"h2", "http/1.1"}
	}
	full.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		p.loadBalancer.opts.Sink.Emit(wire.Event{
			Hop: wire.HopLoadBalancer, Name: p.loadBalancer.registered.Name, Kind: wire.Handshake, SNI: hello.ServerName,
		})
		if slices.ContainsFunc(hello.SupportedVersions, func(v uint16) bool { return v >= tls.VersionTLS12 }) {
			return nil, nil
		}
		return plain, nil // HTTP/2 needs TLS 1.2
	}
	return full
}
