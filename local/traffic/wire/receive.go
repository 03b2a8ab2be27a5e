package wire

import (
	"bufio"
	"context"
	"net"
	"sync"
	"time"
)

// handshakeRecord is the first byte of a connection that begins with TLS.
// Sourced: https://www.rfc-editor.org/rfc/rfc8446#section-5.1
const handshakeRecord = 22

// Received is a connection whose first byte has come.
type Received struct {
	net.Conn
	// Since is when the connection was accepted.
	Since time.Time
	// IsTLS says that the connection begins with a TLS handshake.
	IsTLS  bool
	reader *bufio.Reader
}

// Read reads from the first byte on.
func (r *Received) Read(b []byte) (int, error) { return r.reader.Read(b) }

// NetConn is the connection itself.
func (r *Received) NetConn() net.Conn { return r.Conn }

// CloseWrite says that nothing more will be sent.
func (r *Received) CloseWrite() error { return closeWrite(r.Conn) }

// Receive accepts the connections of a listener until it is closed, and hands over
// each when its first byte has come. A connection without one is closed after the
// timeout, if it is not 0, and together with the listener. Receive returns when the
// last call of hand does.
func Receive(l net.Listener, timeout time.Duration, hand func(*Received)) {
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	for {
		c, err := l.Accept()
		if err != nil {
			break
		}
		work.Go(func() {
			if r := receive(ctx, c, timeout); r != nil {
				hand(r)
			}
		})
	}
	cancel()
	work.Wait()
}

// Split receives the connections of a listener and hands them to one queue when they
// begin with TLS, and to another otherwise.
func Split(l net.Listener, secure, plain *Queue) {
	Receive(l, 0, func(r *Received) {
		if r.IsTLS {
			secure.Hand(r)
		} else {
			plain.Hand(r)
		}
	})
}

// receive waits for the first byte of a connection. Without one it closes the
// connection and returns nil.
func receive(ctx context.Context, c net.Conn, timeout time.Duration) *Received {
	r := &Received{Conn: c, Since: time.Now(), reader: bufio.NewReader(c)}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	if timeout > 0 {
		_ = c.SetReadDeadline(r.Since.Add(timeout)) // fails if the connection is closed, and so does Read
	}
	first, err := r.reader.Peek(1)
	if err != nil {
		_ = c.Close()
		return nil
	}
	r.IsTLS = first[0] == handshakeRecord
	_ = c.SetReadDeadline(time.Time{}) // fails if the connection is closed
	return r
}

// Queue is a listener whose connections are handed to it.
type Queue struct {
	waiting chan net.Conn
	done    chan struct{}
	close   func()
}

// NewQueue returns an empty queue.
func NewQueue() *Queue {
	q := &Queue{waiting: make(chan net.Conn), done: make(chan struct{})}
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

// Addr is the zero address: a queue has none.
func (q *Queue) Addr() net.Addr { return &net.TCPAddr{} }

// Close closes the queue. A second call does nothing.
func (q *Queue) Close() error {
	q.close()
	return nil
}
