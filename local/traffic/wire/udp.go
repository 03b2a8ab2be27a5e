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
	binding
	loopback *udpLoopback
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
		binding: binding{n, "udp", p, port}, incoming: make(chan packet, backlog), done: make(chan struct{}), reading: newDeadline(),
	}
	if err := n.listen(l, func(port uint16) (loopbackSocket, error) { return newUDPLoopback(port) }); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *packets) attachedTo(s loopbackSocket) {
	l.loopback, _ = s.(*udpLoopback)
	l.udpSocket = udpSocket{PacketConn: l.loopback.inner, inner: l.loopback.inner}
}

func (l *packets) socket() *socket { return &l.loopback.socket }

func listenUDP(port uint16) (*net.UDPConn, error) {
	return net.ListenUDP("udp4", net.UDPAddrFromAddrPort(onLoopback(port)))
}

// detached forgets whose packets from outside the process are for this listener.
func (l *packets) detached() {
	close(l.done)
	maps.DeleteFunc(l.loopback.outsiders, func(_ netip.AddrPort, to *packets) bool { return to == l })
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
	l.once.Do(func() { err = l.network.stopListening(l) })
	return err
}

// packetDialler is the dialler's UDP socket, for one simulated address.
type packetDialler struct {
	udpSocket
	network  *Network
	listener *packets
	to       netip.AddrPort
}

// DialPacket is Dial for UDP. The connection returned, and the address, are what
// quic.Dial takes.
func (n *Network) DialPacket(ctx context.Context, from Source, to netip.AddrPort) (net.PacketConn, net.Addr, error) {
	place, err := n.route(from, "udp", to)
	if err != nil {
		return nil, nil, n.dialError(ctx, "udp", to, err)
	}
	l, ok := n.listenerAt(place, "udp", to).(*packets)
	if !ok {
		return nil, nil, n.dialError(ctx, "udp", to, place.closedPort())
	}
	inner, err := listenUDP(0)
	if err != nil {
		return nil, nil, n.dialError(ctx, "udp", to, err)
	}
	l.loopback.register(addrPort(inner.LocalAddr()), packetDial{to: l, from: from})
	d := &packetDialler{udpSocket: udpSocket{PacketConn: inner, inner: inner}, network: n, listener: l, to: to}
	if !n.track(d) {
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
		if peer == d.listener.loopback.at {
			return size, net.UDPAddrFromAddrPort(d.to), nil
		}
	}
}

// WriteTo sends a packet to the address that was dialled, whatever to is.
func (d *packetDialler) WriteTo(b []byte, _ net.Addr) (int, error) {
	return d.inner.WriteToUDPAddrPort(b, d.listener.loopback.at)
}

// Close ends it.
func (d *packetDialler) Close() error {
	d.network.untrack(d)
	d.listener.loopback.forget(addrPort(d.inner.LocalAddr()))
	return d.inner.Close()
}
