package edge

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"

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
	secure, plain := newQueue(), newQueue()
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
func (f *Fleet) receive(l net.Listener, secure, plain *queue) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		f.work.Go(func() {
			first := &begun{Conn: c, start: bufio.NewReaderSize(c, 16)}
			if f.begins(first) == recordHandshake {
				secure.hand(first)
			} else {
				plain.hand(first)
			}
		})
	}
}

// recordHandshake is the first byte of a TLS connection.
// Sourced: https://www.rfc-editor.org/rfc/rfc8446#section-5.1
const recordHandshake = 22

// begins waits for the first byte of a connection; 0 when it ends before.
func (f *Fleet) begins(c *begun) byte {
	stop := context.AfterFunc(f.live, func() { _ = c.Close() }) // nobody is there to be told
	defer stop()
	first, err := c.start.Peek(1)
	if err != nil {
		return 0
	}
	return first[0]
}

// begun is a connection of which something was read already.
type begun struct {
	net.Conn
	start *bufio.Reader
}

// Read reads what was read already, and then what comes.
func (b *begun) Read(p []byte) (int, error) {
	if b.start.Buffered() > 0 {
		return b.start.Read(p)
	}
	return b.Conn.Read(p)
}

// NetConn is the connection itself.
func (b *begun) NetConn() net.Conn { return b.Conn }

// queue is a listener whose connections come from elsewhere.
type queue struct {
	waiting chan net.Conn
	done    chan struct{}
	once    sync.Once
}

func newQueue() *queue { return &queue{waiting: make(chan net.Conn), done: make(chan struct{})} }

func (q *queue) hand(c net.Conn) {
	select {
	case q.waiting <- c:
	case <-q.done:
		_ = c.Close() // the fleet is closed
	}
}

// Accept waits for the next connection.
func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.waiting:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

// Close ends the queue.
func (q *queue) Close() error {
	q.once.Do(func() { close(q.done) })
	return nil
}

// Addr is no address of its own.
func (q *queue) Addr() net.Addr { return &net.TCPAddr{} }
