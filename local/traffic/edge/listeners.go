package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// doors are all that the fleet listens with.
type doors struct {
	closers []io.Closer
}

func (d *doors) add(c io.Closer) { d.closers = append(d.closers, c) }

// close closes everything, what was opened last first.
func (d *doors) close() error {
	var err error
	for i := range d.closers {
		e := d.closers[len(d.closers)-1-i].Close()
		if e != nil && !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// quiet is where net/http writes about broken connections: they are a viewer's
// affair.
var quiet = log.New(io.Discard, "", 0)

// open listens on ports 80 and 443 of all distributions.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (f *Fleet) open() error {
	viewers := f.newServer(f.serve)
	// Without h2 here net/http would not set HTTP/2 up, when port 80 is served first.
	viewers.TLSConfig = &tls.Config{GetConfigForClient: f.greet, MinVersion: tls.VersionTLS10, NextProtos: []string{"h2", "http/1.1"}}
	confused := f.newServer(f.plainOnTLS)
	secure, plain := wire.NewQueue(&net.TCPAddr{}), wire.NewQueue(&net.TCPAddr{})
	f.doors.add(viewers)
	f.doors.add(confused)
	f.work.Go(func() { _ = viewers.ServeTLS(secure, "", "") }) // its error is that it was closed
	f.work.Go(func() { _ = confused.Serve(plain) })
	for _, s := range f.sites {
		if len(s.Addresses) == 0 {
			continue
		}
		place := wire.Place{Name: s.ID, Addresses: s.Addresses, Open: true}
		l80, err := f.network.Listen(place, 80)
		if err != nil {
			return err
		}
		f.doors.add(l80)
		f.work.Go(func() { _ = viewers.Serve(l80) })
		l443, err := f.network.Listen(place, 443)
		if err != nil {
			return err
		}
		f.doors.add(l443)
		f.work.Go(func() { f.receive(l443, secure, plain) })
		if err := f.open3(place); err != nil {
			return err
		}
	}
	return nil
}

// newServer is a server for HTTP/1.1, and for HTTP/2 where TLS agrees on it.
func (f *Fleet) newServer(handler http.HandlerFunc) *http.Server {
	return &http.Server{
		Handler: handler, ErrorLog: quiet,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, sourceKey{}, wire.SourceOf(c))
		},
	}
}

type sourceKey struct{}

// open3 serves HTTP/3, without 0-RTT.
func (f *Fleet) open3(place wire.Place) error {
	packets, err := f.network.ListenPacket(place, 443)
	if err != nil {
		return err
	}
	server := &http3.Server{
		Handler:    http.HandlerFunc(f.serve),
		TLSConfig:  &tls.Config{GetConfigForClient: f.greet3, MinVersion: tls.VersionTLS13},
		QUICConfig: &quic.Config{},
	}
	f.doors.add(packets)
	f.doors.add(server)
	f.work.Go(func() { _ = server.Serve(packets) })
	return nil
}

// receive takes the connections of a port 443 and hands each to whom it is for:
// one that begins as TLS does, and one in plain HTTP.
func (f *Fleet) receive(l net.Listener, secure, plain *wire.Queue) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		f.work.Go(func() {
			peeked, err := wire.Peek(f.live, c, 0)
			switch {
			case err != nil:
				_ = c.Close() // the viewer sent nothing
			case peeked.First.IsTLS():
				secure.Hand(peeked)
			default:
				plain.Hand(peeked)
			}
		})
	}
}
