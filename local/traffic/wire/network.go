package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
)

// endpoint is a simulated address and port with its transport.
type endpoint struct {
	transport string // "tcp" or "udp"
	vpc       string // of a private address
	at        netip.AddrPort
}

// Network is the network that the parts share. Its methods may be called from
// several goroutines.
type Network struct {
	groups   map[string]Group
	clock    Clock
	closed   chan struct{} // is closed when the network is
	loopback *loopbackSockets
	outside  *outsideConns

	mu        sync.Mutex
	places    []*Place
	listeners map[endpoint]portListener
	open      map[io.Closer]struct{} // every listener and connection of the network
	work      sync.WaitGroup
}

// New is a network with the given security groups, by their ids.
func New(groups map[string]Group, clock Clock) *Network {
	return &Network{
		groups: groups, clock: clock, closed: make(chan struct{}), loopback: newLoopbackSockets(), outside: newOutsideConns(),
		listeners: map[endpoint]portListener{}, open: map[io.Closer]struct{}{},
	}
}

// Clock is the clock of everything on the network.
func (n *Network) Clock() Clock { return n.clock }

// Place adds a place. A port there on which nothing listens refuses, or drops where
// the place is Open; an address without a place drops.
func (n *Network) Place(p Place) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p.Addresses, p.Groups = slices.Clone(p.Addresses), slices.Clone(p.Groups)
	n.places = append(n.places, &p)
}

// Why a connection is not opened.
var (
	errDropped = errors.New("dropped")
	errRefused = os.NewSyscallError("connect", syscall.ECONNREFUSED)
)

// route finds the place that an address leads to, if routes and security groups
// let the source connect to it.
func (n *Network) route(from Source, transport string, to netip.AddrPort) (*Place, error) {
	if onlyInVPC(to.Addr()) && !from.InVPC {
		return nil, errDropped
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.IndexFunc(n.places, func(p *Place) bool { return p.isAt(to.Addr(), from) })
	if i < 0 {
		return nil, errDropped
	}
	p := n.places[i]
	if !n.permits(from, p, transport, to) || !n.admits(p, from, transport, int(to.Port())) {
		return nil, errDropped
	}
	return p, nil
}

// closedPort is the error of a port on which nothing listens: a machine refuses the
// connection, and an Open place drops it.
func (p *Place) closedPort() error {
	if p.Open {
		return errDropped
	}
	return errRefused
}

// isAt says whether an address leads to the place for a source. Two VPCs may use
// one private address.
func (p *Place) isAt(a netip.Addr, from Source) bool {
	sameVPC := !onlyInVPC(a) || p.VPC == "" || from.VPC == "" || p.VPC == from.VPC
	return sameVPC && slices.Contains(p.Addresses, a)
}

// endpoint is an address of the place.
func (p *Place) endpoint(transport string, at netip.AddrPort) endpoint {
	e := endpoint{transport: transport, at: at}
	if onlyInVPC(at.Addr()) {
		e.vpc = p.VPC
	}
	return e
}

// internetReaches says whether any of the addresses is one that the internet has
// a route to.
func (p *Place) internetReaches() bool {
	return slices.ContainsFunc(p.Addresses, func(a netip.Addr) bool { return !onlyInVPC(a) })
}

// dialError is the error of dialling. For a dropped connection it waits until ctx is
// done.
func (n *Network) dialError(ctx context.Context, transport string, to netip.AddrPort, err error) error {
	if errors.Is(err, errDropped) {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-n.closed:
			err = net.ErrClosed
		}
	}
	return &net.OpError{Op: "dial", Net: transport, Addr: addrOf(transport, to), Err: err}
}

func addrOf(transport string, at netip.AddrPort) net.Addr {
	if transport == "udp" {
		return net.UDPAddrFromAddrPort(at)
	}
	return net.TCPAddrFromAddrPort(at)
}

// Loopback is the loopback address behind a simulated one, for a program outside
// the process such as curl. udp asks for HTTP/3's. ok is false when nothing listens
// there.
func (n *Network) Loopback(to netip.AddrPort, udp bool) (at netip.AddrPort, ok bool) {
	transport := "tcp"
	if udp {
		transport = "udp"
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.places {
		if l := n.listeners[p.endpoint(transport, to)]; l != nil && slices.Contains(p.Addresses, to.Addr()) {
			return l.socket().at, true
		}
	}
	return netip.AddrPort{}, false
}

func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.AddrPort()
	case *net.UDPAddr:
		return a.AddrPort()
	}
	return netip.AddrPort{}
}

// track registers a connection to be closed with the network. It returns false, and
// closes the connection, when the network is already closed.
func (n *Network) track(c io.Closer) bool {
	n.mu.Lock()
	over := n.isClosed()
	if !over {
		n.open[c] = struct{}{}
	}
	n.mu.Unlock()
	if over {
		_ = c.Close() // it was never handed out
	}
	return !over
}

func (n *Network) isClosed() bool {
	select {
	case <-n.closed:
		return true
	default:
		return false
	}
}

func (n *Network) untrack(c io.Closer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, c)
}

// Close ends all listeners and connections, and waits for the network's own
// goroutines. Everything on the network sees its connections closed. A second
// call does nothing.
func (n *Network) Close() error {
	n.mu.Lock()
	if n.isClosed() {
		n.mu.Unlock()
		return nil
	}
	close(n.closed)
	var all []io.Closer
	for c := range n.open {
		all = append(all, c)
	}
	n.open = map[io.Closer]struct{}{}
	n.mu.Unlock()
	var err error
	for _, c := range all {
		if e := c.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	n.work.Wait()
	return err
}
