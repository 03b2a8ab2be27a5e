package observe_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/quic-go/quic-go/http3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

const name = "example.com" // the one that httptest's certificate is for

// to is the internet on which every request for name ends at address.
func to(address string, roots *x509.CertPool) *observe.Internet {
	at := netip.MustParseAddrPort(address)
	return &observe.Internet{
		ConnectTo: map[string]netip.AddrPort{name + ":443": at, name + ":80": at, "other.test:443": at},
		Trusted:   roots,
	}
}

// serving starts a server with TLS and returns the internet that leads to it.
func serving(t *testing.T, config *tls.Config, http2 bool, answer http.HandlerFunc) *observe.Internet {
	t.Helper()
	server := httptest.NewUnstartedServer(answer)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS, server.EnableHTTP2 = config, http2
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return to(server.Listener.Addr().String(), roots)
}

func ok(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Cache", "Miss from cloudfront")
	w.Header().Set("Via", "1.1 x (CloudFront)")
	w.Header().Set("Server", "nginx")
	w.Header().Set("Alt-Svc", `h3=":443"`)
}

// raw accepts connections and leaves each to serve.
func raw(t *testing.T, serve func(*net.TCPConn)) *observe.Internet {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			go serve(conn)
		}
	}()
	return to(listener.Addr().String(), nil)
}

// answering reads what the client begins with and writes one text.
func answering(text string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, text)
		_ = conn.CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
	}
}

func send(t *testing.T, via observe.Network, request requestpath.Request) observe.Observation {
	t.Helper()
	if request.Name == "" {
		request.Name = name
	}
	seen, err := observe.Send(t.Context(), via, request)
	require.NoError(t, err)
	return seen
}

func TestAnAnswerIsSeenWhole(t *testing.T) {
	seen := send(t, serving(t, nil, true, ok), requestpath.Request{})
	assert.Equal(t, 200, seen.Status)
	assert.Empty(t, seen.Reason)
	assert.Equal(t, requestpath.HTTP2, seen.Protocol)
	assert.Equal(t, requestpath.TLS13, seen.TLS)
	assert.Contains(t, seen.Certificate, name)
	assert.False(t, seen.Expires.IsZero())
	assert.Equal(t, requestpath.XCacheMiss, seen.XCache)
	assert.Equal(t, "1.1 x (CloudFront)", seen.Via)
	assert.Equal(t, "nginx", seen.Server)
	assert.Equal(t, `h3=":443"`, seen.AltSvc)
	assert.Equal(t, "200", seen.String())
	assert.Positive(t, seen.Took)
}

func TestTheRequestIsSentAsItIsMeant(t *testing.T) {
	got := make(chan *http.Request, 1)
	via := serving(t, nil, true, func(_ http.ResponseWriter, r *http.Request) { got <- r })
	send(t, via, requestpath.Request{
		Host: "www.example.org", Method: "DELETE", Path: "/a%2Fb", Query: "c=d", Version: requestpath.HTTP11,
		Headers: []requestpath.Header{{Name: "X-One", Value: "1"}, {Name: "X-One", Value: "2"}},
	})
	r := <-got
	assert.Equal(t, "www.example.org", r.Host)
	assert.Equal(t, "DELETE /a%2Fb?c=d", r.Method+" "+r.RequestURI)
	assert.Equal(t, []string{"1", "2"}, r.Header["X-One"])
	assert.Equal(t, name, r.TLS.ServerName)

	send(t, via, requestpath.Request{Version: requestpath.GRPC})
	r = <-got
	assert.Equal(t, "POST HTTP/2.0 application/grpc", r.Method+" "+r.Proto+" "+r.Header.Get("Content-Type"))

	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r }))
	t.Cleanup(plain.Close)
	send(t, to(plain.Listener.Addr().String(), nil), requestpath.Request{Scheme: "http", Name: "2001:db8::1", ConnectTo: name})
	assert.Equal(t, "[2001:db8::1]", (<-got).Host)
}

// A client takes the best version that the server has.
func TestVersionsFallBack(t *testing.T) {
	via := serving(t, nil, true, ok)
	old := serving(t, &tls.Config{MinVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}}, false, ok)
	for _, c := range []struct {
		name          string
		via           observe.Network
		version, tls  string
		protocol, got string
	}{
		{"the best", via, "", "", requestpath.HTTP2, requestpath.TLS13},
		{"no QUIC", via, requestpath.HTTP3, "", requestpath.HTTP2, requestpath.TLS13},
		{"HTTP/1.1 alone", via, requestpath.HTTP11, "", requestpath.HTTP11, requestpath.TLS13},
		{"TLS 1.2", via, "", requestpath.TLS12, requestpath.HTTP2, requestpath.TLS12},
		{"server without HTTP/2", serving(t, nil, false, ok), "", "", requestpath.HTTP11, requestpath.TLS13},
		{"TLS 1.1 is too old for HTTP/2", old, "", requestpath.TLS11, requestpath.HTTP11, requestpath.TLS11},
		{"TLS 1.0", old, requestpath.HTTP3, requestpath.TLS10, requestpath.HTTP11, requestpath.TLS10},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := send(t, c.via, requestpath.Request{Version: c.version, TLS: c.tls})
			require.Equal(t, 200, seen.Status, seen.Detail)
			assert.Equal(t, c.protocol+" "+c.got, seen.Protocol+" "+seen.TLS)
		})
	}
}

func TestHTTP3IsTriedFirst(t *testing.T) {
	via := serving(t, nil, true, ok)
	var certificates []tls.Certificate
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	certificates = server.TLS.Certificates
	server.Close()
	packets, err := net.ListenPacket("udp4", via.ConnectTo[name+":443"].String())
	require.NoError(t, err)
	fast := &http3.Server{
		TLSConfig: http3.ConfigureTLSConfig(&tls.Config{Certificates: certificates}),
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }),
	}
	go func() { _ = fast.Serve(packets) }()
	t.Cleanup(func() { _ = fast.Close(); _ = packets.Close() })
	seen := send(t, via, requestpath.Request{Version: requestpath.HTTP3})
	assert.Equal(t, "418 HTTP/3 TLSv1.3", seen.String()+" "+seen.Protocol+" "+seen.TLS)
	assert.Contains(t, seen.Certificate, name)
	seen = send(t, via, requestpath.Request{Version: requestpath.HTTP3, TLS: requestpath.TLS12})
	assert.Equal(t, "200 HTTP/2", seen.String()+" "+seen.Protocol, "QUIC needs TLS 1.3")
	seen = send(t, via, requestpath.Request{Version: requestpath.HTTP3, Name: "other.test"})
	assert.Equal(t, requestpath.BadCertificate, seen.Reason)
}

func TestEveryReason(t *testing.T) {
	impatient := raw(t, func(*net.TCPConn) {})
	impatient.Wait.Answer = 50 * time.Millisecond
	tls13 := &tls.Config{MinVersion: tls.VersionTLS13}
	closed := raw(t, nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed.ConnectTo[name+":443"] = netip.MustParseAddrPort(listener.Addr().String())
	require.NoError(t, listener.Close())
	cut := func(conn *net.TCPConn) {
		_, _ = conn.Read(make([]byte, 4096))
		_ = conn.SetLinger(0)
		_ = conn.Close()
	}
	hangsUp := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	grpc := requestpath.Request{Version: requestpath.GRPC}
	plain := requestpath.Request{Scheme: requestpath.SchemeHTTP}
	for _, c := range []struct {
		name    string
		via     observe.Network
		request requestpath.Request
		want    requestpath.Reason
	}{
		{"refused", closed, requestpath.Request{}, requestpath.Refused},
		{"dropped", dropping{impatient}, requestpath.Request{}, requestpath.Timeout},
		{"dropped by QUIC too", dropping{impatient}, requestpath.Request{Version: requestpath.HTTP3}, requestpath.Timeout},
		{"silent in the handshake", impatient, requestpath.Request{}, requestpath.Timeout},
		{"silent after the request", impatient, plain, requestpath.Timeout},
		{"cut in the handshake", raw(t, cut), requestpath.Request{}, requestpath.Reset},
		{"cut after the request", raw(t, cut), plain, requestpath.Reset},
		{"ends without an answer", raw(t, answering("")), plain, requestpath.Reset},
		{"not HTTP", raw(t, answering("SSH-2.0-x\r\n")), plain, requestpath.Reset},
		{"stream reset", serving(t, nil, true, hangsUp), requestpath.Request{}, requestpath.Reset},
		{"plain HTTP to a TLS hello", raw(t, answering("HTTP/1.1 400 Bad Request\r\n\r\n")), requestpath.Request{}, requestpath.TLSAlert},
		{"server of TLS 1.3 alone", serving(t, tls13, true, ok), requestpath.Request{TLS: requestpath.TLS12}, requestpath.TLSAlert},
		{"server of TLS 1.2 and newer", serving(t, nil, true, ok), requestpath.Request{TLS: requestpath.TLS11}, requestpath.TLSAlert},
		{"certificate of another name", serving(t, nil, true, ok), requestpath.Request{Name: "other.test"}, requestpath.BadCertificate},
		{"no trust", to(serving(t, nil, true, ok).ConnectTo[name+":443"].String(), x509.NewCertPool()), requestpath.Request{}, requestpath.BadCertificate},
		{"no HTTP/2 for gRPC", serving(t, nil, false, ok), grpc, requestpath.NoCommonVersion},
		{"other protocols", serving(t, &tls.Config{NextProtos: []string{"imap"}}, false, ok), requestpath.Request{}, requestpath.NoCommonVersion},
		{"gRPC without TLS", raw(t, answering("")), requestpath.Request{Scheme: "http", Version: requestpath.GRPC}, requestpath.NoCommonVersion},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := send(t, c.via, c.request)
			assert.Equal(t, c.want, seen.Reason, seen.Detail)
			assert.Zero(t, seen.Status)
			assert.NotEmpty(t, seen.Detail)
			assert.Equal(t, string(c.want), seen.String())
		})
	}
}

// dropping is a network in which nothing arrives.
type dropping struct{ observe.Network }

func (dropping) Dial(ctx context.Context, _ requestpath.Source, _ string, _ netip.AddrPort) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (d dropping) DialPacket(ctx context.Context, _ requestpath.Source, _ string, _ netip.AddrPort) (net.PacketConn, net.Addr, error) {
	<-ctx.Done()
	return nil, nil, ctx.Err()
}

func (d dropping) Patience() observe.Patience {
	return observe.Patience{Connect: 20 * time.Millisecond, QUIC: 20 * time.Millisecond, Answer: time.Minute}
}

func TestWhatIsShownIsNotedThoughItIsNotAccepted(t *testing.T) {
	seen := send(t, serving(t, nil, true, ok), requestpath.Request{Name: "other.test"})
	assert.Contains(t, seen.Certificate, name)
	seen = send(t, serving(t, nil, true, ok), requestpath.Request{Name: "other.test", IgnoreCertificate: true})
	assert.Equal(t, 200, seen.Status)
}

func TestWhatCannotBeSentIsAnError(t *testing.T) {
	for _, r := range []requestpath.Request{
		{Name: name, Scheme: "ftp"}, {Name: name, TLS: requestpath.SSL3}, {Name: name, Path: "/%zz"},
	} {
		_, err := observe.Send(t.Context(), to("127.0.0.1:1", nil), r)
		require.Error(t, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	_, err := observe.Send(ctx, to("127.0.0.1:1", nil), requestpath.Request{Name: name})
	require.ErrorIs(t, err, context.Canceled)
}

func TestFollow(t *testing.T) {
	via := serving(t, nil, true, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, "/once", http.StatusMovedPermanently)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/on":
			http.Redirect(w, r, "/on?"+r.URL.RawQuery+"x", http.StatusFound)
		}
	})
	for _, c := range []struct {
		path string
		want string
		sent int
	}{{"/", "200", 2}, {"/once", "200", 1}, {"/round", "302 redirect-loop", 1}, {"/on", "302 redirect-loop", requestpath.MaxRedirects + 1}} {
		var seen []observe.Observation
		err := observe.Follow(t.Context(), via, requestpath.Request{Name: name, Path: c.path}, func(o observe.Observation) { seen = append(seen, o) })
		require.NoError(t, err)
		require.Len(t, seen, c.sent, c.path)
		assert.Equal(t, c.want, seen[c.sent-1].String(), c.path)
	}
}
