package alb

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// discard takes what net/http writes about connections that break off.
var discard = log.New(io.Discard, "", 0)

// servedListener is a listener with its HTTP server, which gets the connections
// whose first byte has been seen.
type servedListener struct {
	account.Listener
	loadBalancer *Running
	tls          *tls.Config // nil with HTTP
	certificates certificates
	rules        []rule
	inner        net.Listener
	server       *http.Server
	ready        *wire.Queue // connections for the server
}

// newListener prepares a listener. It speaks HTTP/2 on HTTPS alone.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
func (r *Running) newListener(l account.Listener) (*servedListener, error) {
	p := &servedListener{Listener: l, loadBalancer: r}
	speaks := &http.Protocols{}
	speaks.SetHTTP1(true)
	if l.Protocol == server.HTTPS {
		var err error
		if p.certificates, err = r.certificatesOf(l); err != nil {
			return nil, err
		}
		p.tls = p.tlsConfig(p.certificates)
		speaks.SetHTTP2(r.registered.EnableHTTP2)
	}
	p.server = &http.Server{
		Handler: http.HandlerFunc(p.serve), Protocols: speaks, ErrorLog: discard,
		BaseContext:       func(net.Listener) context.Context { return r.ctx },
		ConnContext:       withClientConn,
		ReadHeaderTimeout: r.idle(), IdleTimeout: r.idle(),
	}
	var err error
	p.rules, err = r.newRules(l)
	return p, err
}

// open begins to listen.
func (p *servedListener) open() error {
	inner, err := p.loadBalancer.network.Listen(p.loadBalancer.place, p.Port)
	if err != nil {
		return err
	}
	p.inner, p.ready = inner, wire.NewQueue()
	p.loadBalancer.work.Go(func() { wire.Receive(p.inner, p.loadBalancer.idle(), p.receive) })
	p.loadBalancer.work.Go(func() { _ = p.server.Serve(p.ready) }) // its error is that it was closed
	return nil
}

// close stops listening and ends all connections.
func (p *servedListener) close() error {
	if p.inner == nil {
		return nil
	}
	return errors.Join(p.inner.Close(), p.ready.Close(), p.server.Close())
}

// receive hands a connection to the server as TLS, or as plain HTTP, which an HTTPS
// listener answers with 400 later. TLS on an HTTP listener is answered with 400 at
// once; the client takes that for broken TLS.
// Inferred: the words of the answer are nginx's
func (p *servedListener) receive(received *wire.Received) {
	client := newConnection(received)
	if client.IsTLS && p.tls != nil {
		if secure := p.handshake(client); secure != nil {
			p.ready.Hand(secure)
		}
		return
	}
	p.logConnection(client, accesslog.Connection{})
	if client.IsTLS {
		p.rejectTLS(received)
	} else {
		p.ready.Hand(client)
	}
}

// rejectTLS answers what began with TLS, and lets the client read that before the
// connection is closed.
func (p *servedListener) rejectTLS(c *wire.Received) {
	defer context.AfterFunc(p.loadBalancer.ctx, func() { _ = c.Close() })()
	_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nServer: "+serverName+"\r\nConnection: close\r\n"+
		"Content-Type: text/html\r\n\r\n"+page(http.StatusBadRequest)) // the client may be gone
	if c.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(p.loadBalancer.idle()))
		_, _ = io.Copy(io.Discard, c) // until the client closes
	}
	_ = c.Close()
}

type clientConnKey struct{}

// withClientConn keeps the client's connection for the requests on it.
func withClientConn(ctx context.Context, c net.Conn) context.Context {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	client, _ := c.(connection)
	return context.WithValue(ctx, clientConnKey{}, client)
}
