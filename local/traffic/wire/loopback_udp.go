package wire

import (
	"net"
	"net/netip"
	"slices"
)

// udpLoopback is a loopback socket of UDP.
type udpLoopback struct {
	socket
	inner *net.UDPConn
	// diallers are the parts of a network that dialled a listener of it, outsiders the
	// senders outside the process with the listener that their first packet was for.
	diallers  map[netip.AddrPort]packetDial
	outsiders map[netip.AddrPort]*packets
}

type packetDial struct {
	to   *packets
	from Source
}

// maxOutsiders is how many senders from outside the process are remembered. Then all
// are forgotten, and count as new.
const maxOutsiders = 4096

// maxPacket is the size of the largest packet of UDP.
const maxPacket = 1 << 16

func newUDPLoopback(port uint16) (*udpLoopback, error) {
	inner, err := listenUDP(port)
	if err != nil {
		return nil, err
	}
	d := &udpLoopback{
		socket: socket{at: addrPort(inner.LocalAddr()), closer: inner}, inner: inner,
		diallers: map[netip.AddrPort]packetDial{}, outsiders: map[netip.AddrPort]*packets{},
	}
	d.work.Go(d.run)
	return d, nil
}

func (d *udpLoopback) run() {
	buffer := make([]byte, maxPacket)
	for {
		size, peer, err := d.inner.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		to, from, dialled := d.dispatch(peer)
		if to == nil || !dialled && !to.admitsInternet() {
			continue
		}
		select {
		case to.incoming <- packet{data: slices.Clone(buffer[:size]), from: netip.AddrPortFrom(from.Address, peer.Port())}:
		default: // the reader is too slow: UDP drops packets
		}
	}
}

// dispatch finds the listener that a packet is for.
func (d *udpLoopback) dispatch(peer netip.AddrPort) (to *packets, from Source, dialled bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.diallers[peer]; ok {
		return c.to, c.from, true
	}
	to = d.outsiders[peer]
	if to == nil && len(d.listeners) > 0 {
		if len(d.outsiders) >= maxOutsiders {
			clear(d.outsiders)
		}
		to, _ = d.listeners[0].(*packets)
		d.outsiders[peer] = to
	}
	return to, Internet(), false
}

// register records the dialler at a loopback address.
func (d *udpLoopback) register(peer netip.AddrPort, who packetDial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.diallers[peer] = who
}

func (d *udpLoopback) forget(peer netip.AddrPort) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.diallers, peer)
}
