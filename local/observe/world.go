package observe

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/requestpath"
)

// World is the local data path as a network: simulated names and addresses, and
// security groups that decide who may connect.
type World struct {
	*traffic.World
	// Wait is how long to wait. Default: 10 simulated seconds to connect, half a
	// second at least; 5 real ones for a QUIC handshake, which begins only where
	// something listens; 300 simulated ones for an answer, a minute at least.
	Wait Patience
}

// Lookup asks Route 53's zones: the private ones too for a sender in the VPC.
func (w World) Lookup(_ context.Context, from requestpath.Source, name string) ([]netip.Addr, error) {
	addresses, ok := w.Resolve(name, family(from) == "ip6", from.Kind == requestpath.FromVPC)
	if !ok {
		return nil, ErrNameNotFound
	}
	return addresses, nil
}

// Dial connects as the sender that from describes.
func (w World) Dial(ctx context.Context, from requestpath.Source, _ string, to netip.AddrPort) (net.Conn, error) {
	address, err := netip.ParseAddr(from.Address)
	if err != nil {
		return nil, err
	}
	return w.Network().Dial(ctx, w.Source(from.Kind, address, from.SecurityGroups), to)
}

// DialPacket is Dial for QUIC.
func (w World) DialPacket(ctx context.Context, from requestpath.Source, _ string, to netip.AddrPort) (net.PacketConn, net.Addr, error) {
	address, err := netip.ParseAddr(from.Address)
	if err != nil {
		return nil, nil, err
	}
	return w.Network().DialPacket(ctx, w.Source(from.Kind, address, from.SecurityGroups), to)
}

// Roots are the local certification authority.
func (w World) Roots() *x509.CertPool { return w.Authority().Roots() }

// Patience is how long to wait.
func (w World) Patience() Patience {
	p, clock := w.Wait, w.Network().Clock()
	if p.Connect == 0 {
		p.Connect = max(clock.Seconds(10), 500*time.Millisecond)
	}
	if p.QUIC == 0 {
		p.QUIC = 5 * time.Second
	}
	if p.Answer == 0 {
		p.Answer = max(clock.Seconds(300), time.Minute)
	}
	return p
}
