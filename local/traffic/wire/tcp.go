package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
)

// listener is a TCP port of a place.
type listener struct {
	binding
	*Queue // of the connections that are admitted
}

// Listen begins to listen on a port of a place, at all its addresses at once; it
// also adds the place. The RemoteAddr of an accepted connection is the simulated
// address of its [Source], which SourceOf has in full.
func (n *Network) Listen(p Place, port int) (net.Listener, error) {
	l := &listener{binding: binding{network: n, transport: "tcp", place: p, port: port}, Queue: NewQueue()}
	if err := n.listen(l); err != nil {
		return nil, err
	}
	return l, nil
}

// Addr is the loopback address.
func (l *listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.socket.at) }

// Close stops listening; the port refuses from then on. Accepted connections
// stay.
func (l *listener) Close() error {
	err := l.network.stopListening(l)
	if errors.Is(err, net.ErrClosed) {
		return nil // a second time
	}
	return errors.Join(err, l.Queue.Close())
}

// receive takes a connection from outside the process. One that is not admitted
// gets no byte until its client or the network closes it.
func (l *listener) receive(c net.Conn) {
	if !l.admitsInternet() {
		l.network.track(c, func() {
			_, _ = io.Copy(io.Discard, c)
			l.network.untrack(c)
			_ = c.Close()
		})
		return
	}
	source := Internet()
	l.network.outside.Add(1)
	in := &conn{
		Conn: c, network: l.network, source: source, outside: true,
		local: c.LocalAddr(), remote: tcpAddr(source.Address, c.RemoteAddr()),
	}
	l.network.track(in, func() { l.Hand(in) })
}

// tcpAddr is a simulated address with the port of a loopback one.
func tcpAddr(a netip.Addr, loopback net.Addr) net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a, addrPort(loopback).Port()))
}

// addrPort is the address in a net.Addr.
func addrPort(a net.Addr) netip.AddrPort {
	at, _ := netip.ParseAddrPort(a.String())
	return at
}

// Dial opens a connection to a simulated address. What is dropped blocks until
// ctx is done and returns its error; a port on which nothing listens is refused at
// once with ECONNREFUSED.
func (n *Network) Dial(ctx context.Context, from Source, to netip.AddrPort) (net.Conn, error) {
	found, err := n.find(ctx, from, "tcp", to)
	if err != nil {
		return nil, err
	}
	client, server, err := n.pairs.open(ctx, n)
	if err != nil {
		return nil, dialError("tcp", to, err)
	}
	near, far := tcpAddr(from.Address, client.LocalAddr()), net.TCPAddrFromAddrPort(to)
	out := &conn{Conn: client, network: n, source: from, local: near, remote: far}
	in := &conn{Conn: server, network: n, source: from, local: far, remote: near}
	l, _ := found.(*listener)
	if !n.track(out) || !n.track(in, func() { l.Hand(in) }) {
		return nil, dialError("tcp", to, net.ErrClosed)
	}
	return out, nil
}

// pairs opens connections of which it has both ends.
type pairs struct {
	mu       sync.Mutex
	listener net.Listener // nil before the first connection
}

// open opens a connection over loopback. One at a time does, so the next connection
// accepted is the one dialled, or another process's.
func (p *pairs) open(ctx context.Context, n *Network) (client, server net.Conn, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener == nil {
		if p.listener, err = net.Listen("tcp4", onLoopback(0).String()); err != nil {
			return nil, nil, err
		}
		n.track(p.listener)
	}
	client, err = (&net.Dialer{}).DialContext(ctx, "tcp4", p.listener.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	for {
		server, err = p.listener.Accept()
		if err != nil {
			return nil, nil, errors.Join(err, client.Close())
		}
		if addrPort(server.RemoteAddr()) == addrPort(client.LocalAddr()) {
			return client, server, nil
		}
		_ = server.Close()
	}
}
