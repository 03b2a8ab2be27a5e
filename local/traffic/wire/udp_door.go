package wire

import (
	"net"
	"net/netip"
	"slices"
	"sync"
)

// udpDoor is a loopback socket of UDP.
type udpDoor struct {
	shared
	inner *net.UDPConn
	work  sync.WaitGroup
	// callers are the parts of a network that dialled a listener of it, guests those
	// from outside the process with the listener that they were led to first.
	callers map[netip.AddrPort]packetCall
	guests  map[netip.AddrPort]*packets
}

type packetCall struct {
	to   *packets
	from Source
}

// maxGuests is how many senders from outside are remembered; then all are
// forgotten, who count as new.
const maxGuests = 4096

// maxPacket is the size of the largest packet of UDP.
const maxPacket = 1 << 16

func newUDPDoor(port uint16) (*udpDoor, error) {
	inner, err := listenUDP(port)
	if err != nil {
		return nil, err
	}
	d := &udpDoor{inner: inner, callers: map[netip.AddrPort]packetCall{}, guests: map[netip.AddrPort]*packets{}}
	d.work.Go(d.run)
	return d, nil
}

func (d *udpDoor) at() netip.AddrPort { return addrPort(d.inner.LocalAddr()) }

func (d *udpDoor) sharing() *shared { return &d.shared }

func (d *udpDoor) shut() error { return d.inner.Close() }

func (d *udpDoor) wait() { d.work.Wait() }

func (d *udpDoor) run() {
	buffer := make([]byte, maxPacket)
	for {
		size, peer, err := d.inner.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		to, from, dialled := d.lead(peer)
		if to == nil || !dialled && !to.admitsInternet() {
			continue
		}
		select {
		case to.incoming <- packet{data: slices.Clone(buffer[:size]), from: netip.AddrPortFrom(from.Address, peer.Port())}:
		default: // its reader is too slow: UDP drops what is too much
		}
	}
}

// lead says whom a packet is for.
func (d *udpDoor) lead(peer netip.AddrPort) (to *packets, from Source, dialled bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.callers[peer]; ok {
		return c.to, c.from, true
	}
	to = d.guests[peer]
	if to == nil && len(d.holders) > 0 {
		if len(d.guests) >= maxGuests {
			clear(d.guests)
		}
		to, _ = d.holders[0].(*packets)
		d.guests[peer] = to
	}
	return to, Internet(), false
}

// announce says who sends from a loopback address.
func (d *udpDoor) announce(peer netip.AddrPort, who packetCall) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.callers[peer] = who
}

func (d *udpDoor) forget(peer netip.AddrPort) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.callers, peer)
}
