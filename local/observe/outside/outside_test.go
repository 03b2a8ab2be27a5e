package outside_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/observe/outside"
	"github.com/portico-iac/portico/requestpath"
)

// site is a deployment whose parts a test can break.
type site struct {
	plain, secure http.HandlerFunc
	tls           *tls.Config
	withoutHTTP2  bool
	untrusted     bool
	around        http.HandlerFunc // nil: nobody listens
	deployment    outside.Deployment
}

// good is a deployment as it should be. httptest's certificate is for
// example.com.
func good() *site {
	return &site{
		plain: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+r.Host+r.URL.Path, http.StatusMovedPermanently)
		},
		secure: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Cache", "Miss from cloudfront")
			w.Header().Set("Via", "1.1 abc.cloudfront.net (CloudFront)")
			w.Header().Set("Alt-Svc", `h3=":443"; ma=86400`)
			w.Header().Set("Referrer-Policy", "same-origin")
		},
		tls: &tls.Config{MinVersion: tls.VersionTLS12},
		deployment: outside.Deployment{
			Page: requestpath.Request{Name: "example.com"}, Around: []string{"origin.example.com"},
			Answers: []outside.Answer{{Request: requestpath.Request{Name: "example.com", Path: "/a"}, Headers: []requestpath.ResponseHeader{
				{Name: "Referrer-Policy", Value: "no-referrer"}, {Name: "Via", Value: "1.1 abc.cloudfront.net (CloudFront)", Override: true},
			}}},
		},
	}
}

func start(t *testing.T, server *httptest.Server) netip.AddrPort {
	t.Helper()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if server.TLS == nil {
		server.Start()
	} else {
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return netip.MustParseAddrPort(server.Listener.Addr().String())
}

func (s *site) look(t *testing.T) map[string]outside.Finding {
	t.Helper()
	secure := httptest.NewUnstartedServer(s.secure)
	secure.TLS, secure.EnableHTTP2 = s.tls, !s.withoutHTTP2
	at := start(t, secure)
	around := netip.MustParseAddrPort("127.0.0.1:1") // closed: no server is given such a port
	via := &observe.Internet{Trusted: x509.NewCertPool(), ConnectTo: map[string]netip.AddrPort{
		"example.com:443": at, "example.com:80": start(t, httptest.NewUnstartedServer(s.plain)),
		"origin.example.com:443": around, "origin.example.com:80": around,
	}, Wait: observe.Patience{QUIC: 50 * time.Millisecond}}
	if s.around != nil {
		behind := httptest.NewUnstartedServer(s.around)
		behind.TLS = &tls.Config{}
		via.ConnectTo["origin.example.com:443"] = start(t, behind)
	}
	if !s.untrusted {
		via.Trusted.AddCert(secure.Certificate())
	}
	findings, err := outside.Look(t.Context(), via, s.deployment)
	require.NoError(t, err)
	byCheck := map[string]outside.Finding{}
	for _, f := range findings {
		byCheck[f.Check] = f
	}
	return byCheck
}

func failed(findings map[string]outside.Finding) []string {
	var checks []string
	for check, f := range findings {
		if f.Verdict == outside.Fail {
			checks = append(checks, check)
		}
	}
	return checks
}

func TestAGoodDeploymentPasses(t *testing.T) {
	findings := good().look(t)
	assert.Empty(t, failed(findings), "%+v", findings)
	assert.Equal(t, "connection-refused", findings["no way around: http://origin.example.com/"].Got)
	assert.Contains(t, findings["HTTP/3"].Got, "not reachable by UDP")
	assert.Contains(t, findings["security headers"].Got, "Referrer-Policy; without Strict-Transport-Security")
	assert.Equal(t, outside.Note, findings["security headers"].Verdict)
	assert.Equal(t, outside.Finding{Check: "Referrer-Policy of https://example.com/a", Want: "no-referrer, or the origin's own", Got: "same-origin", Verdict: outside.Pass},
		findings["Referrer-Policy of https://example.com/a"])
}

// Every fault fails on a line of its own.
func TestEveryFaultIsFound(t *testing.T) {
	forbidden := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }
	for _, c := range []struct {
		name  string
		fault func(*site)
		want  []string
	}{
		{"HTTP is served", func(s *site) { s.plain = s.secure }, []string{"plain HTTP is redirected"}},
		{"HTTP is redirected elsewhere", func(s *site) {
			s.plain = http.RedirectHandler("https://other.test/", http.StatusMovedPermanently).ServeHTTP
		}, []string{"plain HTTP is redirected"}},
		{"HTTP is redirected to HTTP", func(s *site) {
			s.plain = http.RedirectHandler("http://example.com/x", http.StatusMovedPermanently).ServeHTTP
		}, []string{"plain HTTP is redirected"}},
		{"a header that is missing", func(s *site) {
			s.deployment.Answers[0].Headers[0].Name = "X-Missing"
		}, []string{"X-Missing of https://example.com/a"}},
		{"a header with another value", func(s *site) {
			s.deployment.Answers[0].Headers[0].Override = true
		}, []string{"Referrer-Policy of https://example.com/a"}},
		{"old TLS", func(s *site) {
			s.tls = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS13}
		}, []string{"TLS 1.1"}},
		{"nothing but old TLS", func(s *site) {
			s.tls = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
			s.withoutHTTP2 = true
		}, []string{"TLS 1.1", "TLS version", "HTTP/2"}},
		{"an untrusted chain", func(s *site) { s.untrusted = true },
			[]string{"headers of https://example.com/a", "certificate", "HTTP/2", "HTTP/3", "GET https://example.com/", "answered by CloudFront"}},
		{"a certificate at its end", func(s *site) {
			s.deployment.Now = time.Date(2084, 1, 20, 0, 0, 0, 0, time.UTC) // httptest's ends on the 29th
		}, []string{"certificate expires"}},
		{"no HTTP/2", func(s *site) { s.withoutHTTP2 = true }, []string{"HTTP/2"}},
		{"an error", func(s *site) { s.secure, s.deployment.Answers = forbidden, nil },
			[]string{"HTTP/3", "GET https://example.com/", "answered by CloudFront"}},
		{"an error of CloudFront's", func(s *site) {
			ok := s.secure
			s.secure = func(w http.ResponseWriter, r *http.Request) {
				ok(w, r)
				w.Header().Set("X-Cache", "Error from cloudfront")
				w.WriteHeader(http.StatusBadGateway)
			}
		}, []string{"GET https://example.com/", "answered by CloudFront"}},
		{"no CloudFront", func(s *site) {
			s.secure, s.deployment.Answers = func(http.ResponseWriter, *http.Request) {}, nil
		},
			[]string{"HTTP/3", "answered by CloudFront"}},
		{"a way around", func(s *site) { s.around = func(http.ResponseWriter, *http.Request) {} },
			[]string{"no way around: https://origin.example.com/", "no way around: https://origin.example.com/, Host example.com"}},
		{"a way around for the viewers' name alone", func(s *site) {
			s.around = func(w http.ResponseWriter, r *http.Request) {
				if r.Host != "example.com" {
					forbidden(w, r)
				}
			}
		}, []string{"no way around: https://origin.example.com/, Host example.com"}},
		{"a way around that is closed with 403", func(s *site) { s.around = forbidden }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := good()
			c.fault(s)
			findings := s.look(t)
			assert.ElementsMatch(t, c.want, failed(findings), "%+v", findings)
		})
	}
}

// Without CloudFront what it would add is noted and not asked for.
func TestALoadBalancerAloneIsNotAskedForCloudFront(t *testing.T) {
	s := good()
	s.secure = func(http.ResponseWriter, *http.Request) {}
	s.deployment.Around, s.deployment.Answers = nil, nil
	findings := s.look(t)
	assert.Empty(t, failed(findings))
	assert.Equal(t, outside.Note, findings["answered by CloudFront"].Verdict)
	assert.Equal(t, outside.Note, findings["HTTP/3"].Verdict)
}

// withoutNames finds no name but those that are connected to; of late ones it
// hears nothing.
type withoutNames struct{ *observe.Internet }

func (w withoutNames) Lookup(ctx context.Context, from requestpath.Source, name string) ([]netip.Addr, error) {
	switch name {
	case "typo.example.com":
		return nil, fmt.Errorf("%w:\nasked twice", observe.ErrNameNotFound)
	case "late.example.com":
		return nil, context.DeadlineExceeded
	}
	return w.Internet.Lookup(ctx, from, name)
}

// A name that leads nowhere proves nothing about what stands behind the front.
func TestAMisspeltOriginFails(t *testing.T) {
	via := withoutNames{&observe.Internet{ConnectTo: map[string]netip.AddrPort{}}}
	findings, err := outside.Look(t.Context(), via, outside.Deployment{
		Page: requestpath.Request{Name: "typo.example.com"}, Around: []string{"typo.example.com", "late.example.com"},
	})
	require.NoError(t, err)
	seen := map[string]outside.Finding{}
	for _, f := range findings {
		seen[f.Check] = f
		assert.NotContains(t, f.Got, "\n", f.Check)
	}
	for check, want := range map[string]string{
		"no way around: https://typo.example.com/": "there is no such name: nothing is proved",
		"no way around: http://typo.example.com/":  "there is no such name: nothing is proved",
		"no way around: https://late.example.com/": "the name cannot be looked up: nothing is proved",
	} {
		assert.Equal(t, outside.Fail, seen[check].Verdict, check)
		assert.Equal(t, want, seen[check].Got)
	}
	assert.Contains(t, seen["GET https://typo.example.com/"].Got, "name-not-found (looking up typo.example.com: name not found: asked twice)")
}

func TestACancelledLookReportsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := outside.Look(ctx, &observe.Internet{}, outside.Deployment{Page: requestpath.Request{Name: "127.0.0.1", Port: 1}})
	require.ErrorIs(t, err, context.Canceled)
}
