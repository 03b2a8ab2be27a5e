package observe

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"github.com/portico-iac/portico/requestpath"
)

// maxBody is how much of an answer's body is read before the connection is closed.
const maxBody = 1 << 20

// overTCP sends the request over a connection that is made, HTTP/2 when the TLS
// handshake agreed on it.
func (v *viewer) overTCP(ctx context.Context, conn net.Conn) error {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	once := func(context.Context, string, string) (net.Conn, error) {
		if conn == nil {
			return nil, syscall.ECONNRESET // the transport tries again what broke; a viewer would too, but not here
		}
		handed := conn
		conn = nil
		return handed, nil
	}
	transport := &http.Transport{Protocols: protocols, DialContext: once, DialTLSContext: once, DisableCompression: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(v.http.WithContext(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	v.note(answer)
	return nil
}

// overQUIC tries HTTP/3 and says whether there was an answer to the viewer's
// request; without one the viewer goes on over TCP.
func (v *viewer) overQUIC(ctx context.Context, addresses []netip.Addr) bool {
	patience := v.via.Patience()
	v.seen.Address = netip.AddrPortFrom(addresses[0], uint16(v.request.Port))
	packets, to, err := v.openPackets(ctx)
	if err != nil {
		return false
	}
	defer func() { _ = packets.Close() }()
	shaking, cancel := context.WithTimeout(ctx, patience.QUIC)
	defer cancel()
	transport := &quic.Transport{Conn: packets}
	defer func() { _ = transport.Close() }()
	conn, err := transport.Dial(shaking, to, v.tlsConfig([]string{http3.NextProtoH3}),
		&quic.Config{HandshakeIdleTimeout: patience.QUIC, MaxIdleTimeout: patience.Answer})
	if err != nil {
		v.forget()
		return false
	}
	defer func() { _ = conn.CloseWithError(0, "") }()
	ctx, cancel = context.WithTimeout(ctx, patience.Answer)
	defer cancel()
	answer, err := (&http3.Transport{DisableCompression: true}).NewClientConn(conn).RoundTrip(v.http.WithContext(ctx))
	if err != nil {
		v.forget()
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	v.seen.Protocol = requestpath.HTTP3
	v.note(answer)
	return true
}

func (v *viewer) openPackets(ctx context.Context) (net.PacketConn, net.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, v.via.Patience().Connect)
	defer cancel()
	return v.via.DialPacket(ctx, v.request.From, v.request.ConnectTo, v.seen.Address)
}

// forget is for a connection that failed and that another one follows.
func (v *viewer) forget() {
	v.seen.TLS, v.seen.Certificate, v.seen.Protocol = "", nil, ""
}

// note takes down the answer.
func (v *viewer) note(answer *http.Response) {
	s := &v.seen
	s.Status, s.Headers = answer.StatusCode, answer.Header
	s.XCache, s.Location, s.Via = answer.Header.Get("X-Cache"), answer.Header.Get("Location"), answer.Header.Get("Via")
	s.Server, s.AltSvc = answer.Header.Get("Server"), answer.Header.Get("Alt-Svc")
	// The status is what counts; a body that breaks off does not change it.
	_, _ = io.CopyN(io.Discard, answer.Body, maxBody)
}

// isCut says that the connection ended where more was to come.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
