package observe

import (
	"cmp"
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
	// Wait is how long to wait. Default: 6 simulated seconds to connect, but at least
	// 300 real milliseconds; 5 real seconds for a QUIC handshake, which begins only
	// where something listens; 300 simulated seconds for an answer, but at least a
	// real minute.
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
	clock := w.Network().Clock()
	return Patience{
		Connect: cmp.Or(w.Wait.Connect, max(clock.Seconds(6), 300*time.Millisecond)), QUIC: cmp.Or(w.Wait.QUIC, 5*time.Second),
		Answer: cmp.Or(w.Wait.Answer, max(clock.Seconds(300), time.Minute)),
	}
}
