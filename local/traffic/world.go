// Package traffic makes registered resources carry traffic on loopback.
package traffic

import (
	"errors"
	"net/netip"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are how the resources are served.
type Options struct {
	// Servers are what servers answer, by instance id, the instance's Name tag, or
	// the name of the ECS service. Default: what the registered resources suggest.
	Servers map[string]server.Server
	// Clock is how long simulated seconds take. Default: real time.
	Clock wire.Clock
	// Dir keeps the certification authority. Default: a new one, kept nowhere.
	Dir string
	// Sink is told what happens at every hop. Default: nobody.
	Sink wire.Sink
}

// Kinds of an [Entry].
const (
	EntryEdge     = "edge"
	EntryBalancer = "balancer"
	EntryServer   = "server"
)

// Entry is where traffic can come in.
type Entry struct {
	// Kind is EntryEdge, EntryBalancer or EntryServer.
	Kind string
	// Name is the distribution's id, the balancer's name, the instance's id or the
	// ECS service's name.
	Name string
	// Names are the DNS names that lead there.
	Names []string
	// Address is the simulated address and port.
	Address netip.AddrPort
	// Loopback is what stands for it outside the process.
	Loopback netip.AddrPort
	// UDP says that it is HTTP/3's. Default: false.
	UDP bool
}

// World is an account's resources at work.
type World struct {
	network *wire.Network
	ca      *pki.Authority
}

// Serve makes the resources of an account carry traffic.
func Serve(account *cloud.Account, opts Options) (*World, error) {
	return nil, errors.New("not yet")
}

// Network is the simulated network.
func (w *World) Network() *wire.Network { return w.network }

// Resolve resolves a name.
func (w *World) Resolve(name string, v6, inVPC bool) ([]netip.Addr, bool) { return nil, false }

// Source is a sender.
func (w *World) Source(kind string, address netip.Addr, groups []string) wire.Source {
	return wire.Source{Kind: kind, Address: address, Groups: groups}
}

// Authority is the certification authority.
func (w *World) Authority() *pki.Authority { return w.ca }

// DNSAddress is where the DNS server listens.
func (w *World) DNSAddress() string { return "" }

// Entries are where traffic can come in.
func (w *World) Entries() []Entry { return nil }

// Close stops everything.
func (w *World) Close() error { return nil }
