// Package pki is the certification authority of the local AWS. It issues the
// certificates of Certificate Manager and of servers, trusted and untrusted ones.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// Why a certificate is not trusted.
const (
	SelfSigned      = "self-signed"
	UnknownIssuer   = "unknown-issuer"
	IncompleteChain = "incomplete-chain"
)

// Spec describes a certificate.
type Spec struct {
	// Names are host names, wildcards of one level, and addresses.
	Names []string `json:"names"`
	// Expired says that it is no longer valid. Default: false.
	Expired bool `json:"expired,omitempty"`
	// Trust is SelfSigned, UnknownIssuer or IncompleteChain. Default: it is trusted.
	Trust string `json:"trust,omitempty"`
}

// Authority issues certificates. Its methods may be called from several
// goroutines.
type Authority struct {
	root, intermediate *tls.Certificate
	stranger           *tls.Certificate // not trusted

	mu     sync.Mutex
	issued map[string]*tls.Certificate
}

// New returns an authority with new keys.
func New() (*Authority, error) {
	a := &Authority{issued: map[string]*tls.Certificate{}}
	var err error
	if a.root, err = newIssuer("Portico local root", nil); err != nil {
		return nil, err
	}
	if a.intermediate, err = newIssuer("Portico local intermediate", a.root); err != nil {
		return nil, err
	}
	a.stranger, err = newIssuer("Portico local stranger", nil)
	return a, err
}

func block(kind string, content []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
}

// Roots are the trusted root certificates.
func (a *Authority) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.root.Leaf)
	return pool
}

// RootPEM is the trusted root as a PEM file, for curl's --cacert.
func (a *Authority) RootPEM() []byte { return block("CERTIFICATE", a.root.Leaf.Raw) }

// Certificate returns a certificate with the chain that is sent with it: ECDSA P-256,
// valid for 90 days. Equal specs get the same one. An unknown Trust is an error.
func (a *Authority) Certificate(s Spec) (*tls.Certificate, error) {
	key, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("issuing a certificate: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.issued[string(key)]; c != nil && c.Leaf.NotAfter.After(time.Now()) != s.Expired {
		return c, nil
	}
	c, err := a.issue(s)
	if err != nil {
		return nil, fmt.Errorf("issuing a certificate for %v: %w", s.Names, err)
	}
	a.issued[string(key)] = c
	return c, nil
}

func (a *Authority) issue(s Spec) (*tls.Certificate, error) {
	by := a.intermediate
	switch s.Trust {
	case "", IncompleteChain:
	case UnknownIssuer:
		by = a.stranger
	case SelfSigned:
		by = nil
	default:
		return nil, fmt.Errorf("unknown trust %q: must be %q, %q, %q or empty", s.Trust, SelfSigned, UnknownIssuer, IncompleteChain)
	}
	c, err := sign(leafTemplate(s), by)
	if err != nil || by == nil || s.Trust == IncompleteChain {
		return c, err
	}
	c.Certificate = append(c.Certificate, by.Leaf.Raw)
	return c, nil
}

func leafTemplate(s Spec) *x509.Certificate {
	t := &x509.Certificate{
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 90),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if s.Expired {
		t.NotBefore, t.NotAfter = t.NotBefore.AddDate(0, 0, -91), t.NotBefore.AddDate(0, 0, -1)
	}
	for _, name := range s.Names {
		if t.Subject.CommonName == "" && len(name) <= maxCommonName {
			t.Subject.CommonName = name
		}
		if address, err := netip.ParseAddr(name); err == nil {
			t.IPAddresses = append(t.IPAddresses, address.AsSlice())
		} else {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
	return t
}

// maxCommonName is how long a certificate's common name may be.
// Sourced: https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1
const maxCommonName = 64

// newIssuer returns the certificate of an authority, self-signed when by is nil.
func newIssuer(name string, by *tls.Certificate) (*tls.Certificate, error) {
	c, err := sign(&x509.Certificate{
		Subject:   pkix.Name{CommonName: name, Organization: []string{"Portico local AWS"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}, by)
	if err != nil {
		return nil, fmt.Errorf("creating a certification authority: %w", err)
	}
	return c, nil
}

// sign creates a key and a certificate for it, self-signed when by is nil.
func sign(t *x509.Certificate, by *tls.Certificate) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if by == nil {
		by = &tls.Certificate{Leaf: t, PrivateKey: key}
	}
	raw, err := x509.CreateCertificate(rand.Reader, t, by.Leaf, &key.PublicKey, by.PrivateKey)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(raw)
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}, err
}
