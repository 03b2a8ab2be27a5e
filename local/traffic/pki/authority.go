// Package pki is the certification authority of the local AWS: it issues the
// certificates of Certificate Manager and of servers, good ones and such as
// nobody trusts.
package pki

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Why a certificate is not trusted. The empty string is a chain, sent whole, to
// a root that everybody trusts.
const (
	SelfSigned      = "self-signed"
	UnknownIssuer   = "unknown-issuer"
	IncompleteChain = "incomplete-chain"
)

// Spec is what a certificate is like.
type Spec struct {
	// Names are host names, wildcards of one level, and addresses.
	Names []string `json:"names"`
	// Expired says that it is not valid any more. Default: false.
	Expired bool `json:"expired,omitempty"`
	// Trust is "", SelfSigned, UnknownIssuer or IncompleteChain.
	Trust string `json:"trust,omitempty"`
}

// issuer is a certificate that signs others.
type issuer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Authority issues certificates. Its methods may be called from several
// goroutines.
type Authority struct {
	root, intermediate issuer
	stranger           issuer // whom nobody trusts

	mu     sync.Mutex
	issued map[string]*tls.Certificate
}

// New is an authority with new keys.
func New() (*Authority, error) {
	a := &Authority{issued: map[string]*tls.Certificate{}}
	var err error
	if a.root, err = newIssuer("Portico local root", issuer{}); err != nil {
		return nil, err
	}
	if a.intermediate, err = newIssuer("Portico local intermediate", a.root); err != nil {
		return nil, err
	}
	if a.stranger, err = newIssuer("Portico local stranger", issuer{}); err != nil {
		return nil, err
	}
	return a, nil
}

// The files of a folder that an authority is kept in. The key's is readable by
// its owner alone.
const (
	rootFile = "root.pem"
	keyFile  = "authority.pem"
)

// Load is the authority that is kept in a folder; it is made when there is none.
// The folder holds root.pem, which a browser can be told to trust, and
// authority.pem with the private keys. Several processes may load it at a time: they
// get the same one.
func Load(dir string) (*Authority, error) {
	a, err := read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err = create(dir); err == nil {
			a, err = read(dir)
		}
	}
	if err == nil {
		err = a.show(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the local certification authority: %w", err)
	}
	return a, nil
}

func read(dir string) (*Authority, error) {
	raw, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	a := &Authority{issued: map[string]*tls.Certificate{}}
	for _, to := range []*issuer{&a.root, &a.intermediate, &a.stranger} {
		if *to, raw, err = decodeIssuer(raw); err != nil {
			return nil, fmt.Errorf("%s: %w (delete the file to get a new one)", filepath.Join(dir, keyFile), err)
		}
	}
	return a, nil
}

// create keeps the keys of a new authority, unless another one is kept meanwhile.
func create(dir string) error {
	a, err := New()
	if err != nil {
		return err
	}
	var raw []byte
	for _, i := range []issuer{a.root, a.intermediate, a.stranger} {
		text, err := encodeIssuer(i)
		if err != nil {
			return err
		}
		raw = append(raw, text...)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err = put(dir, keyFile, raw, 0o600, os.Link)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// show has the root's certificate lie beside the keys.
func (a *Authority) show(dir string) error {
	there, err := os.ReadFile(filepath.Join(dir, rootFile))
	if err == nil && bytes.Equal(there, a.RootPEM()) {
		return nil
	}
	return put(dir, rootFile, a.RootPEM(), 0o644, os.Rename)
}

// put has a file come into being as a whole or not at all: it is written under
// another name, which is then made that of the file.
func put(dir, name string, content []byte, mode os.FileMode, settle func(from, to string) error) error {
	next, err := os.CreateTemp(dir, name+".*") // readable by its owner alone
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(next.Name()) }() // it is renamed already, or of no use
	_, err = next.Write(content)
	if err := errors.Join(err, next.Chmod(mode), next.Close()); err != nil {
		return err
	}
	return settle(next.Name(), filepath.Join(dir, name))
}

func encodeIssuer(i issuer) ([]byte, error) {
	key, err := x509.MarshalECPrivateKey(i.key)
	if err != nil {
		return nil, fmt.Errorf("writing a private key: %w", err)
	}
	return append(block("CERTIFICATE", i.certificate.Raw), block("EC PRIVATE KEY", key)...), nil
}

func decodeIssuer(raw []byte) (issuer, []byte, error) {
	certificate, raw := pem.Decode(raw)
	key, raw := pem.Decode(raw)
	if certificate == nil || key == nil {
		return issuer{}, nil, errors.New("it does not hold three certificates with their keys")
	}
	var i issuer
	var err error
	if i.certificate, err = x509.ParseCertificate(certificate.Bytes); err != nil {
		return issuer{}, nil, err
	}
	i.key, err = x509.ParseECPrivateKey(key.Bytes)
	return i, raw, err
}

func block(kind string, content []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
}

// Roots are the certificates that everybody trusts.
func (a *Authority) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.root.certificate)
	return pool
}

// RootPEM is the trusted root as a PEM file, for curl's --cacert.
func (a *Authority) RootPEM() []byte { return block("CERTIFICATE", a.root.certificate.Raw) }

// Certificate is the certificate of a spec with the chain that is sent with it:
// ECDSA P-256, valid for 90 days. Equal specs get the same one. An unknown Trust
// is an error.
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
	by, chain := a.intermediate, [][]byte{a.intermediate.certificate.Raw}
	switch s.Trust {
	case "":
	case IncompleteChain:
		chain = nil
	case UnknownIssuer:
		by, chain = a.stranger, [][]byte{a.stranger.certificate.Raw}
	case SelfSigned:
		by, chain = issuer{}, nil
	default:
		return nil, fmt.Errorf("unknown trust %q: must be %q, %q, %q or empty", s.Trust, SelfSigned, UnknownIssuer, IncompleteChain)
	}
	leaf, err := sign(leafTemplate(s), by)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{
		Certificate: append([][]byte{leaf.certificate.Raw}, chain...), PrivateKey: leaf.key, Leaf: leaf.certificate,
	}, nil
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

// newIssuer is an authority's certificate, its own issuer when there is no other.
func newIssuer(name string, by issuer) (issuer, error) {
	i, err := sign(&x509.Certificate{
		Subject:   pkix.Name{CommonName: name, Organization: []string{"Portico local AWS"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}, by)
	if err != nil {
		return issuer{}, fmt.Errorf("making a certification authority: %w", err)
	}
	return i, nil
}

// sign makes a key and a certificate for it; it is self-signed when by is empty.
func sign(t *x509.Certificate, by issuer) (issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return issuer{}, err
	}
	if t.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return issuer{}, err
	}
	if by.certificate == nil {
		by = issuer{certificate: t, key: key}
	}
	raw, err := x509.CreateCertificate(rand.Reader, t, by.certificate, &key.PublicKey, by.key)
	if err != nil {
		return issuer{}, err
	}
	c, err := x509.ParseCertificate(raw)
	return issuer{certificate: c, key: key}, err
}
