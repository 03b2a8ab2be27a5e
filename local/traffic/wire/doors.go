package wire

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
)

// doors are the loopback sockets of a network and of those that follow it. A door
// is open for as long as one of them has a listener behind it, so that nobody
// outside the process notices the change from one to the next.
type doors struct {
	mu   sync.Mutex
	open map[doorKey]door
	// used are the ports of doors that were open once.
	used map[doorKey]uint16
}

// doorKey is what stays the same of a port from one network to the next: not its
// simulated addresses, which may be others every time.
type doorKey struct {
	transport, kind, name string
	open                  bool // of the place
	port                  int
	nth                   int // among those of one network that are alike
}

// door is a socket with the listeners behind it.
type door interface {
	at() netip.AddrPort
	sharing() *shared
	// shut closes the socket, and wait waits for the goroutines that read it.
	shut() error
	wait()
}

// shared are the listeners behind a door, those of the oldest network first. Who
// comes from outside the process is led to the first.
type shared struct {
	mu      sync.Mutex
	holders []holder
}

// holder is a listener of a network.
type holder interface {
	on() *Network
	// left tells the listener that no more comes in, while the door's lock is held.
	left()
}

func newDoors() *doors { return &doors{open: map[doorKey]door{}, used: map[doorKey]uint16{}} }

// enter puts a listener behind the door of a port of a place, which is opened when
// there is none: at the port that it had before unless that is somebody else's
// now.
func (ds *doors) enter(h holder, transport string, p *Place, port int, opening func(port uint16) (door, error)) (door, error) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	key := doorKey{transport: transport, kind: p.Kind, name: p.Name, open: p.Open, port: port}
	for ds.open[key] != nil && ds.open[key].sharing().has(h.on()) {
		key.nth++
	}
	d := ds.open[key]
	if d == nil {
		var err error
		if d, err = opening(ds.used[key]); err != nil && ds.used[key] != 0 {
			d, err = opening(0)
		}
		if err != nil {
			return nil, fmt.Errorf("listening at %s, %s port %d: %w", p.Name, transport, port, err)
		}
		ds.open[key], ds.used[key] = d, d.at().Port()
	}
	s := d.sharing()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holders = append(s.holders, h)
	return d, nil
}

// leave takes a listener away from its door, which is closed behind the last one.
func (ds *doors) leave(h holder, d door) error {
	last, err := ds.take(h, d)
	if last {
		d.wait()
	}
	return err
}

func (ds *doors) take(h holder, d door) (last bool, err error) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	s := d.sharing()
	s.mu.Lock()
	before := len(s.holders)
	s.holders = slices.DeleteFunc(s.holders, func(other holder) bool { return other == h })
	h.left()
	last = before > 0 && len(s.holders) == 0
	s.mu.Unlock()
	if !last {
		return false, nil
	}
	for key, other := range ds.open {
		if other == d {
			delete(ds.open, key)
		}
	}
	return true, d.shut()
}

// stepBack lets the listeners of other networks come first.
func (ds *doors) stepBack(n *Network) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	for _, d := range ds.open {
		s := d.sharing()
		s.mu.Lock()
		slices.SortStableFunc(s.holders, func(a, b holder) int { return order(a.on() == n) - order(b.on() == n) })
		s.mu.Unlock()
	}
}

func order(last bool) int {
	if last {
		return 1
	}
	return 0
}

// has says whether a listener of the network is behind the door.
func (s *shared) has(n *Network) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.holders, func(h holder) bool { return h.on() == n })
}

// visitors counts connections from outside the process.
type visitors struct {
	mu    sync.Mutex
	count int
	gone  *sync.Cond
}

func newVisitors() *visitors {
	v := &visitors{}
	v.gone = sync.NewCond(&v.mu)
	return v
}

func (v *visitors) add(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.count += n
	v.gone.Broadcast()
}

// none waits until there are none, or ctx is done.
func (v *visitors) none(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { v.add(0) })
	defer stop()
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.count > 0 && ctx.Err() == nil {
		v.gone.Wait()
	}
}

// Next is a network that is to take the place of this one: what listens there
// under the same Kind and Name and at the same port has the same port on
// loopback, where it can; otherwise a new one. Until this network is closed or
// retires, whoever comes from outside the process is led to it and not to the
// next. Dialling leads to the dialler's own network at all times.
func (n *Network) Next(groups map[string]Group, clock Clock) *Network {
	next := New(groups, clock)
	next.doors = n.doors
	return next
}

// Retire leads whoever comes from outside the process to the network that is to
// take this one's place, where that listens too, and waits until the connections
// that came in before are closed, or ctx is done. The caller closes the network
// then.
func (n *Network) Retire(ctx context.Context) {
	n.doors.stepBack(n)
	n.visitors.none(ctx)
}
