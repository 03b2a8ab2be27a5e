package pki

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files of an authority's folder. Only its owner can read the keys.
const (
	rootFile = "root.pem"
	keyFile  = "authority.pem"
)

// Load reads the authority in a folder, or creates it there. The folder holds
// root.pem, which a browser can be told to trust, and authority.pem with the private
// keys. Processes that load it at the same time get the same one.
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
	for _, to := range []**tls.Certificate{&a.root, &a.intermediate, &a.stranger} {
		if *to, raw, err = decode(raw); err != nil {
			return nil, fmt.Errorf("%s: %w (delete the file to get a new one)", filepath.Join(dir, keyFile), err)
		}
	}
	return a, nil
}

// create stores the keys of a new authority, unless another process has done so.
func create(dir string) error {
	a, err := New()
	if err != nil {
		return err
	}
	var raw []byte
	for _, c := range []*tls.Certificate{a.root, a.intermediate, a.stranger} {
		text, err := encode(c)
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

// show writes the root certificate next to the keys.
func (a *Authority) show(dir string) error {
	there, err := os.ReadFile(filepath.Join(dir, rootFile))
	if err == nil && bytes.Equal(there, a.RootPEM()) {
		return nil
	}
	return put(dir, rootFile, a.RootPEM(), 0o644, os.Rename)
}

// put creates a file atomically: it is written under a temporary name, from which
// settle renames or links it.
func put(dir, name string, content []byte, mode os.FileMode, settle func(from, to string) error) error {
	next, err := os.CreateTemp(dir, name+".*") // readable by its owner alone
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(next.Name()) }() // fails if it was renamed
	_, err = next.Write(content)
	if err := errors.Join(err, next.Chmod(mode), next.Close()); err != nil {
		return err
	}
	return settle(next.Name(), filepath.Join(dir, name))
}

// encode returns a certificate with its key as PEM, and decode reads the next one.
func encode(c *tls.Certificate) ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("writing a private key: %w", err)
	}
	return append(block("CERTIFICATE", c.Leaf.Raw), block("PRIVATE KEY", key)...), nil
}

func decode(raw []byte) (*tls.Certificate, []byte, error) {
	certificate, rest := pem.Decode(raw)
	key, rest := pem.Decode(rest)
	if certificate == nil || key == nil {
		return nil, nil, errors.New("it does not hold three certificates with their keys")
	}
	c, err := tls.X509KeyPair(pem.EncodeToMemory(certificate), pem.EncodeToMemory(key))
	return &c, rest, err
}
