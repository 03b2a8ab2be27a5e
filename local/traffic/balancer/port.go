package balancer

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// port is a listener that serves. It is the net.Listener of its own HTTP server,
// to which it hands the connections over whose first byte it has seen.
type port struct {
	balancer *Running
	config   Listener
	tls      *tls.Config // nil with HTTP
	rules    []rule
	inner    net.Listener
	server   *http.Server
	ready    chan net.Conn
}

// newPort prepares a listener.
func (r *Running) newPort(l Listener) (*port, error) {
	p := &port{balancer: r, config: l, ready: make(chan net.Conn)}
	if l.Secure {
		if len(l.Certificates) == 0 {
			return nil, errors.New("it is HTTPS and has no certificate")
		}
		if _, known := versionsOf(l.Policy); !known {
			return nil, errors.New("it has no such security policy: " + l.Policy)
		}
		certificates, err := load(l, r.opts)
		if err != nil {
			return nil, err
		}
		p.tls = l.config(certificates, r.config.HTTP2, p.greeted)
	}
	p.rules = p.newRules()
	p.server = &http.Server{
		Handler:     http.HandlerFunc(p.serve),
		BaseContext: func(net.Listener) context.Context { return r.ctx },
		ConnContext: accepted, ConnState: p.state,
		ReadHeaderTimeout: r.idle(), IdleTimeout: r.idle(),
		ErrorLog:  log.New(io.Discard, "", 0),
		Protocols: p.protocols(),
	}
	return p, nil
}

// protocols are those that the port speaks: HTTP/2 on HTTPS alone.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
func (p *port) protocols() *http.Protocols {
	out := &http.Protocols{}
	out.SetHTTP1(true)
	out.SetHTTP2(p.config.Secure && p.balancer.config.HTTP2)
	return out
}

// greeted tells of a ClientHello.
func (p *port) greeted(name string) {
	p.balancer.opts.Sink.Emit(wire.Event{
		Hop: wire.HopBalancer, Name: p.balancer.config.Name, Kind: wire.Handshake, SNI: name,
	})
}

// open begins to listen.
func (p *port) open() error {
	inner, err := p.balancer.network.Listen(p.balancer.place, p.config.Port)
	if err != nil {
		return err
	}
	p.inner = inner
	p.balancer.run(p.receiveAll)
	p.balancer.run(func() { _ = p.server.Serve(p) }) // its error is that it was closed
	return nil
}

// close stops listening and ends all connections.
func (p *port) close() error {
	if p.inner == nil {
		return nil
	}
	err := p.inner.Close()
	return errors.Join(err, p.server.Close())
}

func (p *port) receiveAll() {
	for {
		c, err := p.inner.Accept()
		if err != nil {
			return
		}
		p.balancer.run(func() { p.receive(c) })
	}
}

// receive looks at the first byte of a connection and hands it over as TLS, or as
// plain HTTP, which an HTTPS listener answers with 400 later. TLS on an HTTP
// listener is answered with 400 at once; the viewer takes that for broken TLS.
// Inferred: the words of the answer are nginx's
func (p *port) receive(c net.Conn) {
	stop := context.AfterFunc(p.balancer.ctx, func() { _ = c.Close() })
	defer stop()
	v := &viewer{Conn: c, since: time.Now()}
	if err := v.peek(p.balancer.idle()); err != nil {
		_ = c.Close() // it said nothing
		return
	}
	const handshake = 0x16 // the type of the record that begins TLS
	secure := v.first[0] == handshake
	if secure && p.tls == nil {
		p.rejectTLS(v)
		return
	}
	var conn net.Conn = v
	if secure {
		conn = tls.Server(v, p.tls)
	}
	select {
	case p.ready <- conn:
	case <-p.balancer.ctx.Done():
		_ = c.Close() // nobody will serve it
	}
}

// rejectTLS answers what began with TLS, and lets the viewer read that before the
// connection is closed.
func (p *port) rejectTLS(c *viewer) {
	_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nServer: "+serverName+"\r\nConnection: close\r\n"+
		"Content-Type: text/html\r\n\r\n"+page(http.StatusBadRequest)) // the viewer may be gone
	if c.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(p.balancer.idle()))
		_, _ = io.Copy(io.Discard, c) // until the viewer closes
	}
	_ = c.Close()
}

// Accept waits for the next connection that has said something.
func (p *port) Accept() (net.Conn, error) {
	select {
	case c := <-p.ready:
		return c, nil
	case <-p.balancer.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Addr is the simulated address.
func (p *port) Addr() net.Addr { return p.inner.Addr() }

// Close is for the HTTP server, which closes its listener.
func (p *port) Close() error { return p.inner.Close() }

// state counts the connections that Close waits for. A new one comes from the
// server's own goroutine, which is counted in as long as it runs.
func (p *port) state(c net.Conn, s http.ConnState) {
	switch s {
	case http.StateNew:
		p.balancer.work.Add(1)
		if p.balancer.ctx.Err() != nil {
			_ = c.Close() // it came while the server was closing
		}
	case http.StateClosed, http.StateHijacked:
		p.balancer.work.Done()
	}
}

// viewer is a connection whose first byte was looked at.
type viewer struct {
	net.Conn
	first []byte
	since time.Time
}

// peek reads the first byte.
func (v *viewer) peek(timeout time.Duration) error {
	if err := v.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(v.Conn, first); err != nil {
		return err
	}
	v.first = first
	return v.SetReadDeadline(time.Time{})
}

// Read gives the first byte before the rest.
func (v *viewer) Read(p []byte) (int, error) {
	if len(v.first) > 0 && len(p) > 0 {
		n := copy(p, v.first)
		v.first = v.first[n:]
		return n, nil
	}
	return v.Conn.Read(p)
}

// NetConn is the connection itself.
func (v *viewer) NetConn() net.Conn { return v.Conn }

// CloseWrite says that nothing more will be sent.
func (v *viewer) CloseWrite() error {
	if half, ok := v.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

type viewerKey struct{}

// accepted keeps the viewer's connection for the requests on it.
func accepted(ctx context.Context, c net.Conn) context.Context {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	v, _ := c.(*viewer)
	return context.WithValue(ctx, viewerKey{}, v)
}
