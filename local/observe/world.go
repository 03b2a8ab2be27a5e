package observe

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// World is the local data path as a network: simulated names and addresses, and
// security groups that decide who may connect.
type World struct {
	*traffic.World
	// Wait is how long to wait. Default: 6 simulated seconds to connect, at least 300 ms;
	// 5 real seconds for a QUIC handshake, which begins only where something listens;
	// 300 simulated seconds for an answer, at least a real minute.
	Wait Patience
}

// Lookup asks Route 53's zones, for a sender in the VPC also the private ones.
func (w World) Lookup(_ context.Context, from requestpath.Source, name string) ([]netip.Addr, error) {
	addresses, ok := w.Resolve(name, family(from) == "ip6", from.Kind == requestpath.FromVPC)
	if !ok {
		return nil, ErrNameNotFound
	}
	return addresses, nil
}

// Dial connects as the sender.
func (w World) Dial(ctx context.Context, from requestpath.Source, _ string, to netip.AddrPort) (net.Conn, error) {
	return w.Network().Dial(ctx, w.source(from), to)
}

// DialPacket is Dial for QUIC.
func (w World) DialPacket(ctx context.Context, from requestpath.Source, _ string, to netip.AddrPort) (net.PacketConn, net.Addr, error) {
	return w.Network().DialPacket(ctx, w.source(from), to)
}

// source returns the sender on the simulated network. Send has checked its address.
func (w World) source(from requestpath.Source) wire.Source {
	address, _ := netip.ParseAddr(from.Address)
	source := w.Source(from.Kind, address, from.SecurityGroups)
	source.Country = from.Country
	return source
}

// Roots returns the local certification authority.
func (w World) Roots() *x509.CertPool { return w.Authority().Roots() }

// Patience returns Wait with its defaults.
func (w World) Patience() Patience {
	clock := w.Network().Clock()
	return w.Wait.or(Patience{
		Connect: max(clock.Seconds(6), 300*time.Millisecond), QUIC: 5 * time.Second, Answer: max(clock.Seconds(300), time.Minute),
	})
}
