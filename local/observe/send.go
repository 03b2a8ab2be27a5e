package observe

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"github.com/portico-iac/portico/requestpath"
)

const maxBody = 1 << 20 // of an answer that is read before the connection is closed

// overTCP sends the request over an open connection, as HTTP/2 when the TLS
// handshake agreed on it.
func (c *client) overTCP(ctx context.Context, conn net.Conn) error {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	once := func(context.Context, string, string) (net.Conn, error) {
		if conn == nil {
			return nil, syscall.ECONNRESET // without this the transport would retry over a new connection
		}
		handed := conn
		conn = nil
		return handed, nil
	}
	transport := &http.Transport{Protocols: protocols, DialContext: once, DialTLSContext: once, DisableCompression: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(c.http.WithContext(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	c.note(answer)
	return nil
}

// overQUIC tries HTTP/3 and says whether the request was answered. Otherwise the client
// falls back to TCP.
func (c *client) overQUIC(ctx context.Context, addresses []netip.Addr) bool {
	patience := c.via.Patience()
	c.seen.Address = netip.AddrPortFrom(addresses[0], uint16(c.request.Port))
	packets, to, err := c.openPackets(ctx)
	if err != nil {
		return false
	}
	defer func() { _ = packets.Close() }()
	shaking, cancel := context.WithTimeout(ctx, patience.QUIC)
	defer cancel()
	transport := &quic.Transport{Conn: packets}
	defer func() { _ = transport.Close() }()
	conn, err := transport.Dial(shaking, to, c.tlsConfig([]string{http3.NextProtoH3}),
		&quic.Config{HandshakeIdleTimeout: patience.QUIC, MaxIdleTimeout: patience.Answer})
	if err != nil {
		c.forget()
		return false
	}
	defer func() { _ = conn.CloseWithError(0, "") }()
	ctx, cancel = context.WithTimeout(ctx, patience.Answer)
	defer cancel()
	answer, err := (&http3.Transport{DisableCompression: true}).NewClientConn(conn).RoundTrip(c.http.WithContext(ctx))
	if err != nil {
		c.forget()
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	c.seen.Protocol = requestpath.HTTP3
	c.note(answer)
	return true
}

func (c *client) openPackets(ctx context.Context) (net.PacketConn, net.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, c.via.Patience().Connect)
	defer cancel()
	return c.via.DialPacket(ctx, c.request.From, c.request.ConnectTo, c.seen.Address)
}

// forget drops the observations of a QUIC connection that failed.
func (c *client) forget() {
	c.seen.TLS, c.seen.Certificate, c.seen.Protocol = "", nil, ""
}

// note records the answer.
func (c *client) note(answer *http.Response) {
	s := &c.seen
	s.Status, s.Headers = answer.StatusCode, answer.Header
	s.XCache, s.Location, s.Via = answer.Header.Get("X-Cache"), answer.Header.Get("Location"), answer.Header.Get("Via")
	s.Server, s.AltSvc = answer.Header.Get("Server"), answer.Header.Get("Alt-Svc")
	// The status is what counts; a body that breaks off does not change it.
	_, _ = io.CopyN(io.Discard, answer.Body, maxBody)
}
