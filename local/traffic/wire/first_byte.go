package wire

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// FirstByte is the first byte of a connection, which tells what is spoken there.
type FirstByte byte

// IsTLS says whether a connection begins with a TLS handshake record.
// Sourced: https://www.rfc-editor.org/rfc/rfc8446#section-5.1
func (b FirstByte) IsTLS() bool { return b == 22 }

// IsHTTP says whether a connection may begin with the method of a request in plain
// HTTP, or with the preface of HTTP/2.
// Sourced: https://www.rfc-editor.org/rfc/rfc9113#section-3.4
func (b FirstByte) IsHTTP() bool { return 'A' <= b && b <= 'Z' }

// Peeked is a connection whose first byte was read and is read again.
type Peeked struct {
	net.Conn
	// First is the first byte.
	First  FirstByte
	unread bool
}

// Peek waits for the first byte of a connection, for at most timeout if it is not 0.
// When ctx ends, the connection is closed. After an error it must not be used.
func Peek(ctx context.Context, c net.Conn, timeout time.Duration) (*Peeked, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	if timeout > 0 {
		if err := c.SetReadDeadline(time.Now().Add(timeout)); err != nil {
			return nil, err
		}
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(c, first); err != nil {
		return nil, err
	}
	return &Peeked{Conn: c, First: FirstByte(first[0]), unread: true}, c.SetReadDeadline(time.Time{})
}

// Read reads the first byte before the others.
func (p *Peeked) Read(b []byte) (int, error) {
	if p.unread && len(b) > 0 {
		p.unread = false
		b[0] = byte(p.First)
		return 1, nil
	}
	return p.Conn.Read(b)
}

// NetConn is the connection itself.
func (p *Peeked) NetConn() net.Conn { return p.Conn }

// CloseWrite says that nothing more will be sent.
func (p *Peeked) CloseWrite() error { return closeWrite(p.Conn) }

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Queue is a listener whose connections are handed to it.
type Queue struct {
	address net.Addr
	waiting chan net.Conn
	done    chan struct{}
	close   func()
}

// NewQueue is an empty queue that calls itself by an address.
func NewQueue(address net.Addr) *Queue {
	q := &Queue{address: address, waiting: make(chan net.Conn), done: make(chan struct{})}
	q.close = sync.OnceFunc(func() { close(q.done) })
	return q
}

// Hand waits until the connection is accepted. A closed queue closes it.
func (q *Queue) Hand(c net.Conn) {
	select {
	case q.waiting <- c:
	case <-q.done:
		_ = c.Close() // it will not be accepted
	}
}

// Accept waits for the next connection.
func (q *Queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.waiting:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

// Addr is the address that was given.
func (q *Queue) Addr() net.Addr { return q.address }

// Close ends the queue. A second call does nothing.
func (q *Queue) Close() error {
	q.close()
	return nil
}
