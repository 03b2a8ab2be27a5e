package wire

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// sockets are the loopback sockets of a network and of those that follow it, at
// which programs outside the process connect. A socket is open for as long as one of
// the networks has a listener behind it, so that its clients do not notice the change
// from one network to the next.
type sockets struct {
	mu   sync.Mutex
	open map[socketKey]*socket
	used map[socketKey]uint16 // the ports of sockets that were open once
}

// socketKey is what a port has in common with that of the next network: not its
// simulated addresses, which may be others every time.
type socketKey struct {
	transport, kind, name string
	open                  bool // of the place
	port                  int
	nth                   int // among those of one network that are alike
}

func newSockets() *sockets {
	return &sockets{open: map[socketKey]*socket{}, used: map[socketKey]uint16{}}
}

// attach puts a listener behind the socket of its port, which is opened when there
// is none: at the loopback port that it had before, unless something else has that
// now.
func (ss *sockets) attach(l portListener) error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	b := l.bound()
	key := socketKey{transport: b.transport, kind: b.place.Kind, name: b.place.Name, open: b.place.Open, port: b.port}
	for ss.open[key] != nil && ss.open[key].has(b.network) {
		key.nth++
	}
	if ss.open[key] == nil {
		s, err := openSocket(b.transport, ss.used[key])
		if err != nil && ss.used[key] != 0 {
			s, err = openSocket(b.transport, 0)
		}
		if err != nil {
			return fmt.Errorf("listening at %s, %s port %d: %w", b.place.Name, b.transport, b.port, err)
		}
		ss.open[key], ss.used[key] = s, s.at.Port()
	}
	b.socket = ss.open[key]
	b.socket.mu.Lock()
	defer b.socket.mu.Unlock()
	b.socket.listeners = append(b.socket.listeners, l)
	return nil
}

// detach takes a listener away from its socket, which is closed after the last one.
func (ss *sockets) detach(l portListener) error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s := l.bound().socket
	s.mu.Lock()
	s.listeners = slices.DeleteFunc(s.listeners, func(other portListener) bool { return other == l })
	last := len(s.listeners) == 0
	s.mu.Unlock()
	if !last {
		return nil
	}
	maps.DeleteFunc(ss.open, func(_ socketKey, other *socket) bool { return other == s })
	err := s.close()
	s.work.Wait()
	return err
}

// putLast puts the listeners of a network behind those of others.
func (ss *sockets) putLast(n *Network) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for _, s := range ss.open {
		s.mu.Lock()
		own := func(l portListener) bool { return l.bound().network == n }
		i := slices.IndexFunc(s.listeners, own)
		if i >= 0 {
			l := s.listeners[i]
			s.listeners = append(slices.Delete(s.listeners, i, i+1), l)
		}
		s.mu.Unlock()
	}
}

// socket is a socket on loopback.
type socket struct {
	at    netip.AddrPort
	close func() error
	work  sync.WaitGroup // reads the socket

	mu sync.Mutex
	// listeners are those behind the socket, of the oldest network first. What comes
	// in is for the first.
	listeners []portListener
}

// has says whether a listener of the network is behind the socket.
func (s *socket) has(n *Network) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.listeners, func(l portListener) bool { return l.bound().network == n })
}

func onLoopback(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

func openSocket(transport string, port uint16) (*socket, error) {
	if transport == "udp" {
		inner, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(onLoopback(port)))
		if err != nil {
			return nil, err
		}
		s := &socket{at: addrPort(inner.LocalAddr()), close: inner.Close}
		s.work.Go(func() { s.readPackets(inner) })
		return s, nil
	}
	inner, err := net.Listen("tcp4", onLoopback(port).String())
	if err != nil {
		return nil, err
	}
	s := &socket{at: addrPort(inner.Addr()), close: inner.Close}
	s.work.Go(func() { s.accept(inner) })
	return s, nil
}

func (s *socket) accept(inner net.Listener) {
	for {
		c, err := inner.Accept()
		if err != nil {
			return
		}
		s.dispatch(c)
	}
}

// dispatch hands a connection to the first listener, whose network does not end
// before that.
func (s *socket) dispatch(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.listeners) == 0 {
		_ = c.Close() // they are closed
		return
	}
	if l, ok := s.listeners[0].(*listener); ok {
		l.receive(c)
	}
}

// maxSenders is how many senders of packets are remembered. Then all are forgotten,
// and count as new.
const maxSenders = 4096

// maxPacket is the size of the largest packet of UDP.
const maxPacket = 1 << 16

func (s *socket) readPackets(inner *net.UDPConn) {
	buffer := make([]byte, maxPacket)
	chosen := map[netip.AddrPort]portListener{} // for each sender's packets
	for {
		size, from, err := inner.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		l := s.choose(chosen[from])
		if chosen[from] != l {
			if len(chosen) >= maxSenders {
				clear(chosen)
			}
			chosen[from] = l
		}
		to, ok := l.(*packets)
		if !ok || !to.admitsInternet() {
			continue
		}
		at := net.UDPAddrFromAddrPort(netip.AddrPortFrom(internetAddress, from.Port()))
		_, _ = to.put(buffer[:size], &sender{at, func(b []byte) (int, error) { return inner.WriteToUDPAddrPort(b, from) }})
	}
}

// choose is the listener that was chosen before if it still listens, or else the
// first one; nil when there is none.
func (s *socket) choose(before portListener) portListener {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case slices.Contains(s.listeners, before):
		return before
	case len(s.listeners) > 0:
		return s.listeners[0]
	}
	return nil
}

// Next is a network that is to take the place of this one: what listens there
// under the same Kind and Name and at the same port has the same port on
// loopback, where it can; otherwise a new one. Until this network is closed or
// retires, connections from outside the process are for it and not for the next.
// Dialling leads to the dialler's own network at all times.
func (n *Network) Next(groups map[string]Group, clock Clock) *Network {
	next := New(groups, clock)
	next.sockets = n.sockets
	return next
}

// retireStep is how often Retire counts connections.
const retireStep = 10 * time.Millisecond

// Retire leaves new connections from outside the process to the network that is to
// take this one's place, where that listens too, and waits until those that came in
// before are closed, or ctx is done. The caller closes the network then.
func (n *Network) Retire(ctx context.Context) {
	n.sockets.putLast(n)
	again := time.NewTicker(retireStep)
	defer again.Stop()
	for n.outside.Load() > 0 {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		case <-n.closed:
			return
		}
	}
}
