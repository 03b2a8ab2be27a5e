package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// sockets are the loopback sockets of a network and of those that follow it, for
// programs outside the process. A socket is open while one of the networks has a
// listener behind it, so that clients do not notice the change of networks.
type sockets struct {
	mu  sync.Mutex
	all map[socketKey]*socket
}

// socketKey identifies a port from one network to the next. Its simulated addresses
// may change.
type socketKey struct {
	transport, kind, name string
	open                  bool // of the place
	port                  int
	nth                   int // among those of one network that are alike
}

// attach puts a listener behind the socket of its port.
func (ss *sockets) attach(l portListener) error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	b := l.bound()
	key := socketKey{transport: b.transport, kind: b.place.Kind, name: b.place.Name, open: b.place.Open, port: b.port}
	for ss.all[key] != nil && ss.all[key].indexOf(b.network) >= 0 {
		key.nth++
	}
	if ss.all[key] == nil {
		ss.all[key] = &socket{at: onLoopback(0)}
	}
	b.socket = ss.all[key]
	if err := b.socket.add(l); err != nil {
		return fmt.Errorf("listening at %s, %s port %d: %w", b.place.Name, b.transport, b.port, err)
	}
	return nil
}

// detach takes a listener away from its socket.
func (ss *sockets) detach(l portListener) error {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return l.bound().socket.remove(l)
}

// putLast puts the listeners of a network behind those of others.
func (ss *sockets) putLast(n *Network) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for _, s := range ss.all {
		s.putLast(n)
	}
}

// socket is a socket on loopback. It is open while a listener is behind it.
type socket struct {
	at    netip.AddrPort // where it was opened last
	close func() error
	work  sync.WaitGroup // reads the socket

	mu sync.Mutex
	// listeners are those behind the socket, of the oldest network first. What comes
	// in is for the first.
	listeners []portListener
}

// add puts a listener behind the socket. The socket is opened at the port that it had
// before, unless something else has that now.
func (s *socket) add(l portListener) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.listeners) == 0 {
		open := s.openTCP
		if l.bound().transport == "udp" {
			open = s.openUDP
		}
		if open(s.at) != nil {
			if err := open(onLoopback(0)); err != nil {
				return err
			}
		}
	}
	s.listeners = append(s.listeners, l)
	return nil
}

// remove takes a listener away. The socket is closed after the last one.
func (s *socket) remove(l portListener) error {
	s.mu.Lock()
	s.listeners = slices.DeleteFunc(s.listeners, func(other portListener) bool { return other == l })
	last := len(s.listeners) == 0
	s.mu.Unlock()
	if !last {
		return nil
	}
	err := s.close()
	s.work.Wait()
	return err
}

// indexOf is where the listener of a network is; -1 when there is none.
func (s *socket) indexOf(n *Network) int {
	return slices.IndexFunc(s.listeners, func(l portListener) bool { return l.bound().network == n })
}

// putLast puts the listener of a network behind those of others.
func (s *socket) putLast(n *Network) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.indexOf(n); i >= 0 {
		l := s.listeners[i]
		s.listeners = append(slices.Delete(s.listeners, i, i+1), l)
	}
}

func onLoopback(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

func (s *socket) openTCP(at netip.AddrPort) error {
	inner, err := net.Listen("tcp4", at.String())
	if err != nil {
		return err
	}
	s.at, s.close = addrPort(inner.Addr()), inner.Close
	s.work.Go(func() { s.accept(inner) })
	return nil
}

func (s *socket) openUDP(at netip.AddrPort) error {
	inner, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	s.at, s.close = addrPort(inner.LocalAddr()), inner.Close
	s.work.Go(func() { s.readPackets(inner) })
	return nil
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
		if len(chosen) >= maxSenders {
			clear(chosen)
		}
		chosen[from] = l
		to, ok := l.(*packets)
		if !ok || !to.admitsInternet() {
			continue
		}
		at := net.UDPAddrFromAddrPort(netip.AddrPortFrom(internetAddress, from.Port()))
		answer := func(b []byte) (int, error) { return inner.WriteToUDPAddrPort(b, from) }
		_, _ = to.put(buffer[:size], &sender{at, answer, Internet()})
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

// Next returns a network that is to replace this one. What listens there under the
// same Kind and Name and on the same port keeps its port on loopback where possible.
// Connections from outside the process go to this network until it is closed or
// retires. Dial always leads to the dialler's own network.
func (n *Network) Next(groups map[string]Group, clock Clock) *Network {
	next := New(groups, clock)
	next.sockets = n.sockets
	return next
}

// retireStep is how often Retire counts connections.
const retireStep = 10 * time.Millisecond

// Retire leaves new connections from outside the process to the next network, where
// that listens too, and waits until the earlier ones are closed, or ctx is done. The
// caller closes the network then.
func (n *Network) Retire(ctx context.Context) {
	n.sockets.putLast(n)
	again := time.NewTicker(retireStep)
	defer again.Stop()
	for n.outside.Load() > 0 {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		case <-n.ctx.Done():
			return
		}
	}
}
