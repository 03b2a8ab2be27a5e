package cloudfront_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// TestTheNamesOfAnOrigin is the table that was measured: either name on the
// certificate suffices, and SNI is the Host header's name when it is forwarded.
func TestTheNamesOfAnOrigin(t *testing.T) {
	for _, tc := range []struct {
		viewer, covered string
		forwards        bool
		sni             string
		status          int
	}{
		{viewerName, originName, true, viewerName, 200},
		{viewerName, originName, false, originName, 200},
		{assignedName, originName, true, assignedName, 200},
		{assignedName, originName, false, originName, 200},
		{viewerName, viewerName, true, viewerName, 200},
		{viewerName, viewerName, false, originName, 502},
		{assignedName, viewerName, true, assignedName, 502},
		{assignedName, viewerName, false, originName, 502},
		{viewerName, "*.example.com", false, originName, 200},
		{viewerName, "*.origin.example.com", false, originName, 502},
	} {
		w := newWorld(t, site(func(d *account.Distribution) {
			if tc.forwards {
				d.Default.OriginRequestPolicyID = hostOnly
			}
			if tc.viewer == assignedName {
				d.Aliases, d.ViewerCertificate.ARN = nil, ""
			}
		}))
		var sni atomic.Value
		config := w.originTLS(tc.covered)
		config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			sni.Store(h.ServerName)
			return nil, nil
		}
		w.origin(443, config, ok)
		got := w.get("https://" + tc.viewer + "/")
		assert.Equal(t, tc.status, got.StatusCode, "%+v", tc)
		assert.Equal(t, tc.sni, sni.Load(), "%+v", tc)
		want := "Miss from cloudfront"
		if tc.status == 502 {
			want = "Error from cloudfront"
		}
		assert.Equal(t, want, got.Header.Get("X-Cache"))
		assert.Equal(t, tc.status == 502, w.events.Of(wire.Request)[0].Answered)
	}
}

func TestTheCertificateOfAnOrigin(t *testing.T) {
	for name, spec := range map[string]pki.Spec{
		"expired":          {Expired: true},
		"self-signed":      {Trust: pki.SelfSigned},
		"unknown issuer":   {Trust: pki.UnknownIssuer},
		"incomplete chain": {Trust: pki.IncompleteChain},
	} {
		w := newWorld(t, site())
		spec.Names = []string{originName}
		w.origin(443, &tls.Config{Certificates: []tls.Certificate{*w.certificate(spec)}}, ok)
		assert.Equal(t, 502, w.get("https://"+viewerName+"/").StatusCode, name)
	}
}

func TestTLSVersionsOfAnOrigin(t *testing.T) {
	const none = 0
	for _, tc := range []struct {
		offered        []string
		oldest, newest uint16
		spoken         uint16
	}{
		{nil, tls.VersionTLS12, tls.VersionTLS13, tls.VersionTLS12},
		{nil, tls.VersionTLS13, tls.VersionTLS13, none},
		{nil, tls.VersionTLS10, tls.VersionTLS11, none},
		{[]string{"TLSv1", "TLSv1.1"}, tls.VersionTLS10, tls.VersionTLS13, tls.VersionTLS11},
		{[]string{"SSLv3", "TLSv1"}, tls.VersionTLS10, tls.VersionTLS13, tls.VersionTLS10},
		{[]string{"SSLv3"}, tls.VersionTLS10, tls.VersionTLS13, none},
		{[]string{"TLSv1.2"}, tls.VersionTLS12, tls.VersionTLS12, tls.VersionTLS12},
	} {
		w := newWorld(t, site(func(d *account.Distribution) { d.Origins[0].CustomOriginConfig.OriginSSLProtocols = tc.offered }))
		config := w.originTLS()
		config.MinVersion, config.MaxVersion = tc.oldest, tc.newest
		var spoken atomic.Uint32
		w.origin(443, config, func(_ http.ResponseWriter, r *http.Request) { spoken.Store(uint32(r.TLS.Version)) })
		want := 200
		if tc.spoken == none {
			want = 502
		}
		assert.Equal(t, want, w.get("https://"+viewerName+"/").StatusCode, "%+v", tc)
		assert.Equal(t, uint32(tc.spoken), spoken.Load(), "%+v", tc)
	}
}

func TestWhereTheOriginIsAsked(t *testing.T) {
	for _, tc := range []struct{ policy, scheme, want string }{
		{"https-only", "https", "https 8443"},
		{"https-only", "http", "https 8443"},
		{"http-only", "https", "http 8080"},
		{"match-viewer", "https", "https 8443"},
		{"match-viewer", "http", "http 8080"},
	} {
		w := newWorld(t, site(func(d *account.Distribution) {
			d.Default.ViewerProtocolPolicy = "allow-all"
			config := &d.Origins[0].CustomOriginConfig
			config.OriginProtocolPolicy, config.HTTPPort, config.HTTPSPort = tc.policy, 8080, 8443
		}))
		says := func(what string) http.HandlerFunc {
			return func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, what) }
		}
		w.origin(8080, nil, says("http 8080"))
		w.origin(8443, w.originTLS(), says("https 8443"))
		assert.Equal(t, tc.want, w.get(tc.scheme+"://"+viewerName+"/").body, "%+v", tc)
	}
}

// raw listens at the origin's address and hands each connection to serve.
func (w *world) raw(serve func(net.Conn)) {
	l, err := w.network.Listen(place(), 80)
	require.NoError(w, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
		}
	}()
	w.Cleanup(func() {
		_ = l.Close()
		_ = w.fleet.Close() // which ends what serve reads
		<-done
	})
}

// readRequest reads one request and its body off a connection.
func readRequest(c net.Conn) error {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err
}

func TestOriginsThatFail(t *testing.T) {
	plain := func(d *account.Distribution) { d.Origins[0].CustomOriginConfig.OriginProtocolPolicy = "http-only" }
	quick := func(d *account.Distribution) {
		plain(d)
		d.Origins[0].CustomOriginConfig.OriginReadTimeout = 2
	}
	hasty := func(d *account.Distribution) { d.Origins[0].ConnectionAttempts, d.Origins[0].ConnectionTimeout = 1, 2 }
	answers := func(text string) func(*world) {
		return func(w *world) {
			w.raw(func(c net.Conn) {
				if err := readRequest(c); err == nil {
					_, _ = io.WriteString(c, text)
				}
				_ = c.Close()
			})
		}
	}
	for name, tc := range map[string]struct {
		site   account.Distribution
		origin func(*world)
		want   int
	}{
		"no name":           {site(), func(w *world) { delete(w.names, originName) }, 502},
		"a private address": {site(hasty), func(w *world) { w.names[originName] = netip.MustParseAddr("10.0.0.1") }, 504},
		"nobody there":      {site(hasty), func(*world) {}, 504},
		"dropped by its group": {site(hasty), func(w *world) {
			w.network.Place(place("nobody"))
		}, 504},
		"refused":   {site(), func(w *world) { w.network.Place(place("cloudfront")) }, 502},
		"reset":     {site(plain), func(w *world) { w.raw(func(c net.Conn) { _ = wire.Reset(c) }) }, 502},
		"closed":    {site(plain), answers(""), 502},
		"malformed": {site(plain), answers("hello\r\n\r\n"), 502},
		"headers too long": {site(plain), answers("HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("x", 40000) +
			"\r\nContent-Length: 0\r\n\r\n"), 502},
		"plain HTTP on its TLS port": {site(func(d *account.Distribution) { d.Origins[0].CustomOriginConfig.HTTPSPort = 80 }), answers("HTTP/1.1 400 Bad Request\r\n\r\n"), 502},
		"slow": {site(quick), func(w *world) {
			w.origin(80, nil, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}, 504},
		"HTTP/2 alone": {site(), func(w *world) {
			config := w.originTLS()
			config.NextProtos = []string{"h2"}
			w.origin(443, config, ok, func(s *http.Server) {
				s.Protocols = new(http.Protocols)
				s.Protocols.SetHTTP2(true)
			})
		}, 502},
	} {
		w := newWorld(t, tc.site)
		tc.origin(w)
		got := w.get("https://" + viewerName + "/")
		assert.Equal(t, tc.want, got.StatusCode, name)
		assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"), name)
		assert.Equal(t, "CloudFront", got.Header.Get("Server"), name)
		last := w.events.Of(wire.Request)[0]
		assert.True(t, last.Answered, name)
		assert.Equal(t, tc.want, last.Status, name)
	}
}

func TestAttemptsToConnect(t *testing.T) {
	w := newWorld(t, site(func(d *account.Distribution) { d.Origins[0].ConnectionAttempts, d.Origins[0].ConnectionTimeout = 3, 2 }))
	began := time.Now()
	assert.Equal(t, 504, w.get("https://"+viewerName+"/").StatusCode)
	assert.GreaterOrEqual(t, time.Since(began), 3*2*second)
}

func TestOnlyCloudFrontIsAdmitted(t *testing.T) {
	w := newWorld(t, site())
	l, err := w.network.Listen(place("cloudfront"), 443)
	require.NoError(t, err)
	s := &http.Server{Handler: http.HandlerFunc(ok), TLSConfig: w.originTLS()}
	go func() { _ = s.ServeTLS(l, "", "") }()
	defer func() { _ = s.Close() }()
	assert.Equal(t, 200, w.get("https://"+viewerName+"/").StatusCode)
}

func TestAnAnswerThatStops(t *testing.T) {
	w := newWorld(t, site(func(d *account.Distribution) { d.Origins[0].CustomOriginConfig.OriginReadTimeout = 5 }))
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(rw, "hello")
		_ = http.NewResponseController(rw).Flush()
		<-r.Context().Done()
	})
	for _, version := range []string{"HTTP/1.1", "HTTP/2", "HTTP/3"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel() // each waits for the timeout
			res, err := w.client(viewer{version: version}).Do(w.request("GET", "https://"+viewerName+"/", nil))
			require.NoError(t, err)
			body, err := io.ReadAll(res.Body)
			assert.Error(t, err)
			assert.Equal(t, "hello", string(body))
			require.NoError(t, res.Body.Close())
		})
	}
}

func TestConnectionsAreKept(t *testing.T) {
	var accepted atomic.Int32
	count := func(s *http.Server) {
		s.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				accepted.Add(1)
			}
		}
	}
	w := newWorld(t, site(func(d *account.Distribution) { d.Origins[0].CustomOriginConfig.OriginKeepaliveTimeout = 3000 }))
	w.origin(443, w.originTLS(), ok, count)
	for range 5 {
		require.Equal(t, 200, w.get("https://"+viewerName+"/").StatusCode)
	}
	assert.Equal(t, int32(1), accepted.Load())
}

// TestAKeptConnectionThatIsClosed lets an origin cut each connection at its second
// request: who may be repeated is asked again on a new one.
func TestAKeptConnectionThatIsClosed(t *testing.T) {
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 502, "DELETE": 502} {
		w := newWorld(t, site(func(d *account.Distribution) {
			d.Origins[0].CustomOriginConfig.OriginProtocolPolicy, d.Origins[0].CustomOriginConfig.OriginKeepaliveTimeout = "http-only", 3000
		}))
		var connections atomic.Int32
		w.raw(func(c net.Conn) {
			connections.Add(1)
			if err := readRequest(c); err == nil {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
			_ = readRequest(c)
			_ = c.Close()
		})
		require.Equal(t, 200, w.get("https://"+viewerName+"/").StatusCode)
		got := w.do(w.client(viewer{}), w.request(method, "https://"+viewerName+"/", nil))
		assert.Equal(t, want, got.StatusCode, method)
		assert.Equal(t, want == 200, connections.Load() == 2, method)
	}
}
