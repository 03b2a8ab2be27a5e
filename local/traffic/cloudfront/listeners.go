package cloudfront

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// discardLog discards what net/http logs about broken connections.
var discardLog = log.New(io.Discard, "", 0)

// open listens on ports 80 and 443 of all distributions.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func (f *Fleet) open() error {
	viewers := f.newServer(f.serve)
	// Without h2 here, net/http does not set up HTTP/2 if port 80 is served first.
	viewers.TLSConfig = &tls.Config{GetConfigForClient: f.configFor, MinVersion: tls.VersionTLS10, NextProtos: []string{"h2", "http/1.1"}}
	plainOnly := f.newServer(f.plainOnTLS)
	secure, plain := wire.NewQueue(), wire.NewQueue()
	f.closers = append(f.closers, viewers, plainOnly)
	f.work.Go(func() { _ = viewers.ServeTLS(secure, "", "") }) // its error is that it was closed
	f.work.Go(func() { _ = plainOnly.Serve(plain) })
	for _, d := range f.distributions {
		place := wire.Place{Name: d.ID, Addresses: f.opts.Addresses[d.DomainName], Open: true}
		l80, err := f.network.Listen(place, 80)
		if err != nil {
			return err
		}
		f.closers = append(f.closers, l80)
		f.work.Go(func() { _ = viewers.Serve(l80) })
		l443, err := f.network.Listen(place, 443)
		if err != nil {
			return err
		}
		f.closers = append(f.closers, l443)
		f.work.Go(func() { wire.Split(l443, secure, plain) })
		if err := f.openHTTP3(place); err != nil {
			return err
		}
	}
	return nil
}

// newServer returns a server for HTTP/1.1, and for HTTP/2 if TLS negotiates it.
func (f *Fleet) newServer(handler http.HandlerFunc) *http.Server {
	return &http.Server{
		Handler: handler, ErrorLog: discardLog,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, sourceKey{}, wire.SourceOf(c))
		},
	}
}

type sourceKey struct{}

// openHTTP3 serves HTTP/3, without 0-RTT.
func (f *Fleet) openHTTP3(place wire.Place) error {
	packets, err := f.network.ListenPacket(place, 443)
	if err != nil {
		return err
	}
	server := &http3.Server{
		Handler:    http.HandlerFunc(f.serve),
		TLSConfig:  &tls.Config{GetConfigForClient: f.configForHTTP3, MinVersion: tls.VersionTLS13},
		QUICConfig: &quic.Config{},
		ConnContext: func(ctx context.Context, c *quic.Conn) context.Context {
			return context.WithValue(ctx, sourceKey{}, wire.SenderOf(c.RemoteAddr()))
		},
	}
	f.closers = append(f.closers, packets, server)
	f.work.Go(func() { _ = server.Serve(packets) })
	return nil
}
