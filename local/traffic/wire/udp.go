package wire

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// packets is the UDP socket of a place's port. It drops what is not admitted.
// The addresses that it returns are simulated ones; their ports are those of the
// loopback sockets, which is how answers find back.
type packets struct {
	udpSocket
	place    Place
	port     int
	door     *udpDoor
	incoming chan packet
	done     chan struct{} // is closed when it is
	once     sync.Once
	reading  *deadline
}

// packet is what came in, with the address that its reader sees.
type packet struct {
	data []byte
	from netip.AddrPort
}

// backlog is how many packets wait for their reader.
const backlog = 1024

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
	l := &packets{
		place: p, port: port, incoming: make(chan packet, backlog), done: make(chan struct{}), reading: newDeadline(),
	}
	n.Place(p)
	if err := n.addPackets(l); err != nil {
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
	l.network = n
	d, err := n.doors.enter(l, "udp", &l.place, l.port, func(port uint16) (door, error) { return newUDPDoor(port) })
	if err != nil {
		return err
	}
	l.door, _ = d.(*udpDoor)
	l.udpSocket = udpSocket{PacketConn: l.door.inner, inner: l.door.inner, network: n}
	for _, s := range sockets {
		n.udp[s] = l
	}
	n.open[l] = struct{}{}
	return nil
}

func listenUDP(port uint16) (*net.UDPConn, error) {
	return net.ListenUDP("udp4", net.UDPAddrFromAddrPort(onLoopback(port)))
}

func (l *packets) on() *Network { return l.network }

// left forgets who was led here.
func (l *packets) left() {
	close(l.done)
	maps.DeleteFunc(l.door.guests, func(_ netip.AddrPort, to *packets) bool { return to == l })
}

// admitsInternet says whether packets from outside the process may come in.
func (l *packets) admitsInternet() bool {
	return l.place.internetReaches() && l.network.letsIn(&l.place, Internet(), "udp", l.port)
}

// ReadFrom reads the next packet that is admitted.
func (l *packets) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-l.incoming:
		return copy(b, p.data), net.UDPAddrFromAddrPort(p.from), nil
	case <-l.done:
		return 0, nil, net.ErrClosed
	case <-l.reading.passed():
		return 0, nil, os.ErrDeadlineExceeded
	}
}

// SetReadDeadline sets the time at which reading ends.
func (l *packets) SetReadDeadline(at time.Time) error {
	l.reading.set(at)
	return nil
}

// SetDeadline is SetReadDeadline: writing takes no time, and other networks write
// to the socket too.
func (l *packets) SetDeadline(at time.Time) error { return l.SetReadDeadline(at) }

// SetWriteDeadline does nothing.
func (l *packets) SetWriteDeadline(time.Time) error { return nil }

// WriteTo sends a packet to an address that ReadFrom returned.
func (l *packets) WriteTo(b []byte, to net.Addr) (int, error) {
	return l.inner.WriteToUDPAddrPort(b, onLoopback(addrPort(to).Port()))
}

func onLoopback(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

// Close stops listening. A second call returns net.ErrClosed.
func (l *packets) Close() error {
	err := net.ErrClosed
	l.once.Do(func() {
		n := l.network
		n.mu.Lock()
		delete(n.open, l)
		for _, s := range l.place.sockets("udp", l.port) {
			if n.udp[s] == l {
				delete(n.udp, s)
			}
		}
		n.mu.Unlock()
		err = n.doors.leave(l, l.door)
	})
	return err
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
	inner, err := listenUDP(0)
	if err != nil {
		return nil, nil, n.fail(ctx, "udp", to, err)
	}
	l.door.announce(addrPort(inner.LocalAddr()), packetCall{to: l, from: from})
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
		if peer == d.listener.door.at() {
			return size, net.UDPAddrFromAddrPort(d.to), nil
		}
	}
}

// WriteTo sends a packet to the address that was dialled, whatever to is.
func (d *packetDialler) WriteTo(b []byte, _ net.Addr) (int, error) {
	return d.inner.WriteToUDPAddrPort(b, d.listener.door.at())
}

// Close ends it.
func (d *packetDialler) Close() error {
	d.network.release(d)
	d.listener.door.forget(addrPort(d.inner.LocalAddr()))
	return d.inner.Close()
}
