package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"

	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are what a server needs besides the network.
type Options struct {
	// Place is where it is. Its Name is the server's in events and answers.
	Place wire.Place
	// Authority issues its certificates. Required when a listener speaks HTTPS.
	Authority *pki.Authority
	// Sink gets the events. Default: none.
	Sink wire.Sink
}

// Running is a running server.
type Running struct{ serving wire.Serving }

// servedListener is a running listener.
type servedListener struct {
	Listener
	options Options
	clock   wire.Clock
}

// Serve starts a server. An unknown protocol, version, health or trust of a
// certificate is an error, and so is a port that is invalid or in use.
func Serve(n *wire.Network, s Server, o Options) (*Running, error) {
	n.Place(o.Place)
	r := &Running{}
	if s.Health != "" && s.Health != Unhealthy && s.Health != Draining {
		return nil, fmt.Errorf("server %s: unknown health %q: must be %s, %s or empty", o.Place.Name, s.Health, Unhealthy, Draining)
	}
	for _, l := range s.Listeners {
		if err := r.listen(n, l, o); err != nil {
			return nil, errors.Join(fmt.Errorf("server %s, port %d: %w", o.Place.Name, l.Port, err), r.Close())
		}
	}
	return r, nil
}

func (r *Running) listen(n *wire.Network, given Listener, o Options) error {
	l := &servedListener{Listener: given.withDefaults(), options: o, clock: n.Clock()}
	if err := l.check(); err != nil {
		return err
	}
	srv := newServer(l)
	srv.Protocols, srv.IdleTimeout = l.protocols(), l.clock.Seconds(float64(l.KeepaliveSeconds))
	if l.Protocol == HTTPS {
		var err error
		if srv.TLSConfig, err = l.tlsConfig(); err != nil {
			return err
		}
	}
	inner, err := r.serving.Listen(n, o.Place, l.Port)
	if err != nil {
		return err
	}
	if l.Protocol == HTTP {
		r.serving.Serve(srv, srv.Serve, inner)
		return nil
	}
	secure, plain := wire.NewQueue(), wire.NewQueue()
	r.serving.Go(func() { wire.Split(inner, secure, plain) })
	r.serving.Serve(srv, func(inner net.Listener) error { return srv.ServeTLS(inner, "", "") }, secure)
	rejecting := newServer(http.HandlerFunc(l.rejectPlain))
	r.serving.Serve(rejecting, rejecting.Serve, plain)
	return nil
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ConnContext: withConn, ErrorLog: log.New(io.Discard, "", 0)}
}

// Close stops the server and cuts its connections.
func (r *Running) Close() error { return r.serving.Close() }

func (l Listener) withDefaults() Listener {
	l.Protocol = cmp.Or(l.Protocol, HTTP)
	l.Answer.Status = cmp.Or(l.Answer.Status, http.StatusOK)
	if len(l.TLS) == 0 {
		l.TLS = []string{TLS12, TLS13}
	}
	if len(l.Versions) == 0 {
		l.Versions = []string{HTTP11}
	}
	if len(l.Certificates) == 0 {
		l.Certificates = []pki.Spec{{Names: []string{"localhost"}, Trust: pki.SelfSigned}}
	}
	return l
}

func (l *servedListener) check() error {
	if l.Port < 1 || l.Port > 65535 {
		return errors.New("a port must be from 1 to 65535")
	}
	if l.KeepaliveSeconds < 0 || l.Answer.DelaySeconds < 0 {
		return fmt.Errorf("seconds must not be negative, got keepaliveSeconds %d, delaySeconds %d", l.KeepaliveSeconds, l.Answer.DelaySeconds)
	}
	if l.Protocol != HTTP && l.Protocol != HTTPS {
		return fmt.Errorf("unknown protocol %q: must be %s or %s", l.Protocol, HTTP, HTTPS)
	}
	for _, v := range l.Versions {
		if !slices.Contains([]string{HTTP11, HTTP2, GRPC}, v) {
			return fmt.Errorf("unknown version %q: must be %s, %s or %s", v, HTTP11, HTTP2, GRPC)
		}
	}
	if f := l.Answer.Failure; f != "" && f != FailureReset && f != FailureMalformed {
		return fmt.Errorf("unknown failure %q: must be %s or %s", f, FailureReset, FailureMalformed)
	}
	return nil
}

// protocols are those of the versions; gRPC's is HTTP/2.
func (l *servedListener) protocols() *http.Protocols {
	p := &http.Protocols{}
	p.SetHTTP1(slices.Contains(l.Versions, HTTP11))
	p.SetHTTP2(l.speaksHTTP2())
	p.SetUnencryptedHTTP2(l.speaksHTTP2())
	return p
}

func (l *servedListener) speaksHTTP2() bool {
	return slices.Contains(l.Versions, HTTP2) || slices.Contains(l.Versions, GRPC)
}

// hop is the server's role for the source of a connection.
func hop(c net.Conn) string {
	if wire.SourceOf(c).Kind == wire.KindLoadBalancer {
		return wire.HopTarget
	}
	return wire.HopOrigin
}

// connKey is the key of the connection in the context of a request.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

func connOf(r *http.Request) net.Conn {
	c, _ := r.Context().Value(connKey{}).(net.Conn)
	return c
}
