package registered_test

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

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

const certificateType = "aws:acm/certificate:Certificate"

// issued is a certificate in PEM, signed by itself or by an authority.
func issued(t *testing.T, selfSigned bool) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	own := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "alb.example.com"}, NotAfter: time.Now().Add(time.Hour)}
	issuer := own
	if !selfSigned {
		issuer = &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "an authority"}}
	}
	raw, err := x509.CreateCertificate(rand.Reader, own, issuer, &key.PublicKey, key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

func TestCertificates(t *testing.T) {
	now := time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)
	const before, after = "2030-01-01T00:00:00Z", "2030-01-03T00:00:00Z"
	cases := map[string]struct {
		state state
		live  bool
		want  requestpath.Certificate
	}{
		"issued":                {state: state{"notAfter": after}},
		"expired":               {state: state{"status": "EXPIRED"}, want: requestpath.Certificate{Expired: true}},
		"past its end":          {state: state{"notAfter": before, "type": "AMAZON_ISSUED"}, live: true, want: requestpath.Certificate{Expired: true}},
		"renewed meanwhile":     {state: state{"notAfter": before, "type": "AMAZON_ISSUED"}},
		"imported, past":        {state: state{"notAfter": before, "type": "IMPORTED"}, want: requestpath.Certificate{Expired: true}},
		"imported, self-signed": {state: state{"certificateBody": issued(t, true)}, want: requestpath.Certificate{Trust: requestpath.SelfSigned}},
		"imported, no chain":    {state: state{"certificateBody": issued(t, false)}, want: requestpath.Certificate{Trust: requestpath.IncompleteChain}},
		"imported, with chain":  {state: state{"certificateBody": issued(t, false), "certificateChain": "-----BEGIN"}},
		"imported, unreadable":  {state: state{"certificateBody": "?"}},
		"private authority":     {state: state{"certificateAuthorityArn": "arn:ca"}, want: requestpath.Certificate{Trust: requestpath.UnknownIssuer}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			c.state["domainName"] = "alb.example.com"
			r[[2]string{certificateType, "arn:alb"}] = c.state
			m := r.read(t, registered.Options{Now: now, Live: c.live})
			c.want.Names = []string{"alb.example.com"}
			assert.Equal(t, []requestpath.Certificate{c.want}, m.Plan.LoadBalancers[0].Listeners[0].Certificates)
		})
	}
}

// A certificate of another program covers the names that lead to it, and a note
// says that this is taken for granted.
func TestCertificatesThatAreNotAmongTheResources(t *testing.T) {
	r := site()
	public(r)
	delete(r, [2]string{certificateType, "arn:alb"})
	delete(r, [2]string{certificateType, "arn:viewer"})
	m := r.read(t, registered.Options{})
	assert.Contains(t, noted(m, "certificateArn"), "arn:alb")
	assert.Contains(t, noted(m, "viewerCertificate.acmCertificateArn"), "arn:viewer")
	assert.Equal(t, []string{"alb.example.com"}, m.Plan.LoadBalancers[0].Listeners[0].Certificates[0].Names)
	assert.Equal(t, 200, viewer(m).Status)
}

// Without a certificate of its own a distribution shows CloudFront's.
func TestCloudFrontsOwnCertificate(t *testing.T) {
	r := site()
	r.set("aws:cloudfront/distribution:Distribution", "E1", "viewerCertificate", state{"cloudfrontDefaultCertificate": true, "minimumProtocolVersion": "TLSv1"})
	m := r.read(t, registered.Options{})
	assert.Nil(t, m.Plan.Distributions[0].Certificate)
	assert.Equal(t, requestpath.RefusedByAWS, viewer(m).Reason, "with an alias AWS refuses that")
}
