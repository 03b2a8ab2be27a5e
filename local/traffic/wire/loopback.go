package wire

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"sync"
)

// loopbackSockets are the sockets on loopback of a network and of those that follow
// it. A socket is open for as long as one of them has a listener behind it, so that
// a client outside the process does not notice the change from one to the next.
type loopbackSockets struct {
	mu   sync.Mutex
	open map[loopbackKey]loopbackSocket
	// used are the ports of sockets that were open once.
	used map[loopbackKey]uint16
}

// loopbackKey is what stays the same of a port from one network to the next: not its
// simulated addresses, which may be others every time.
type loopbackKey struct {
	transport, kind, name string
	open                  bool // of the place
	port                  int
	nth                   int // among those of one network that are alike
}

// loopbackSocket is a tcpLoopback or a udpLoopback.
type loopbackSocket interface{ common() *socket }

// socket is what both kinds of loopback sockets have in common.
type socket struct {
	at     netip.AddrPort
	closer io.Closer
	work   sync.WaitGroup // goroutines that read the socket

	mu sync.Mutex
	// listeners are those behind the socket, of the oldest network first. Connections
	// from outside the process are for the first.
	listeners []portListener
}

func (s *socket) common() *socket { return s }

func newLoopbackSockets() *loopbackSockets {
	return &loopbackSockets{open: map[loopbackKey]loopbackSocket{}, used: map[loopbackKey]uint16{}}
}

// attach puts a listener behind the socket of its port, which is opened when there
// is none: at the loopback port that it had before, unless something else has that
// now.
func (ls *loopbackSockets) attach(l portListener, open func(port uint16) (loopbackSocket, error)) (loopbackSocket, error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	b := l.bound()
	key := loopbackKey{transport: b.transport, kind: b.place.Kind, name: b.place.Name, open: b.place.Open, port: b.port}
	for ls.open[key] != nil && ls.open[key].common().has(b.network) {
		key.nth++
	}
	s := ls.open[key]
	if s == nil {
		var err error
		if s, err = open(ls.used[key]); err != nil && ls.used[key] != 0 {
			s, err = open(0)
		}
		if err != nil {
			return nil, fmt.Errorf("listening at %s, %s port %d: %w", b.place.Name, b.transport, b.port, err)
		}
		ls.open[key], ls.used[key] = s, s.common().at.Port()
	}
	a := s.common()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listeners = append(a.listeners, l)
	return s, nil
}

// detach takes a listener away from its socket, which is closed after the last one.
func (ls *loopbackSockets) detach(l portListener) error {
	last, err := ls.remove(l)
	if last {
		l.socket().work.Wait()
	}
	return err
}

func (ls *loopbackSockets) remove(l portListener) (last bool, err error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	s := l.socket()
	s.mu.Lock()
	before := len(s.listeners)
	s.listeners = slices.DeleteFunc(s.listeners, func(other portListener) bool { return other == l })
	l.detached()
	last = before > 0 && len(s.listeners) == 0
	s.mu.Unlock()
	if !last {
		return false, nil
	}
	maps.DeleteFunc(ls.open, func(_ loopbackKey, other loopbackSocket) bool { return other.common() == s })
	return true, s.closer.Close()
}

// putLast puts the listeners of a network behind those of others.
func (ls *loopbackSockets) putLast(n *Network) {
	own := func(l portListener) int {
		if l.bound().network == n {
			return 1
		}
		return 0
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, s := range ls.open {
		a := s.common()
		a.mu.Lock()
		slices.SortStableFunc(a.listeners, func(x, y portListener) int { return own(x) - own(y) })
		a.mu.Unlock()
	}
}

// has says whether a listener of the network is behind the socket.
func (s *socket) has(n *Network) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.listeners, func(l portListener) bool { return l.bound().network == n })
}

// outsideConns counts the connections from outside the process.
type outsideConns struct {
	mu      sync.Mutex
	count   int
	changed *sync.Cond
}

func newOutsideConns() *outsideConns {
	o := &outsideConns{}
	o.changed = sync.NewCond(&o.mu)
	return o
}

func (o *outsideConns) add(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count += n
	o.changed.Broadcast()
}

// waitForNone waits until there are none, or ctx is done.
func (o *outsideConns) waitForNone(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { o.add(0) })
	defer stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.count > 0 && ctx.Err() == nil {
		o.changed.Wait()
	}
}

// Next is a network that is to take the place of this one: what listens there
// under the same Kind and Name and at the same port has the same port on
// loopback, where it can; otherwise a new one. Until this network is closed or
// retires, connections from outside the process are for it and not for the next.
// Dialling leads to the dialler's own network at all times.
func (n *Network) Next(groups map[string]Group, clock Clock) *Network {
	next := New(groups, clock)
	next.loopback = n.loopback
	return next
}

// Retire leaves new connections from outside the process to the network that is to
// take this one's place, where that listens too, and waits until those that came in
// before are closed, or ctx is done. The caller closes the network then.
func (n *Network) Retire(ctx context.Context) {
	n.loopback.putLast(n)
	n.outside.waitForNone(ctx)
}
