package wire

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync"
)

// listener is a place's port. It hands over the connections that are admitted.
type listener struct {
	network *Network
	place   Place
	port    int
	door    *tcpDoor
	ready   *Queue // the connections that are admitted
	once    sync.Once
}

// Listen begins to listen on a port of a place, at all its addresses at once; it
// also says that there is somebody. The RemoteAddr of an accepted connection is
// the simulated address of its [Source], which SourceOf has in full.
func (n *Network) Listen(p Place, port int) (net.Listener, error) {
	l := &listener{network: n, place: p, port: port, ready: NewQueue(firstAddress(p, port))}
	n.Place(p)
	if err := n.add(l); err != nil {
		return nil, err
	}
	return l, nil
}

// add makes a listener known and puts it behind its door.
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
	d, err := n.doors.enter(l, "tcp", &l.place, l.port, func(port uint16) (door, error) { return newTCPDoor(port) })
	if err != nil {
		return err
	}
	l.door, _ = d.(*tcpDoor)
	for _, s := range sockets {
		n.tcp[s] = l
	}
	n.open[l] = struct{}{}
	return nil
}

func (l *listener) on() *Network { return l.network }

func (l *listener) left() { _ = l.ready.Close() }

// receive hands an accepted connection over, or leaves it without a byte.
func (l *listener) receive(c net.Conn, source Source, dialled bool) {
	conn := &accepted{tracked: tracked{Conn: c, network: l.network}, source: source, visiting: !dialled}
	if !l.network.keep(conn) {
		return
	}
	if !dialled && !l.admitsInternet() {
		conn.depart()
		_, _ = io.Copy(io.Discard, c) // until its owner or the network closes it
		_ = conn.Close()
		return
	}
	l.ready.Hand(conn)
}

// admitsInternet says whether a connection from outside the process may come in.
func (l *listener) admitsInternet() bool {
	return l.place.internetReaches() && l.network.letsIn(&l.place, Internet(), "tcp", l.port)
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
	l.once.Do(func() {
		l.network.forget(l)
		err = l.network.doors.leave(l, l.door)
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
	l.door.begin()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp4", l.door.at().String())
	l.door.end(c, call{to: l, from: from})
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
func (t *tracked) CloseWrite() error { return closeWrite(t.Conn) }

// accepted is a connection as the listener has it.
type accepted struct {
	tracked
	source   Source
	visiting bool // it comes from outside the process
	once     sync.Once
}

// depart says that the connection counts as a visitor's no more.
func (a *accepted) depart() {
	a.once.Do(func() {
		if a.visiting {
			a.network.visitors.add(-1)
		}
	})
}

// RemoteAddr is the simulated address of who connected.
func (a *accepted) RemoteAddr() net.Addr {
	port := addrPort(a.Conn.RemoteAddr()).Port()
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a.source.Address, port))
}

// Close ends the connection.
func (a *accepted) Close() error {
	a.network.release(a)
	a.depart()
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
	d.listener.door.forget(addrPort(d.Conn.LocalAddr()))
	return d.Conn.Close()
}
