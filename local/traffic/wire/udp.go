package wire

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"
)

// packet is a packet that came in.
type packet struct {
	data []byte
	from net.Addr
}

// sender is the simulated address that a packet came from, with the way back.
type sender struct {
	*net.UDPAddr
	answer func(b []byte) (int, error)
	source Source
}

// SenderOf is the source of a packet that came from an address. Any other address counts
// as the internet's.
func SenderOf(a net.Addr) Source {
	if s, ok := a.(*sender); ok {
		return s.source
	}
	return Internet()
}

// backlog is how many packets wait for their reader.
const backlog = 1024

// mailbox is the reading half of a net.PacketConn.
type mailbox struct {
	incoming chan packet
	open     context.Context
	close    context.CancelFunc

	mu     sync.Mutex
	until  context.Context // ends at the read deadline, and when that is changed
	change context.CancelFunc
}

func newMailbox() *mailbox {
	m := &mailbox{incoming: make(chan packet, backlog)}
	m.open, m.close = context.WithCancel(context.Background())
	m.until, m.change = context.WithCancel(m.open)
	return m
}

// put adds a packet, or drops it when too many wait for the reader.
func (m *mailbox) put(data []byte, from net.Addr) (int, error) {
	select {
	case m.incoming <- packet{slices.Clone(data), from}:
	default:
	}
	return len(data), nil
}

func (m *mailbox) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		until := m.deadline()
		select {
		case p := <-m.incoming:
			return copy(b, p.data), p.from, nil
		case <-until.Done():
		}
		switch {
		case m.open.Err() != nil:
			return 0, nil, net.ErrClosed
		case errors.Is(until.Err(), context.DeadlineExceeded):
			return 0, nil, os.ErrDeadlineExceeded
		}
	}
}

func (m *mailbox) deadline() context.Context {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.until
}

func (m *mailbox) SetReadDeadline(at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.change()
	if at.IsZero() {
		m.until, m.change = context.WithCancel(m.open)
	} else {
		m.until, m.change = context.WithDeadline(m.open, at)
	}
	return nil
}

// Writing takes no time.
func (m *mailbox) SetDeadline(at time.Time) error   { return m.SetReadDeadline(at) }
func (m *mailbox) SetWriteDeadline(time.Time) error { return nil }

// Without these quic-go logs a warning.
func (m *mailbox) SetReadBuffer(int) error  { return nil }
func (m *mailbox) SetWriteBuffer(int) error { return nil }

// packets is a UDP port of a place. It drops what is not admitted.
type packets struct {
	binding
	*mailbox
}

// ListenPacket is Listen for UDP, which HTTP/3 uses.
func (n *Network) ListenPacket(p Place, port int) (net.PacketConn, error) {
	l := &packets{binding: binding{network: n, transport: "udp", place: p, port: port}, mailbox: newMailbox()}
	if err := n.listen(l); err != nil {
		return nil, err
	}
	return l, nil
}

// LocalAddr is the loopback address.
func (l *packets) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(l.socket.at) }

// WriteTo sends a packet to an address that ReadFrom returned.
func (l *packets) WriteTo(b []byte, to net.Addr) (int, error) {
	s, ok := to.(*sender)
	if !ok {
		return 0, &net.AddrError{Err: "no packet came from this address", Addr: to.String()}
	}
	return s.answer(b)
}

// Close stops listening. A second call returns net.ErrClosed.
func (l *packets) Close() error {
	l.close()
	return l.network.stopListening(l)
}

// packetDialler is the dialler's UDP socket, for one simulated address.
type packetDialler struct {
	*mailbox
	network *Network
	to      *packets
	self    *sender
}

// DialPacket is Dial for UDP. The connection returned, and the address, are what
// quic.Dial takes.
func (n *Network) DialPacket(ctx context.Context, from Source, to netip.AddrPort) (net.PacketConn, net.Addr, error) {
	found, err := n.find(ctx, from, "udp", to)
	if err != nil {
		return nil, nil, err
	}
	at := netip.AddrPortFrom(from.Address, uint16(n.senders.Add(1)))
	d := &packetDialler{mailbox: newMailbox(), network: n}
	d.to, _ = found.(*packets)
	far := net.UDPAddrFromAddrPort(to)
	d.self = &sender{net.UDPAddrFromAddrPort(at), func(b []byte) (int, error) { return d.put(b, far) }, from}
	if !n.track(d) {
		return nil, nil, dialError("udp", to, net.ErrClosed)
	}
	return d, far, nil
}

func (d *packetDialler) LocalAddr() net.Addr { return d.self.UDPAddr }

// WriteTo sends a packet to the address that was dialled, whatever the one given.
func (d *packetDialler) WriteTo(b []byte, _ net.Addr) (int, error) { return d.to.put(b, d.self) }

func (d *packetDialler) Close() error {
	d.network.untrack(d)
	d.close()
	return nil
}
