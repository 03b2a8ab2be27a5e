package wire

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
)

// listener is the loopback socket of a place's port. Its accept loop hands over
// the connections that are admitted.
type listener struct {
	network *Network
	place   Place
	port    int
	inner   net.Listener
	ready   chan net.Conn
	done    chan struct{} // is closed when the listener is
	once    sync.Once

	mu       sync.Mutex
	settled  *sync.Cond
	dialling int                       // how many are connecting now
	diallers map[netip.AddrPort]Source // who connected and is not accepted yet
}

// Listen begins to listen on a port of a place, at all its addresses at once; it
// also says that there is somebody. The RemoteAddr of an accepted connection is
// the simulated address of its [Source], which SourceOf has in full.
func (n *Network) Listen(p Place, port int) (net.Listener, error) {
	inner, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening at %s, port %d: %w", p.Name, port, err)
	}
	l := &listener{
		network: n, place: p, port: port, inner: inner,
		ready: make(chan net.Conn), done: make(chan struct{}), diallers: map[netip.AddrPort]Source{},
	}
	l.settled = sync.NewCond(&l.mu)
	n.Place(p)
	if err := n.add(l); err != nil {
		_ = inner.Close() // nobody has it
		return nil, err
	}
	return l, nil
}

// add makes a listener known and starts its accept loop.
func (n *Network) add(l *listener) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.isClosed() {
		return net.ErrClosed
	}
	sockets := l.place.sockets("tcp", l.port)
	for _, s := range sockets {
		if n.tcp[s] != nil {
			return taken(l.place, l.port)
		}
	}
	for _, s := range sockets {
		n.tcp[s] = l
	}
	n.open[l] = struct{}{}
	n.work.Go(l.run)
	return nil
}

func (l *listener) run() {
	for {
		c, err := l.inner.Accept()
		if err != nil {
			return
		}
		l.network.work.Go(func() { l.receive(c) })
	}
}

// receive hands an accepted connection over, or leaves it without a byte.
func (l *listener) receive(c net.Conn) {
	source, known := l.identify(addrPort(c.RemoteAddr()))
	conn := &accepted{tracked: tracked{Conn: c, network: l.network}, source: source}
	if !l.network.keep(conn) {
		return
	}
	if !known && !l.admitsInternet() {
		_, _ = io.Copy(io.Discard, c) // until its owner or the network closes it
		_ = conn.Close()
		return
	}
	select {
	case l.ready <- conn:
	case <-l.done:
		_ = conn.Close() // nobody will accept it
	}
}

// admitsInternet says whether a connection from outside the process may come in.
func (l *listener) admitsInternet() bool {
	return l.place.internetReaches() && l.network.letsIn(&l.place, Internet(), "tcp", l.port)
}

// identify says who is behind a loopback address. A connection may be accepted
// before its dialler has said so, so it waits for those that are connecting now.
func (l *listener) identify(peer netip.AddrPort) (Source, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if source, ok := l.diallers[peer]; ok {
			delete(l.diallers, peer)
			return source, true
		}
		if l.dialling == 0 {
			return Internet(), false
		}
		l.settled.Wait()
	}
}

// Accept waits for the next connection that is admitted.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Addr is the first simulated address.
func (l *listener) Addr() net.Addr {
	var at netip.Addr
	if len(l.place.Addresses) > 0 {
		at = l.place.Addresses[0]
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(at, uint16(l.port)))
}

// Close stops listening; the port refuses from then on. Accepted connections
// stay.
func (l *listener) Close() error {
	var err error
	l.once.Do(func() {
		close(l.done)
		l.network.forget(l)
		err = l.inner.Close()
	})
	return err
}

func (n *Network) forget(l *listener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, l)
	for _, s := range l.place.sockets("tcp", l.port) {
		if n.tcp[s] == l {
			delete(n.tcp, s)
		}
	}
}

// Dial opens a connection to a simulated address. What is dropped blocks until
// ctx is done and returns its error; a port on which nobody listens is refused at
// once with ECONNREFUSED.
func (n *Network) Dial(ctx context.Context, from Source, to netip.AddrPort) (net.Conn, error) {
	place, err := n.way(from, "tcp", to)
	if err != nil {
		return nil, n.fail(ctx, "tcp", to, err)
	}
	n.mu.Lock()
	l := n.tcp[place.socket("tcp", to)]
	n.mu.Unlock()
	if l == nil {
		return nil, n.fail(ctx, "tcp", to, place.closedPort())
	}
	return l.dial(ctx, from, to)
}

// dial connects to the loopback socket and says who it is.
func (l *listener) dial(ctx context.Context, from Source, to netip.AddrPort) (net.Conn, error) {
	l.mu.Lock()
	l.dialling++
	l.mu.Unlock()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp4", l.inner.Addr().String())
	l.mu.Lock()
	l.dialling--
	if err == nil {
		l.diallers[addrPort(c.LocalAddr())] = from
	}
	l.settled.Broadcast()
	l.mu.Unlock()
	if err != nil {
		return nil, l.network.fail(ctx, "tcp", to, err)
	}
	conn := &dialled{tracked: tracked{Conn: c, network: l.network}, listener: l, from: from, to: to}
	if !l.network.keep(conn) {
		return nil, net.ErrClosed
	}
	return conn, nil
}

// tracked is a connection in the network's care.
type tracked struct {
	net.Conn
	network *Network
}

// NetConn is the socket itself.
func (t *tracked) NetConn() net.Conn { return t.Conn }

// CloseWrite says that nothing more will be sent.
func (t *tracked) CloseWrite() error {
	if c, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// accepted is a connection as the listener has it.
type accepted struct {
	tracked
	source Source
}

// RemoteAddr is the simulated address of who connected.
func (a *accepted) RemoteAddr() net.Addr {
	port := addrPort(a.Conn.RemoteAddr()).Port()
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a.source.Address, port))
}

// Close ends the connection.
func (a *accepted) Close() error {
	a.network.release(a)
	return a.Conn.Close()
}

// dialled is a connection as the dialler has it.
type dialled struct {
	tracked
	listener *listener
	from     Source
	to       netip.AddrPort
}

// LocalAddr is the dialler's simulated address.
func (d *dialled) LocalAddr() net.Addr {
	port := addrPort(d.Conn.LocalAddr()).Port()
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(d.from.Address, port))
}

// RemoteAddr is the simulated address that was dialled.
func (d *dialled) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(d.to) }

// Close ends the connection. Its port may belong to somebody else at once, so who
// it was is forgotten first.
func (d *dialled) Close() error {
	d.network.release(d)
	l := d.listener
	l.mu.Lock()
	delete(l.diallers, addrPort(d.Conn.LocalAddr()))
	l.mu.Unlock()
	return d.Conn.Close()
}
