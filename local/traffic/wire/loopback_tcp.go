package wire

import (
	"net"
	"net/netip"
	"sync"
)

// tcpLoopback is a loopback socket of TCP.
type tcpLoopback struct {
	socket
	inner    net.Listener
	settled  *sync.Cond
	dialling int                            // how many are connecting now
	pending  map[netip.AddrPort]pendingDial // that are not accepted yet
}

// pendingDial is a connection that a part of a network opens to a listener of it.
type pendingDial struct {
	to   *listener
	from Source
}

func newTCPLoopback(port uint16) (*tcpLoopback, error) {
	inner, err := net.Listen("tcp4", onLoopback(port).String())
	if err != nil {
		return nil, err
	}
	d := &tcpLoopback{socket: socket{at: addrPort(inner.Addr()), closer: inner}, inner: inner, pending: map[netip.AddrPort]pendingDial{}}
	d.settled = sync.NewCond(&d.mu)
	d.work.Go(d.run)
	return d, nil
}

func (d *tcpLoopback) run() {
	for {
		c, err := d.inner.Accept()
		if err != nil {
			return
		}
		d.work.Go(func() { d.dispatch(c) })
	}
}

// dispatch hands a connection to the listener that was dialled, or to the first one
// when it comes from outside the process. The listener's network does not end before
// that.
func (d *tcpLoopback) dispatch(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	known, dialled := d.identify(addrPort(c.RemoteAddr()))
	for _, behind := range d.listeners {
		l, ok := behind.(*listener)
		if !ok || dialled && l != known.to {
			continue
		}
		if !dialled {
			known.from = Internet()
			l.network.outside.add(1)
		}
		l.network.work.Go(func() { l.receive(c, known.from, dialled) })
		return
	}
	_ = c.Close() // the listener that it was for is closed
}

// identify finds the dialler at a loopback address. A connection may be accepted
// before its dialler is known, so it waits for those that are connecting now.
func (d *tcpLoopback) identify(peer netip.AddrPort) (pendingDial, bool) {
	for {
		if known, ok := d.pending[peer]; ok {
			delete(d.pending, peer)
			return known, true
		}
		if d.dialling == 0 {
			return pendingDial{}, false
		}
		d.settled.Wait()
	}
}

// dialBegins and dialEnds enclose the opening of a connection; c is nil when that
// failed.
func (d *tcpLoopback) dialBegins() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dialling++
}

func (d *tcpLoopback) dialEnds(c net.Conn, who pendingDial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dialling--
	if c != nil {
		d.pending[addrPort(c.LocalAddr())] = who
	}
	d.settled.Broadcast()
}

// forget forgets the dialler at a loopback address.
func (d *tcpLoopback) forget(peer netip.AddrPort) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.pending, peer)
}
