package traffic

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/dns"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are how the resources are served.
type Options struct {
	// Servers describes servers by instance id, the instance's Name tag, or the name of
	// the ECS service. Default: a server that answers 200, with the protocols of its
	// target groups, the certificate of its first boot, or HTTP on 80 and HTTPS on 443.
	Servers map[string]server.Server
	// Objects are files in buckets, by the bucket's name, or by its logical name if it has no
	// other than that with 7 digits after it: the path of a file is its key. They are read
	// for every request. Default: buckets have the objects of the account alone.
	Objects map[string]fs.FS
	// Clock is how long simulated seconds take. Default: real time.
	Clock wire.Clock
	// Dir is the folder of the certification authority. Default: a new authority, which
	// is not stored.
	Dir string
	// Sink gets the events of every hop. Default: none.
	Sink wire.Sink
	// AccessLog gets the lines of the access logs and connection logs of load balancers,
	// and of the access logs of distributions, as soon as a request or a handshake has
	// ended. They are written whether or not the account enables them. Default: none.
	AccessLog accesslog.Sink
	// After is the world that this one replaces. Ports of the same kind, name and number
	// keep their port on loopback where possible, and so does the DNS server. If Serve
	// succeeds, new connections from outside the process go to the new world; the caller
	// retires ([World.Retire]) and closes the old one. If it fails, nothing has changed.
	// Default: none.
	After *World
}

// Kinds of an [Entry].
const (
	EntryDistribution = "distribution"
	EntryLoadBalancer = "load balancer"
	EntryServer       = "server"
	EntryBuckets      = "buckets" // S3 in a Region
)

// Entry is a port that accepts traffic.
type Entry struct {
	// Kind is EntryDistribution, EntryLoadBalancer, EntryServer or EntryBuckets.
	Kind string `json:"kind"`
	// Name is the distribution's id, the load balancer's name, the instance's id, the ECS
	// service's name or the Region's endpoint of S3.
	Name string `json:"name"`
	// Names are the DNS names that lead there.
	Names []string `json:"names,omitempty"`
	// Address is the simulated address and port.
	Address netip.AddrPort `json:"address"`
	// Loopback is the address and port for clients outside the process.
	Loopback netip.AddrPort `json:"loopback"`
	// UDP says that the port is for HTTP/3. Default: false.
	UDP bool `json:"udp,omitempty"`
}

// World serves the resources of an account.
type World struct {
	account *account.Resources
	network *wire.Network
	ca      *pki.Authority
	zones   *dns.Zones
	server  *dns.Server
	// serverHandedOver says that the DNS server belongs to the next world.
	serverHandedOver atomic.Bool
	// names are all DNS names, parts everything that listens, for Entries.
	names   []string
	parts   []part
	closers []func() error // the last one first

	closing sync.Once
	closed  error
}

// part is a distribution, a load balancer or a server, with the ports on which it may
// listen.
type part struct {
	kind, name string
	addresses  []netip.Addr
	ports      []int
}

// Network is the simulated network.
func (w *World) Network() *wire.Network { return w.network }

// Zones are the hosted zones, whose records may be changed.
func (w *World) Zones() *dns.Zones { return w.zones }

// Resolve returns the IPv4 or the IPv6 addresses of a name, as the internet or a machine
// in the VPC finds them, and false if there are none.
func (w *World) Resolve(name string, v6, inVPC bool) ([]netip.Addr, bool) {
	return w.zones.Lookup(name, v6, inVPC)
}

// Source returns a sender of a kind: wire.KindInternet, wire.KindCloudFront or
// wire.KindVPC; any other kind counts as the internet. The default of address is the
// kind's own. groups are the security groups of a machine in the VPC.
func (w *World) Source(kind string, address netip.Addr, groups []string) wire.Source {
	var s wire.Source
	switch kind {
	case wire.KindCloudFront:
		s = wire.CloudFront(w.account.CloudFrontLists...)
		if address.Is6() {
			s.Lists = w.account.CloudFrontIPv6Lists
		}
	case wire.KindVPC:
		s = wire.Machine(groups...)
	default:
		s = wire.Internet()
	}
	if address.IsValid() {
		s.Address = address
	}
	return s
}

// Authority is the certification authority that all clients trust.
func (w *World) Authority() *pki.Authority { return w.ca }

// DNSAddress is where the DNS server listens, as 127.0.0.1:port, over UDP and TCP.
func (w *World) DNSAddress() string { return w.server.Address() }

// Entries returns all ports on which something listens, by kind, name, address and
// port.
func (w *World) Entries() []Entry {
	var out []Entry
	for _, p := range w.parts {
		names := w.namesFor(p.addresses)
		for _, a := range p.addresses {
			for _, port := range p.ports {
				at := netip.AddrPortFrom(a, uint16(port))
				for _, udp := range []bool{false, true} {
					if loopback, ok := w.network.Loopback(at, udp); ok {
						out = append(out, Entry{Kind: p.kind, Name: p.name, Names: names, Address: at, Loopback: loopback, UDP: udp})
					}
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name),
			a.Address.Addr().Compare(b.Address.Addr()), cmp.Compare(a.Address.Port(), b.Address.Port()))
	})
	return out
}

// Retire waits until the connections from outside the process are closed, or ctx is
// done. It is for a world that another one has replaced.
func (w *World) Retire(ctx context.Context) { w.network.Retire(ctx) }

// Close stops everything. It may be called several times and concurrently; each call
// returns when everything has stopped.
func (w *World) Close() error {
	w.closing.Do(func() {
		for _, c := range slices.Backward(w.closers) {
			w.closed = errors.Join(w.closed, c())
		}
	})
	return w.closed
}
