package pki

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// verify is what a client that trusts the roots makes of what a server sends.
func verify(a *Authority, c *tls.Certificate, name string) error {
	sent := x509.NewCertPool()
	for _, raw := range c.Certificate[1:] {
		parsed, err := x509.ParseCertificate(raw)
		if err != nil {
			return err
		}
		sent.AddCert(parsed)
	}
	_, err := c.Leaf.Verify(x509.VerifyOptions{Roots: a.Roots(), Intermediates: sent, DNSName: name})
	return err
}

func TestCertificates(t *testing.T) {
	a, err := New()
	require.NoError(t, err)
	names := []string{"www.example.com", "*.app.example.com", "203.0.113.1"}
	for _, c := range []struct {
		spec Spec
		sent int
		name string
		want any // a pointer to the error; nil: it is trusted
	}{
		{Spec{Names: names}, 2, "www.example.com", nil},
		{Spec{Names: names}, 2, "a.app.example.com", nil},
		{Spec{Names: names}, 2, "203.0.113.1", nil},
		{Spec{Names: names}, 2, "example.com", new(x509.HostnameError)},
		{Spec{Names: names}, 2, "a.b.app.example.com", new(x509.HostnameError)},
		{Spec{Names: names, Expired: true}, 2, "www.example.com", new(x509.CertificateInvalidError)},
		{Spec{Names: names, Trust: SelfSigned}, 1, "www.example.com", new(x509.UnknownAuthorityError)},
		{Spec{Names: names, Trust: UnknownIssuer}, 2, "www.example.com", new(x509.UnknownAuthorityError)},
		{Spec{Names: names, Trust: IncompleteChain}, 1, "www.example.com", new(x509.UnknownAuthorityError)},
		{Spec{Names: []string{strings.Repeat("a", 60) + ".example.com"}}, 2, strings.Repeat("a", 60) + ".example.com", nil},
	} {
		got, err := a.Certificate(c.spec)
		require.NoError(t, err)
		assert.Len(t, got.Certificate, c.sent, "%+v", c.spec)
		err = verify(a, got, c.name)
		if c.want == nil {
			require.NoError(t, err, "%+v", c.spec)
			continue
		}
		assert.True(t, errors.As(err, c.want), "%+v: %v", c.spec, err)
	}
}

func TestASelfSignedCertificateIsItsOwnIssuer(t *testing.T) {
	a, err := New()
	require.NoError(t, err)
	c, err := a.Certificate(Spec{Names: []string{"localhost"}, Trust: SelfSigned})
	require.NoError(t, err)
	require.NoError(t, c.Leaf.CheckSignature(c.Leaf.SignatureAlgorithm, c.Leaf.RawTBSCertificate, c.Leaf.Signature))
}

func TestAnUnknownTrustIsRefused(t *testing.T) {
	a, err := New()
	require.NoError(t, err)
	_, err = a.Certificate(Spec{Names: []string{"a.example.com"}, Trust: "some"})
	require.ErrorContains(t, err, `unknown trust "some"`)
}

func TestEqualSpecsGetOneCertificate(t *testing.T) {
	a, err := New()
	require.NoError(t, err)
	first, err := a.Certificate(Spec{Names: []string{"a.example.com"}})
	require.NoError(t, err)
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			again, err := a.Certificate(Spec{Names: []string{"a.example.com"}})
			assert.NoError(t, err)
			assert.Same(t, first, again)
		})
	}
	work.Wait()
	expired, err := a.Certificate(Spec{Names: []string{"a.example.com"}, Expired: true})
	require.NoError(t, err)
	again, err := a.Certificate(Spec{Names: []string{"a.example.com"}, Expired: true})
	require.NoError(t, err)
	assert.Same(t, expired, again)
}

func TestAnAuthorityIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	first, err := Load(dir)
	require.NoError(t, err)
	again, err := Load(dir)
	require.NoError(t, err)
	assert.Equal(t, first.RootPEM(), again.RootPEM())
	c, err := again.Certificate(Spec{Names: []string{"a.example.com"}})
	require.NoError(t, err)
	require.NoError(t, verify(first, c, "a.example.com"))
	strange, err := again.Certificate(Spec{Names: []string{"a.example.com"}, Trust: UnknownIssuer})
	require.NoError(t, err)
	require.Error(t, verify(first, strange, "a.example.com"))

	info, err := os.Stat(filepath.Join(dir, keyFile))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	root, err := os.ReadFile(filepath.Join(dir, rootFile))
	require.NoError(t, err)
	assert.Equal(t, first.RootPEM(), root)
	block, _ := pem.Decode(root)
	assert.Equal(t, "CERTIFICATE", block.Type)
}

func TestWhoLoadsAtATimeGetsOneAuthority(t *testing.T) {
	dir := t.TempDir()
	roots := make(chan string, 8)
	var work sync.WaitGroup
	for range cap(roots) {
		work.Go(func() {
			a, err := Load(dir)
			if assert.NoError(t, err) {
				roots <- string(a.RootPEM())
			}
		})
	}
	work.Wait()
	close(roots)
	shown, err := os.ReadFile(filepath.Join(dir, rootFile))
	require.NoError(t, err)
	for root := range roots {
		assert.Equal(t, string(shown), root)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, files, 2, "nothing else is left there")
}

func TestADamagedAuthorityIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, keyFile), []byte("nothing of use"), 0o600))
	_, err := Load(dir)
	require.ErrorContains(t, err, "does not hold three certificates")
	require.ErrorContains(t, err, "delete the file")
}

func TestAFolderThatCannotBeWrittenIsAnError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(dir, nil, 0o600))
	_, err := Load(dir)
	require.ErrorContains(t, err, "certification authority")
}
