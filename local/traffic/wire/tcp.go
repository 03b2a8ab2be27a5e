package wire

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync"
)

// listener is a port of a place. It hands over the connections that are admitted.
type listener struct {
	binding
	loopback *tcpLoopback
	ready    *Queue // the connections that are admitted
	once     sync.Once
}

// Listen begins to listen on a port of a place, at all its addresses at once; it
// also adds the place. The RemoteAddr of an accepted connection is the simulated
// address of its [Source], which SourceOf has in full.
func (n *Network) Listen(p Place, port int) (net.Listener, error) {
	l := &listener{binding: binding{n, "tcp", p, port}, ready: NewQueue(firstAddress(p, port))}
	if err := n.listen(l, func(port uint16) (loopbackSocket, error) { return newTCPLoopback(port) }); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *listener) attachedTo(s loopbackSocket) { l.loopback, _ = s.(*tcpLoopback) }

func (l *listener) socket() *socket { return &l.loopback.socket }

func (l *listener) detached() { _ = l.ready.Close() }

// receive hands an accepted connection over, or leaves it without a byte.
func (l *listener) receive(c net.Conn, source Source, dialled bool) {
	conn := &accepted{tracked: tracked{Conn: c, network: l.network}, source: source, fromOutside: !dialled}
	if !l.network.track(conn) {
		return
	}
	if !dialled && !l.admitsInternet() {
		conn.uncount()
		_, _ = io.Copy(io.Discard, c) // until its owner or the network closes it
		_ = conn.Close()
		return
	}
	l.ready.Hand(conn)
}

// Accept waits for the next connection that is admitted.
func (l *listener) Accept() (net.Conn, error) { return l.ready.Accept() }

// Addr is the first simulated address.
func (l *listener) Addr() net.Addr { return l.ready.Addr() }

func firstAddress(p Place, port int) net.Addr {
	var at netip.Addr
	if len(p.Addresses) > 0 {
		at = p.Addresses[0]
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(at, uint16(port)))
}

// Close stops listening; the port refuses from then on. Accepted connections
// stay.
func (l *listener) Close() error {
	var err error
	l.once.Do(func() { err = l.network.stopListening(l) })
	return err
}

// Dial opens a connection to a simulated address. What is dropped blocks until
// ctx is done and returns its error; a port on which nothing listens is refused at
// once with ECONNREFUSED.
func (n *Network) Dial(ctx context.Context, from Source, to netip.AddrPort) (net.Conn, error) {
	place, err := n.route(from, "tcp", to)
	if err != nil {
		return nil, n.dialError(ctx, "tcp", to, err)
	}
	l, ok := n.listenerAt(place, "tcp", to).(*listener)
	if !ok {
		return nil, n.dialError(ctx, "tcp", to, place.closedPort())
	}
	return l.dial(ctx, from, to)
}

// dial connects to the loopback socket and registers its source there.
func (l *listener) dial(ctx context.Context, from Source, to netip.AddrPort) (net.Conn, error) {
	l.loopback.dialBegins()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp4", l.loopback.at.String())
	l.loopback.dialEnds(c, pendingDial{to: l, from: from})
	if err != nil {
		return nil, l.network.dialError(ctx, "tcp", to, err)
	}
	conn := &dialled{tracked: tracked{Conn: c, network: l.network}, listener: l, from: from, to: to}
	if !l.network.track(conn) {
		return nil, net.ErrClosed
	}
	return conn, nil
}

// tracked is a connection that is closed together with its network.
type tracked struct {
	net.Conn
	network *Network
}

// NetConn is the socket itself.
func (t *tracked) NetConn() net.Conn { return t.Conn }

// CloseWrite says that nothing more will be sent.
func (t *tracked) CloseWrite() error { return closeWrite(t.Conn) }

// accepted is the listener's end of a connection.
type accepted struct {
	tracked
	source      Source
	fromOutside bool // the process
	once        sync.Once
}

// uncount takes the connection out of the count of those from outside the process.
func (a *accepted) uncount() {
	a.once.Do(func() {
		if a.fromOutside {
			a.network.outside.add(-1)
		}
	})
}

// RemoteAddr is the simulated address of the source.
func (a *accepted) RemoteAddr() net.Addr {
	port := addrPort(a.Conn.RemoteAddr()).Port()
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a.source.Address, port))
}

// Close ends the connection.
func (a *accepted) Close() error {
	a.network.untrack(a)
	a.uncount()
	return a.Conn.Close()
}

// dialled is the dialler's end of a connection.
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

// Close ends the connection. Its port may be used again at once, so its source is
// forgotten first.
func (d *dialled) Close() error {
	d.network.untrack(d)
	d.listener.loopback.forget(addrPort(d.Conn.LocalAddr()))
	return d.Conn.Close()
}
