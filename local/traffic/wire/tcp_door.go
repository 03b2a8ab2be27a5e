package wire

import (
	"net"
	"net/netip"
	"sync"
)

// tcpDoor is a loopback socket of TCP.
type tcpDoor struct {
	shared
	inner    net.Listener
	work     sync.WaitGroup
	settled  *sync.Cond
	dialling int                     // how many are connecting now
	calls    map[netip.AddrPort]call // who connected and is not accepted yet
}

// call is a connection that a part of a network opens to a listener of it.
type call struct {
	to   *listener
	from Source
}

func newTCPDoor(port uint16) (*tcpDoor, error) {
	inner, err := net.Listen("tcp4", onLoopback(port).String())
	if err != nil {
		return nil, err
	}
	d := &tcpDoor{inner: inner, calls: map[netip.AddrPort]call{}}
	d.settled = sync.NewCond(&d.mu)
	d.work.Go(d.run)
	return d, nil
}

func (d *tcpDoor) at() netip.AddrPort { return addrPort(d.inner.Addr()) }

func (d *tcpDoor) sharing() *shared { return &d.shared }

func (d *tcpDoor) shut() error { return d.inner.Close() }

func (d *tcpDoor) wait() { d.work.Wait() }

func (d *tcpDoor) run() {
	for {
		c, err := d.inner.Accept()
		if err != nil {
			return
		}
		d.work.Go(func() { d.lead(c) })
	}
}

// lead hands a connection to who was dialled, or to the first listener when it
// comes from outside the process. The listener's network does not end before it
// has been told.
func (d *tcpDoor) lead(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	known, dialled := d.identify(addrPort(c.RemoteAddr()))
	for _, h := range d.holders {
		l, ok := h.(*listener)
		if !ok || dialled && l != known.to {
			continue
		}
		if !dialled {
			known.from = Internet()
			l.network.visitors.add(1)
		}
		l.network.work.Go(func() { l.receive(c, known.from, dialled) })
		return
	}
	_ = c.Close() // whom it was for is gone
}

// identify says who is behind a loopback address. A connection may be accepted
// before its dialler has said so, so it waits for those that are connecting now.
func (d *tcpDoor) identify(peer netip.AddrPort) (call, bool) {
	for {
		if known, ok := d.calls[peer]; ok {
			delete(d.calls, peer)
			return known, true
		}
		if d.dialling == 0 {
			return call{}, false
		}
		d.settled.Wait()
	}
}

// begin and end enclose a dialler's connecting; c is nil when that failed.
func (d *tcpDoor) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dialling++
}

func (d *tcpDoor) end(c net.Conn, who call) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dialling--
	if c != nil {
		d.calls[addrPort(c.LocalAddr())] = who
	}
	d.settled.Broadcast()
}

// forget forgets who connected from a loopback address.
func (d *tcpDoor) forget(peer netip.AddrPort) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.calls, peer)
}
