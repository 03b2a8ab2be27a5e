package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/local/traffic/wiretest"
)

var address = netip.MustParseAddr("10.0.0.7")

// fixture is one server on a network, and a way to send it requests.
type fixture struct {
	t       *testing.T
	network *wire.Network
	ca      *pki.Authority
	from    wire.Source

	events wiretest.Events
}

func serving(t *testing.T, l Listener) *fixture {
	t.Helper()
	ca, err := pki.New()
	require.NoError(t, err)
	f := &fixture{t: t, ca: ca, from: wire.Machine(), network: wire.New(map[string]wire.Group{
		"balancer": {Egress: []wire.Rule{{Protocol: "-1", CIDR: netip.MustParsePrefix("10.0.0.0/8")}}},
	}, wire.Clock{Second: time.Millisecond})}
	l.Port = 8080
	r, err := Serve(f.network, Server{Listeners: []Listener{l}}, Options{
		Place:     wire.Place{Name: "i-1", Addresses: []netip.Addr{address}, Open: true},
		Authority: ca, Sink: f.events.Note,
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, r.Close())
		assert.NoError(t, f.network.Close())
	})
	return f
}

func (f *fixture) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return f.network.Dial(ctx, f.from, netip.AddrPortFrom(address, 8080))
}

// client speaks HTTP/1.1, or HTTP/2 alone.
func (f *fixture) client(http2 bool) *http.Client {
	p := &http.Protocols{}
	p.SetHTTP1(!http2)
	p.SetHTTP2(http2)
	p.SetUnencryptedHTTP2(http2)
	transport := &http.Transport{DialContext: f.dial, Protocols: p, TLSClientConfig: &tls.Config{RootCAs: f.ca.Roots()}}
	f.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// reply is an answer that was read to its end.
type reply struct {
	status          int
	header, trailer http.Header
	body            string
}

// answered is what came back.
func answered(t *testing.T, c *http.Client, method, url string, body io.Reader, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(r)
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return reply{status: resp.StatusCode, header: resp.Header, trailer: resp.Trailer, body: string(text)}
}

func TestAPlainAnswerSaysWhatArrived(t *testing.T) {
	f := serving(t, Listener{})
	got := answered(t, f.client(false), "GET", "http://www.example.com/a%20b?c=d", nil)
	assert.Equal(t, 200, got.status)
	for _, want := range []string{"i-1 answers 200 on port 8080", "GET /a%20b?c=d", "Host: www.example.com", "HTTP/1.1, without TLS", "from 10.0.0.10:"} {
		assert.Contains(t, got.body, want)
	}
	assert.Equal(t, []wire.Event{{
		Hop: wire.HopOrigin, Name: "i-1", Kind: wire.Request, Protocol: HTTP11, Host: "www.example.com",
		Method: "GET", Path: "/a%20b", Status: 200, Answered: true,
	}}, f.events.Of(wire.Request))
}

func TestStatusesAndBodies(t *testing.T) {
	for _, c := range []struct {
		method string
		status int
		body   bool
	}{{"GET", 200, true}, {"HEAD", 200, false}, {"GET", 204, false}, {"GET", 304, false}, {"GET", 503, true}, {"POST", 201, true}} {
		f := serving(t, Listener{Answer: Answer{Status: c.status}})
		got := answered(t, f.client(false), c.method, "http://a.example.com/", nil)
		assert.Equal(t, c.status, got.status)
		assert.Equal(t, c.body, got.body != "", "%s %d", c.method, c.status)
		text := ""
		if c.status != 204 && c.status != 304 {
			text = "text/plain; charset=utf-8"
		}
		assert.Equal(t, text, got.header.Get("Content-Type"), "%s %d", c.method, c.status)
	}
}

func TestARedirectHasTheRequestsOwnValues(t *testing.T) {
	f := serving(t, Listener{Answer: Answer{Status: 302, Location: "#{protocol}://#{host}:#{port}/x/#{path}?y&#{query}"}})
	got := answered(t, f.client(false), "GET", "http://a.example.com:81/b/c?d=e", nil)
	assert.Equal(t, "HTTP://a.example.com:8080/x/b/c?y&d=e", got.header.Get("Location"))
	f = serving(t, Listener{Answer: Answer{Status: 404, Location: "/elsewhere"}})
	got = answered(t, f.client(false), "GET", "http://a.example.com/", nil)
	assert.Empty(t, got.header.Get("Location"))
	f = serving(t, Listener{Answer: Answer{Status: 302, Location: "https://#{host}/login", RedirectPath: "/"}})
	got = answered(t, f.client(false), "GET", "http://a.example.com/?next=x", nil)
	assert.Equal(t, 302, got.status)
	assert.Equal(t, "https://a.example.com/login", got.header.Get("Location"))
	got = answered(t, f.client(false), "GET", "http://a.example.com/login", nil)
	assert.Equal(t, 200, got.status, "no other path is redirected")
	assert.Empty(t, got.header.Get("Location"))
}

func TestProtocols(t *testing.T) {
	names := []pki.Spec{{Names: []string{"a.example.com"}}}
	for _, c := range []struct {
		name     string
		listener Listener
		url      string
		http2    bool
		want     string // "" when it fails
	}{
		{"HTTP/1.1", Listener{}, "http://a.example.com/", false, "HTTP/1.1"},
		{"HTTP/2 is not spoken", Listener{}, "http://a.example.com/", true, ""},
		{"HTTP/2 by prior knowledge", Listener{Versions: []string{HTTP2}}, "http://a.example.com/", true, "HTTP/2.0"},
		{"HTTP/1.1 is not spoken", Listener{Versions: []string{HTTP2}}, "http://a.example.com/", false, ""},
		{"gRPC brings HTTP/2", Listener{Versions: []string{GRPC}}, "http://a.example.com/", true, "HTTP/2.0"},
		{"both", Listener{Versions: []string{HTTP11, HTTP2}}, "http://a.example.com/", false, "HTTP/1.1"},
		{"HTTPS", Listener{Protocol: HTTPS, Certificates: names}, "https://a.example.com/", false, "HTTP/1.1"},
		{"HTTPS, HTTP/2", Listener{Protocol: HTTPS, Certificates: names, Versions: []string{HTTP11, HTTP2}}, "https://a.example.com/", true, "HTTP/2.0"},
		{"HTTPS, HTTP/2 is not spoken", Listener{Protocol: HTTPS, Certificates: names}, "https://a.example.com/", true, ""},
		{"HTTPS, HTTP/1.1 is not spoken", Listener{Protocol: HTTPS, Certificates: names, Versions: []string{HTTP2}}, "https://a.example.com/", false, ""},
		{"HTTPS, TLS 1.1 is too old for HTTP/2", Listener{Protocol: HTTPS, Certificates: names, TLS: []string{TLS11}, Versions: []string{HTTP2}}, "https://a.example.com/", true, ""},
		{"another name", Listener{Protocol: HTTPS, Certificates: names}, "https://b.example.com/", false, ""},
		{"self-signed", Listener{Protocol: HTTPS}, "https://localhost/", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := serving(t, c.listener)
			r, err := http.NewRequestWithContext(t.Context(), "GET", c.url, nil)
			require.NoError(t, err)
			resp, err := f.client(c.http2).Do(r)
			if c.want == "" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, resp.Proto)
			require.NoError(t, resp.Body.Close())
		})
	}
}

func TestTLSVersionsMayHaveGaps(t *testing.T) {
	for _, c := range []struct {
		spoken  []string
		offered uint16 // the newest; older ones from 1.0 on too
		want    uint16 // 0 when it fails
	}{
		{nil, tls.VersionTLS13, tls.VersionTLS13},
		{nil, tls.VersionTLS12, tls.VersionTLS12},
		{nil, tls.VersionTLS11, 0},
		{[]string{TLS13}, tls.VersionTLS12, 0},
		{[]string{TLS10}, tls.VersionTLS13, tls.VersionTLS10},
		{[]string{TLS11}, tls.VersionTLS12, tls.VersionTLS11},
		{[]string{TLS10, TLS13}, tls.VersionTLS12, tls.VersionTLS10},
		{[]string{"SSLv3"}, tls.VersionTLS13, 0},
		{[]string{"SSLv3", TLS12}, tls.VersionTLS13, tls.VersionTLS12},
	} {
		f := serving(t, Listener{Protocol: HTTPS, TLS: c.spoken})
		raw, err := f.dial(t.Context(), "", "")
		require.NoError(t, err)
		conn := tls.Client(raw, &tls.Config{
			MinVersion: tls.VersionTLS10, MaxVersion: c.offered, InsecureSkipVerify: true, ServerName: "a.example.com", CipherSuites: suites,
		})
		err = conn.HandshakeContext(t.Context())
		if c.want == 0 {
			require.ErrorContains(t, err, "remote error: tls", "%v", c.spoken)
		} else {
			require.NoError(t, err, "%v", c.spoken)
			assert.Equal(t, c.want, conn.ConnectionState().Version)
		}
		assert.Equal(t, []wire.Event{{Hop: wire.HopOrigin, Name: "i-1", Kind: wire.Handshake, SNI: "a.example.com"}}, f.events.Of(wire.Handshake))
	}
}

func TestTheCertificateFollowsSNI(t *testing.T) {
	f := serving(t, Listener{Protocol: HTTPS, Certificates: []pki.Spec{
		{Names: []string{"first.example.net"}},
		{Names: []string{"*.example.com"}},
		{Names: []string{"a.example.com"}},
	}})
	for sni, want := range map[string]string{
		"a.example.com": "a.example.com", "A.Example.COM": "a.example.com", "b.example.com": "*.example.com",
		"x.b.example.com": "first.example.net", "": "first.example.net",
	} {
		raw, err := f.dial(t.Context(), "", "")
		require.NoError(t, err)
		conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, ServerName: sni})
		require.NoError(t, conn.HandshakeContext(t.Context()))
		assert.Equal(t, []string{want}, conn.ConnectionState().PeerCertificates[0].DNSNames, sni)
	}
}

func TestPlainHTTPOnATLSPortIs400(t *testing.T) {
	f := serving(t, Listener{Protocol: HTTPS})
	conn, err := f.dial(t.Context(), "", "")
	require.NoError(t, err)
	_, err = io.WriteString(conn, "GET /a HTTP/1.1\r\nHost: a.example.com\r\n\r\n")
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	assert.Equal(t, 400, resp.StatusCode)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, []wire.Event{{
		Hop: wire.HopOrigin, Name: "i-1", Kind: wire.Request, Protocol: HTTP11, Host: "a.example.com",
		Method: "GET", Path: "/a", Status: 400, Answered: true,
	}}, f.events.Of(wire.Request))
}

func TestGRPC(t *testing.T) {
	for _, c := range []struct {
		versions []string
		kind     string
		grpc     bool
	}{
		{[]string{HTTP2, GRPC}, "application/grpc+proto", true},
		{[]string{HTTP2, GRPC}, "text/plain", false},
		{[]string{HTTP2}, "application/grpc", false},
	} {
		f := serving(t, Listener{Versions: c.versions})
		got := answered(t, f.client(true), "POST", "http://a.example.com/pkg.Service/Call", strings.NewReader("\x00\x00\x00\x00\x00"), "Content-Type", c.kind)
		assert.Equal(t, 200, got.status)
		assert.Equal(t, c.grpc, got.header.Get("Content-Type") == "application/grpc", "%+v", c)
		if c.grpc {
			assert.Equal(t, "0", got.trailer.Get("Grpc-Status"))
			assert.Equal(t, "\x00\x00\x00\x00\x00", got.body)
		}
	}
}

func TestFailures(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, a := range []Answer{{Failure: FailureReset}, {Failure: FailureMalformed}, {Status: 99}, {Status: 700}} {
			for _, protocol := range []string{HTTP, HTTPS} {
				f := serving(t, Listener{
					Protocol: protocol, Versions: []string{HTTP11, HTTP2}, Answer: a, Certificates: []pki.Spec{{Names: []string{"a.example.com"}}},
				})
				r, err := http.NewRequestWithContext(t.Context(), "POST", strings.ToLower(protocol)+"://a.example.com/", strings.NewReader("x"))
				require.NoError(t, err)
				resp, err := f.client(http2).Do(r)
				if err == nil {
					_ = resp.Body.Close()
				}
				require.Error(t, err, "%+v over %s, HTTP/2 %v", a, protocol, http2)
				if a.Failure == FailureReset && !http2 {
					assert.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)
				}
				for _, e := range f.events.Of(wire.Request) {
					assert.Zero(t, e.Status)
				}
			}
		}
	}
}

func TestADelayIsOfTheNetworksClock(t *testing.T) {
	f := serving(t, Listener{Answer: Answer{DelaySeconds: 20}})
	before := time.Now()
	answered(t, f.client(false), "GET", "http://a.example.com/", nil)
	assert.GreaterOrEqual(t, time.Since(before), 20*time.Millisecond)
}

func TestADelayEndsWhenThePeerGoes(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		f := serving(t, Listener{Versions: []string{HTTP11, HTTP2}, Answer: Answer{DelaySeconds: 3600 * 1000}})
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "POST", "http://a.example.com/", strings.NewReader("x"))
		require.NoError(t, err)
		arrived := make(chan error, 1)
		go func() {
			resp, err := f.client(http2).Do(r)
			if err == nil {
				_ = resp.Body.Close()
			}
			arrived <- err
		}()
		time.AfterFunc(50*time.Millisecond, cancel)
		require.ErrorIs(t, <-arrived, context.Canceled)
		deadline := time.Now().Add(10 * time.Second)
		for len(f.events.Of(wire.Request)) == 0 {
			require.True(t, time.Now().Before(deadline), "the server still waits")
		}
		assert.Zero(t, f.events.Of(wire.Request)[0].Status)
	}
}

func TestIdleConnectionsAreClosedInTime(t *testing.T) {
	f := serving(t, Listener{KeepaliveSeconds: 20})
	conn, err := f.dial(t.Context(), "", "")
	require.NoError(t, err)
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n")
	require.NoError(t, err)
	_, err = io.ReadAll(conn) // until the server closes
	require.NoError(t, err)
}

func TestAServerBehindALoadBalancerIsATarget(t *testing.T) {
	f := serving(t, Listener{Protocol: HTTPS, Certificates: []pki.Spec{{Names: []string{"a.example.com"}}}})
	f.from.Kind, f.from.Groups = wire.KindLoadBalancer, []string{"balancer"}
	answered(t, f.client(false), "GET", "https://a.example.com/", nil)
	for _, kind := range []string{wire.Handshake, wire.Request} {
		require.Len(t, f.events.Of(kind), 1)
		assert.Equal(t, wire.HopTarget, f.events.Of(kind)[0].Hop)
	}
	assert.Equal(t, "a.example.com", f.events.Of(wire.Request)[0].SNI)
	assert.Equal(t, TLS13, f.events.Of(wire.Request)[0].TLS)
}

func TestWhatCannotBeServed(t *testing.T) {
	ca, err := pki.New()
	require.NoError(t, err)
	for _, c := range []struct {
		listeners []Listener
		authority *pki.Authority
		why       string
	}{
		{[]Listener{{Port: 80, Protocol: "TCP"}}, ca, `server i-1, port 80: unknown protocol "TCP"`},
		{[]Listener{{Port: 80, Versions: []string{"HTTP/3"}}}, ca, `unknown version "HTTP/3"`},
		{[]Listener{{Port: 80, Answer: Answer{Failure: "slow"}}}, ca, `unknown failure "slow"`},
		{[]Listener{{Port: 80, Protocol: HTTPS, TLS: []string{"TLS12"}}}, ca, `unknown TLS version "TLS12"`},
		{[]Listener{{Port: 80, Protocol: HTTPS, Certificates: []pki.Spec{{Trust: "some"}}}}, ca, `unknown trust "some"`},
		{[]Listener{{Port: 80, Protocol: HTTPS}}, nil, "no authority"},
		{[]Listener{{Port: 80}, {Port: 80}}, ca, "something listens on port 80"},
		{[]Listener{{Port: 65536 + 80}}, ca, "port 65616: a port must be from 1 to 65535"},
		{[]Listener{{}}, ca, "a port must be from 1 to 65535"},
		{[]Listener{{Port: 80, KeepaliveSeconds: -1}}, ca, "keepaliveSeconds -1"},
		{[]Listener{{Port: 80, Answer: Answer{DelaySeconds: -1}}}, ca, "delaySeconds -1"},
	} {
		n := wire.New(nil, wire.Clock{})
		_, err := Serve(n, Server{Listeners: c.listeners}, Options{
			Place: wire.Place{Name: "i-1", Addresses: []netip.Addr{address}, Open: true}, Authority: c.authority,
		})
		require.ErrorContains(t, err, c.why)
		require.NoError(t, n.Close())
	}
}

func TestAnUnknownHealthIsRefused(t *testing.T) {
	n := wire.New(nil, wire.Clock{})
	_, err := Serve(n, Server{Health: "unhelthy"}, Options{Place: wire.Place{Name: "i-1"}})
	require.ErrorContains(t, err, `server i-1: unknown health "unhelthy"`)
	require.NoError(t, n.Close())
}
