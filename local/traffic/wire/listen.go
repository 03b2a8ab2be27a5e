package wire

import (
	"fmt"
	"io"
	"net"
	"net/netip"
)

// binding is a port of a place on a network.
type binding struct {
	network   *Network
	transport string // "tcp" or "udp"
	place     Place
	port      int
}

// bound is the binding of a listener that embeds it.
func (b *binding) bound() *binding { return b }

// endpoints are the simulated addresses of the port.
func (b *binding) endpoints() []endpoint {
	out := make([]endpoint, 0, len(b.place.Addresses))
	for _, a := range b.place.Addresses {
		out = append(out, b.place.endpoint(b.transport, netip.AddrPortFrom(a, uint16(b.port))))
	}
	return out
}

// admitsInternet says whether what comes from outside the process may come in.
func (b *binding) admitsInternet() bool {
	return b.place.internetReaches() && b.network.admits(&b.place, Internet(), b.transport, b.port)
}

// portListener is what listens on a port: a TCP listener or a UDP socket.
type portListener interface {
	io.Closer
	bound() *binding
	// attachedTo tells it its loopback socket, before anything comes in.
	attachedTo(loopbackSocket)
	// socket is that socket.
	socket() *socket
	// detached tells it that nothing more comes in; the socket is locked meanwhile.
	detached()
}

// listen makes a listener known and puts it behind its loopback socket.
func (n *Network) listen(l portListener, open func(port uint16) (loopbackSocket, error)) error {
	b := l.bound()
	n.Place(b.place)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.isClosed() {
		return net.ErrClosed
	}
	for _, e := range b.endpoints() {
		if n.listeners[e] != nil {
			return fmt.Errorf("listening at %s: something listens on port %d of %v already", b.place.Name, b.port, b.place.Addresses)
		}
	}
	s, err := n.loopback.attach(l, open)
	if err != nil {
		return err
	}
	l.attachedTo(s)
	for _, e := range b.endpoints() {
		n.listeners[e] = l
	}
	n.open[l] = struct{}{}
	return nil
}

// stopListening undoes listen.
func (n *Network) stopListening(l portListener) error {
	n.mu.Lock()
	delete(n.open, l)
	for _, e := range l.bound().endpoints() {
		if n.listeners[e] == l {
			delete(n.listeners, e)
		}
	}
	n.mu.Unlock()
	return n.loopback.detach(l)
}

// listenerAt is what listens at an address of a place; nil when nothing does.
func (n *Network) listenerAt(p *Place, transport string, at netip.AddrPort) portListener {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.listeners[p.endpoint(transport, at)]
}
