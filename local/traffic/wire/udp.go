package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// packets is the UDP socket of a place's port. It drops what is not admitted.
// The addresses that it returns are simulated ones; their ports are those of the
// loopback sockets, which is how answers find back.
type packets struct {
	udpSocket
	place    Place
	port     int
	mu       sync.Mutex
	diallers map[netip.AddrPort]Source
}

// udpSocket is what both sides have in common. It does not show the methods of
// net.UDPConn that would read and write past it.
type udpSocket struct {
	net.PacketConn // only for its deadlines and LocalAddr
	inner          *net.UDPConn
	network        *Network
}

// SetReadBuffer sets the size of the kernel's buffer for what comes in.
func (u udpSocket) SetReadBuffer(bytes int) error { return u.inner.SetReadBuffer(bytes) }

// SetWriteBuffer sets the size of the kernel's buffer for what goes out.
func (u udpSocket) SetWriteBuffer(bytes int) error { return u.inner.SetWriteBuffer(bytes) }

// SyscallConn is the socket itself, for its options.
func (u udpSocket) SyscallConn() (syscall.RawConn, error) { return u.inner.SyscallConn() }

// ListenPacket is Listen for UDP, which HTTP/3 uses.
func (n *Network) ListenPacket(p Place, port int) (net.PacketConn, error) {
	inner, err := listenUDP()
	if err != nil {
		return nil, fmt.Errorf("listening at %s, UDP port %d: %w", p.Name, port, err)
	}
	l := &packets{
		udpSocket: udpSocket{PacketConn: inner, inner: inner, network: n},
		place:     p, port: port, diallers: map[netip.AddrPort]Source{},
	}
	n.Place(p)
	if err := n.addPackets(l); err != nil {
		_ = inner.Close() // nobody has it
		return nil, err
	}
	return l, nil
}

// addPackets makes a socket known.
func (n *Network) addPackets(l *packets) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.isClosed() {
		return net.ErrClosed
	}
	sockets := l.place.sockets("udp", l.port)
	for _, s := range sockets {
		if n.udp[s] != nil {
			return taken(l.place, l.port)
		}
	}
	for _, s := range sockets {
		n.udp[s] = l
	}
	n.open[l] = struct{}{}
	return nil
}

func listenUDP() (*net.UDPConn, error) {
	return net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
}

// ReadFrom reads the next packet that is admitted.
func (l *packets) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		size, peer, err := l.inner.ReadFromUDPAddrPort(b)
		if err != nil {
			return 0, nil, err
		}
		l.mu.Lock()
		source, known := l.diallers[peer]
		l.mu.Unlock()
		if !known {
			source = Internet()
			if !l.place.internetReaches() || !l.network.letsIn(&l.place, source, "udp", l.port) {
				continue
			}
		}
		return size, net.UDPAddrFromAddrPort(netip.AddrPortFrom(source.Address, peer.Port())), nil
	}
}

// WriteTo sends a packet to an address that ReadFrom returned.
func (l *packets) WriteTo(b []byte, to net.Addr) (int, error) {
	return l.inner.WriteToUDPAddrPort(b, onLoopback(addrPort(to).Port()))
}

func onLoopback(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

// Close stops listening.
func (l *packets) Close() error {
	n := l.network
	n.mu.Lock()
	delete(n.open, l)
	for _, s := range l.place.sockets("udp", l.port) {
		if n.udp[s] == l {
			delete(n.udp, s)
		}
	}
	n.mu.Unlock()
	return l.inner.Close()
}

// packetDialler is the UDP socket of who connects to one simulated address.
type packetDialler struct {
	udpSocket
	listener *packets
	to       netip.AddrPort
}

// DialPacket is Dial for UDP. The connection returned, and the address, are what
// quic.Dial takes.
func (n *Network) DialPacket(ctx context.Context, from Source, to netip.AddrPort) (net.PacketConn, net.Addr, error) {
	place, err := n.way(from, "udp", to)
	if err != nil {
		return nil, nil, n.fail(ctx, "udp", to, err)
	}
	n.mu.Lock()
	l := n.udp[place.socket("udp", to)]
	n.mu.Unlock()
	if l == nil {
		return nil, nil, n.fail(ctx, "udp", to, place.closedPort())
	}
	inner, err := listenUDP()
	if err != nil {
		return nil, nil, n.fail(ctx, "udp", to, err)
	}
	l.mu.Lock()
	l.diallers[addrPort(inner.LocalAddr())] = from
	l.mu.Unlock()
	d := &packetDialler{udpSocket: udpSocket{PacketConn: inner, inner: inner, network: n}, listener: l, to: to}
	if !n.keep(d) {
		return nil, nil, net.ErrClosed
	}
	return d, net.UDPAddrFromAddrPort(to), nil
}

// ReadFrom reads the next packet, which comes from the address that was dialled.
func (d *packetDialler) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		size, peer, err := d.inner.ReadFromUDPAddrPort(b)
		if err != nil {
			return 0, nil, err
		}
		if peer == addrPort(d.listener.inner.LocalAddr()) {
			return size, net.UDPAddrFromAddrPort(d.to), nil
		}
	}
}

// WriteTo sends a packet to the address that was dialled, whatever to is.
func (d *packetDialler) WriteTo(b []byte, _ net.Addr) (int, error) {
	return d.inner.WriteToUDPAddrPort(b, addrPort(d.listener.inner.LocalAddr()))
}

// Close ends it.
func (d *packetDialler) Close() error {
	d.network.release(d)
	d.listener.mu.Lock()
	delete(d.listener.diallers, addrPort(d.inner.LocalAddr()))
	d.listener.mu.Unlock()
	return d.inner.Close()
}
