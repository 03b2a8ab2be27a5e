package alb

import (
	"crypto/tls"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

func TestVersionsOfPolicies(t *testing.T) {
	const v10, v11, v12, v13 = tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13
	for _, tc := range []struct {
		policy               string
		least, latest, after uint16
	}{
		{"ELBSecurityPolicy-TLS13-1-3-2021-06", v13, v13, v13},
		{"ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04", v13, v13, v13},
		{"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", v12, v13, v13},
		{"ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", v12, v13, v13},
		{"ELBSecurityPolicy-TLS13-1-1-2021-06", v11, v13, v13},
		{"ELBSecurityPolicy-TLS13-1-0-PQ-2025-09", v10, v13, v13},
		{"ELBSecurityPolicy-FS-1-2-Res-2020-10", v12, v12, v12},
		{"ELBSecurityPolicy-FS-1-1-2019-08", v11, v12, v12},
		{"ELBSecurityPolicy-FS-2018-06", v10, v12, v12},
		{"ELBSecurityPolicy-TLS-1-2-Ext-2018-06", v12, v12, v12},
		{"ELBSecurityPolicy-TLS-1-1-2017-01", v11, v12, v12},
		{"ELBSecurityPolicy-2016-08", v10, v12, v12},
	} {
		least, latest := versionsOf(tc.policy)
		assert.Equal(t, []uint16{tc.least, tc.latest}, []uint16{least, latest}, tc.policy)
		assert.Equal(t, tc.after, latestTowardsTargets(tc.policy), tc.policy)
	}
	_, latest := versionsOf("TLSv1.2_2021")
	assert.Zero(t, latest)
	assert.EqualValues(t, v12, latestTowardsTargets(""), "an HTTP listener")
}

func TestHandshakesFollowThePolicy(t *testing.T) {
	all := map[uint16]string{
		tls.VersionTLS10: "TLSv1", tls.VersionTLS11: "TLSv1.1", tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3",
	}
	for policy, spoken := range map[string][]uint16{
		"ELBSecurityPolicy-TLS13-1-3-2021-06":     {tls.VersionTLS13},
		"ELBSecurityPolicy-TLS13-1-2-Res-2021-06": {tls.VersionTLS12, tls.VersionTLS13},
		"ELBSecurityPolicy-TLS-1-2-2017-01":       {tls.VersionTLS12},
		"ELBSecurityPolicy-2016-08":               {tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12},
	} {
		t.Run(policy, func(t *testing.T) {
			s := newSite(t, 0)
			b := web(saying("fine"))
			b.secure().SSLPolicy = policy
			s.serve(b)
			for version, name := range all {
				c := s.client(speaking("HTTP/1.1"), func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version })
				before := len(s.events.Of(wire.Handshake))
				_, err := s.trySend(c, "GET", "https://"+siteName, "")
				assert.Len(t, s.events.Of(wire.Handshake), before+1, "a ClientHello is told of in any case")
				if slices.Contains(spoken, version) {
					require.NoError(t, err)
					assert.Equal(t, name, s.requests()[len(s.requests())-1].TLS)
				} else {
					assert.ErrorContains(t, err, "protocol version not supported")
				}
			}
		})
	}
}

func TestAnOldViewerThatOffersHTTP2SpeaksHTTP1(t *testing.T) {
	s := newSite(t, 0)
	s.serve(web(saying("fine")))
	c := s.client(speaking("HTTP/1.1", "HTTP/2"), func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 })
	assert.Equal(t, 1, s.send(c, "GET", "https://"+siteName, "").ProtoMajor)
	c = s.client(speaking("HTTP/1.1", "HTTP/2"))
	assert.Equal(t, 2, s.send(c, "GET", "https://"+siteName, "").ProtoMajor)
}

func TestHTTP2CanBeSwitchedOff(t *testing.T) {
	s := newSite(t, 0)
	b := web(saying("fine"))
	b.lb.EnableHTTP2 = false
	s.serve(b)
	assert.Equal(t, 1, s.send(s.client(speaking("HTTP/1.1", "HTTP/2")), "GET", "https://"+siteName, "").ProtoMajor)
}

func TestTheCertificateIsChosenBySNI(t *testing.T) {
	s := newSite(t, 0)
	expired, err := s.ca.Certificate(pkiExpired("old.example.com"))
	require.NoError(t, err)
	have := map[string]*tls.Certificate{
		"default": s.certificate("default.example.com"), "wildcard": s.certificate("*.example.com"),
		"exact": s.certificate("app.example.com", "*.deep.example.com"), "expired": expired,
	}
	b := web(saying("fine"))
	b.secure().CertificateARN, b.Certificates = "default", have
	for _, arn := range []string{"expired", "wildcard", "exact"} {
		b.Account.ListenerCertificates = append(b.Account.ListenerCertificates,
			account.ListenerCertificate{ListenerARN: "https", CertificateARN: arn})
	}
	s.serve(b)
	for name, want := range map[string]string{
		"app.example.com":       "exact",
		"APP.example.com":       "exact",
		"other.example.com":     "wildcard",
		"default.example.com":   "default",
		"old.example.com":       "expired",
		"a.deep.example.com":    "exact",
		"a.b.deep.example.com":  "default",
		"example.com":           "default",
		"www.another.org":       "default",
		"":                      "default",
		"alb.ap.amazonaws.com.": "default",
	} {
		var got []byte
		c := s.client(speaking("HTTP/1.1"), func(c *tls.Config) {
			c.InsecureSkipVerify, c.ServerName = true, name
			if name == "" {
				c.ServerName = "192.0.2.1" // an address is not sent
			}
			c.VerifyConnection = func(state tls.ConnectionState) error {
				got = state.PeerCertificates[0].Raw
				return nil
			}
		})
		s.send(c, "GET", "https://"+siteName, "")
		assert.Equal(t, have[want].Certificate[0], got, "for %q", name)
	}
	assert.Equal(t, have["wildcard"], certificates{expired, have["wildcard"]}.forName("new.example.com"))
}

func TestTheWrongProtocolOnAPort(t *testing.T) {
	s := newSite(t, 0)
	s.serve(web(saying("fine")))

	r := s.get("http://" + siteName + ":443/a")
	assert.Equal(t, 400, r.StatusCode)
	assert.Equal(t, "awselb/2.0", r.Header.Get("Server"))
	assert.True(t, r.Close)
	assert.Equal(t, []wire.Event{{
		Hop: wire.HopLoadBalancer, Name: "web", Kind: "request", Protocol: "HTTP/1.1", Host: siteName + ":443", Method: "GET", Path: "/a",
		Status: 400, Answered: true,
	}}, s.requests())

	_, err := s.trySend(s.client(speaking("HTTP/1.1")), "GET", "https://"+siteName+":80", "")
	assert.ErrorContains(t, err, "server gave HTTP response to HTTPS client")
	assert.Contains(t, s.raw("\x16\x03\x01\r\n\r\n"), "HTTP/1.1 400 Bad Request\r\n")

	_, err = s.trySend(s.client(speaking("h2c")), "GET", "http://"+siteName, "")
	require.Error(t, err)
	assert.Contains(t, s.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "HTTP/1.1 400 Bad Request\r\n")
	assert.Len(t, s.requests(), 1, "no request arrived")
}
