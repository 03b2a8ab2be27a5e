package wire

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
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
	groups  map[string]Group
	clock   Clock
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	sockets *sockets
	pairs   pairs
	outside atomic.Int64  // open connections from outside the process
	senders atomic.Uint32 // ports given to the sockets of DialPacket

	mu        sync.Mutex
	places    []*Place
	listeners map[endpoint]portListener
	open      map[io.Closer]struct{} // every listener and connection of the network
	work      sync.WaitGroup
}

// New returns a network with the given security groups, by id.
func New(groups map[string]Group, clock Clock) *Network {
	n := &Network{
		groups: groups, clock: clock, sockets: &sockets{all: map[socketKey]*socket{}},
		listeners: map[endpoint]portListener{}, open: map[io.Closer]struct{}{},
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	return n
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

// find returns the listener that a source dials. When the connection is dropped it
// waits until ctx is done.
func (n *Network) find(ctx context.Context, from Source, transport string, to netip.AddrPort) (portListener, error) {
	l, err := n.route(from, transport, to)
	if errors.Is(err, errDropped) {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-n.ctx.Done():
			err = net.ErrClosed
		}
	}
	return l, dialError(transport, to, err)
}

// dialError is the error of dialling an address; nil when err is.
func dialError(transport string, to netip.AddrPort, err error) error {
	if err == nil {
		return nil
	}
	return &net.OpError{Op: "dial", Net: transport, Addr: net.TCPAddrFromAddrPort(to), Err: err}
}

// route finds the listener at an address, if routes and security groups let the
// source connect to it.
func (n *Network) route(from Source, transport string, to netip.AddrPort) (portListener, error) {
	if onlyInVPC(to.Addr()) && !from.inVPC() {
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
	l := n.listeners[p.endpoint(transport, to)]
	switch {
	case l != nil:
		return l, nil
	case p.Open:
		return nil, errDropped
	}
	return nil, errRefused
}

// isAt says whether an address leads to the place for a source. Two VPCs may use
// one private address.
func (p *Place) isAt(a netip.Addr, from Source) bool {
	sameVPC := !onlyInVPC(a) || p.VPC == "" || from.VPC == "" || p.VPC == from.VPC
	return sameVPC && slices.Contains(p.Addresses, a)
}

func (p *Place) endpoint(transport string, at netip.AddrPort) endpoint {
	e := endpoint{transport: transport, at: at}
	if onlyInVPC(at.Addr()) {
		e.vpc = p.VPC
	}
	return e
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
			return l.bound().socket.at, true
		}
	}
	return netip.AddrPort{}, false
}

// track registers a connection to be closed with the network, and runs functions
// that Close waits for. On a closed network it closes the connection instead and
// returns false.
func (n *Network) track(c io.Closer, run ...func()) bool {
	n.mu.Lock()
	over := n.ctx.Err() != nil
	if !over {
		n.open[c] = struct{}{}
		for _, f := range run {
			n.work.Go(f)
		}
	}
	n.mu.Unlock()
	if over {
		_ = c.Close() // it was never handed out
	}
	return !over
}

// untrack undoes track. It returns false when the connection is not tracked.
func (n *Network) untrack(c io.Closer) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, tracked := n.open[c]
	delete(n.open, c)
	return tracked
}

// Close closes all listeners and connections, and waits for the network's own
// goroutines. A second call does nothing.
func (n *Network) Close() error {
	n.mu.Lock()
	n.cancel()
	all := slices.Collect(maps.Keys(n.open))
	n.mu.Unlock()
	var err error
	for _, c := range all {
		if e := c.Close(); !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	n.work.Wait()
	return err
}
