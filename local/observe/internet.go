package observe

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/portico-iac/portico/requestpath"
)

// Internet is the network of this machine, which sends every request: of From only the
// address family matters.
type Internet struct {
	// Resolver is the DNS server to ask, HOST:PORT. Default: the system's.
	Resolver string
	// ConnectTo has, by "name:port", the address and port to connect to instead of
	// looking up the name. Default: none.
	ConnectTo map[string]netip.AddrPort
	// Trusted are the certification authorities. Default: the system's.
	Trusted *x509.CertPool
	// Wait is how long to wait. Default: 5 s to connect, 3 s for QUIC, 30 s for
	// an answer.
	Wait Patience
}

// Lookup asks the resolver.
func (i *Internet) Lookup(ctx context.Context, from requestpath.Source, name string) ([]netip.Addr, error) {
	for to, address := range i.ConnectTo {
		if host, _, err := net.SplitHostPort(to); err == nil && strings.EqualFold(host, name) {
			return []netip.Addr{address.Addr()}, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, i.Patience().Connect)
	defer cancel()
	addresses, err := i.resolver().LookupNetIP(ctx, family(from), name)
	if err != nil && !isTimeout(err) {
		return nil, fmt.Errorf("%w: %w", ErrNameNotFound, err)
	}
	return addresses, err
}

func family(from requestpath.Source) string {
	if a, err := netip.ParseAddr(from.Address); err == nil && a.Is6() && !a.Is4In6() {
		return "ip6"
	}
	return "ip4"
}

func (i *Internet) resolver() *net.Resolver {
	if i.Resolver == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, i.Resolver)
	}}
}

// target returns the address to connect to.
func (i *Internet) target(name string, to netip.AddrPort) netip.AddrPort {
	wanted := net.JoinHostPort(name, strconv.Itoa(int(to.Port())))
	for from, instead := range i.ConnectTo {
		if strings.EqualFold(from, wanted) {
			return instead
		}
	}
	return to
}

// Dial connects over TCP.
func (i *Internet) Dial(ctx context.Context, _ requestpath.Source, name string, to netip.AddrPort) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", i.target(name, to).String())
}

// DialPacket opens a new socket.
func (i *Internet) DialPacket(_ context.Context, _ requestpath.Source, name string, to netip.AddrPort) (net.PacketConn, net.Addr, error) {
	to = i.target(name, to)
	network := "udp4"
	if to.Addr().Is6() {
		network = "udp6"
	}
	conn, err := net.ListenUDP(network, nil)
	if err != nil {
		return nil, nil, err
	}
	return conn, net.UDPAddrFromAddrPort(to), nil
}

// Roots returns Trusted.
func (i *Internet) Roots() *x509.CertPool { return i.Trusted }

// Patience returns Wait with its defaults.
func (i *Internet) Patience() Patience {
	return i.Wait.or(Patience{Connect: 5 * time.Second, QUIC: 3 * time.Second, Answer: 30 * time.Second})
}
