package acm_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
	"github.com/portico-iac/portico/local/service/elb"
)

// selfSigned is a certificate for a name, with its key, as PEM.
func selfSigned(t *testing.T, from, to time.Time, names ...string) (body, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, DNSNames: names, NotBefore: from, NotAfter: to,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	rawKey, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	text := func(kind string, content []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
	}
	return text("CERTIFICATE", raw), text("EC PRIVATE KEY", rawKey)
}

func TestImportedCertificate(t *testing.T) {
	c := cloudtest.New(t)
	now := c.Clock()
	body, key := selfSigned(t, now.Add(-time.Hour), now.Add(time.Hour), "www.example.com", "*.example.com")
	in := core.Object{"certificateBody": body, "privateKey": key, "certificateChain": body}
	arn, state := c.Create(acm.CertificateToken, "c", in)
	assert.Equal(t, "IMPORTED", state.Str("type"))
	assert.Equal(t, "ISSUED", state.Str("status"), "it needs no validation")
	assert.Equal(t, "www.example.com", state.Str("domainName"))
	assert.Equal(t, []string{"www.example.com", "*.example.com"}, state.Strs("subjectAlternativeNames"))
	assert.Equal(t, "EC_prime256v1", state.Str("keyAlgorithm"))
	_, _, err := c.TryCreate(elb.ListenerToken, "l", c.Balanced("web").ListenerInputs(8443, core.Object{"protocol": "HTTPS", "certificateArn": arn}))
	require.NoError(t, err)

	next, nextKey := selfSigned(t, now.Add(-time.Hour), now.Add(time.Hour), "app.example.com")
	state = c.Update(acm.CertificateToken, arn, core.Object{"certificateBody": next, "privateKey": nextKey})
	assert.Equal(t, "app.example.com", state.Str("domainName"), "imported anew, under the same ARN")

	expired, expiredKey := selfSigned(t, now.Add(-2*time.Hour), now.Add(-time.Hour), "www.example.com")
	nameless, namelessKey := selfSigned(t, now.Add(-time.Hour), now.Add(time.Hour))
	for why, refused := range map[string]core.Object{
		"valid at the time of import":                               {"certificateBody": expired, "privateKey": expiredKey},
		"the private key must be its own":                           {"certificateBody": body, "privateKey": nextKey},
		"chain must be PEM certificates":                            {"certificateBody": body, "privateKey": key, "certificateChain": key},
		"must have a fully qualified domain name":                   {"certificateBody": nameless, "privateKey": namelessKey},
		"keyAlgorithm cannot be given together with privateKey":     {"certificateBody": body, "privateKey": key, "keyAlgorithm": "RSA_2048"},
		"validationMethod cannot be given together with privateKey": {"certificateBody": body, "privateKey": key, "validationMethod": "DNS"},
		"privateKey must be given with certificateBody":             {"certificateBody": body},
		"certificateBody must be given with privateKey":             {"privateKey": key},
	} {
		c.Refused(acm.CertificateToken, "c", refused, why)
	}
}
