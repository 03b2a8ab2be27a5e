package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
)

// binding is a port of a place on a network.
type binding struct {
	network   *Network
	transport string // "tcp" or "udp"
	place     Place
	port      int
	socket    *socket // where connections from outside the process come in
}

// portListener is what listens on a port: a TCP listener or a UDP socket.
type portListener interface {
	io.Closer
	bound() *binding
}

// bound is the binding of a listener that embeds it.
func (b *binding) bound() *binding { return b }

// endpoints are the simulated addresses of the port.
func (b *binding) endpoints() []endpoint {
	var out []endpoint
	for _, a := range b.place.Addresses {
		out = append(out, b.place.endpoint(b.transport, netip.AddrPortFrom(a, uint16(b.port))))
	}
	return out
}

// admitsInternet says whether what comes from outside the process may come in.
func (b *binding) admitsInternet() bool {
	public := slices.ContainsFunc(b.place.Addresses, func(a netip.Addr) bool { return !onlyInVPC(a) })
	return public && b.network.admits(&b.place, Internet(), b.transport, b.port)
}

// listen makes a listener known and puts it behind its loopback socket.
func (n *Network) listen(l portListener) error {
	n.Place(l.bound().place)
	if err := n.sockets.attach(l); err != nil {
		return err
	}
	if err := n.register(l); err != nil {
		return errors.Join(err, n.sockets.detach(l))
	}
	return nil
}

// register makes a listener known at its addresses.
func (n *Network) register(l portListener) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	b := l.bound()
	if n.ctx.Err() != nil {
		return net.ErrClosed
	}
	for _, e := range b.endpoints() {
		if n.listeners[e] != nil {
			return fmt.Errorf("listening at %s: something listens on port %d of %v already", b.place.Name, b.port, b.place.Addresses)
		}
	}
	for _, e := range b.endpoints() {
		n.listeners[e] = l
	}
	n.open[l] = struct{}{}
	return nil
}

// stopListening undoes listen. A second call returns net.ErrClosed.
func (n *Network) stopListening(l portListener) error {
	if !n.untrack(l) {
		return net.ErrClosed
	}
	n.mu.Lock()
	for _, e := range l.bound().endpoints() {
		delete(n.listeners, e)
	}
	n.mu.Unlock()
	return n.sockets.detach(l)
}
