package traffic

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/traffic/balancer"
	"github.com/portico-iac/portico/local/traffic/dns"
	"github.com/portico-iac/portico/local/traffic/edge"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// builder is a world in the making.
type builder struct {
	*World
	account  *cloud.Account
	opts     Options
	allot    *allotment
	ground   network
	machines []machine
	assigned map[string][]netip.Addr
	sites    []edge.Distribution
}

// Serve makes the resources of an account carry traffic on loopback: what is
// registered, and nothing else, decides about every request. Changes of the
// account come after the next Serve. The error names what cannot be served; then
// nothing runs.
func Serve(account *cloud.Account, opts Options) (*World, error) {
	b := &builder{
		World: &World{}, account: account, opts: opts,
		allot: newAllotment(), assigned: map[string][]netip.Addr{},
	}
	if err := b.build(); err != nil {
		return nil, errors.Join(fmt.Errorf("serving the local AWS: %w", err), b.Close())
	}
	if opts.After != nil {
		b.takeOver(opts.After)
	}
	return b.World, nil
}

// takeOver leads whoever comes from outside the process here. It waits for nobody.
func (b *builder) takeOver(before *World) {
	b.server = before.server
	b.server.Use(b.zones)
	before.passedOn.Store(true)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	before.Retire(over)
}

func (b *builder) build() error {
	for _, step := range []func() error{
		b.authority, b.lay, b.servers, b.balancers, b.distributions, b.dns, b.edges,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) authority() (err error) {
	if b.opts.Dir == "" {
		b.ca, err = pki.New()
	} else {
		b.ca, err = pki.Load(b.opts.Dir)
	}
	return err
}

// lay makes the network.
func (b *builder) lay() error {
	groups, err := groupsOf(b.account)
	if err != nil {
		return err
	}
	if b.ground, err = networkOf(b.account); err != nil {
		return err
	}
	b.lists4 = originFacing(b.account, awstable.CloudFrontPrefixList)
	b.lists6 = originFacing(b.account, awstable.CloudFrontIPv6PrefixList)
	if b.opts.After != nil {
		b.network = b.opts.After.network.Next(groups, b.opts.Clock)
	} else {
		b.network = wire.New(groups, b.opts.Clock)
	}
	b.closers = append(b.closers, b.network.Close)
	return nil
}

func (b *builder) servers() (err error) {
	if b.machines, err = machinesOf(b.account, b.ground, b.opts.Servers); err != nil {
		return err
	}
	for _, m := range b.machines {
		running, err := server.Serve(b.network, m.server, server.Options{Place: m.place, Authority: b.ca, Sink: b.opts.Sink})
		if err != nil {
			return err
		}
		b.closers = append(b.closers, running.Close)
		p := placed{kind: EntryServer, name: m.place.Name, addresses: m.place.Addresses}
		for _, l := range m.server.Listeners {
			p.ports = append(p.ports, l.Port)
		}
		b.places = append(b.places, p)
		if m.dns != "" {
			b.assigned[m.dns] = m.public
		}
	}
	return nil
}

func (b *builder) balancers() error {
	states, err := cloud.States[struct{ ARN string }](b.account, balancerToken)
	if err != nil {
		return err
	}
	certificates, err := b.certificates()
	if err != nil {
		return err
	}
	for _, s := range states {
		lb, err := balancer.FromAccount(b.account, s.ARN)
		if err != nil {
			return err
		}
		reachable, err := b.place(&lb)
		if err != nil {
			return fmt.Errorf("load balancer %s: %w", lb.Name, err)
		}
		running, err := balancer.Serve(b.network, reachable, balancer.Options{
			Certificates: certificates, Health: healthOf(b.machines), Sink: b.opts.Sink,
		})
		if err != nil {
			return err
		}
		b.closers = append(b.closers, running.Close)
		p := placed{kind: EntryBalancer, name: lb.Name, addresses: append(slices.Clone(lb.Public), lb.Private...)}
		for _, l := range lb.Listeners {
			p.ports = append(p.ports, l.Port)
		}
		b.places = append(b.places, p)
	}
	return nil
}

// place allots the addresses of a balancer, a private one in each of its subnets
// and, when it faces the internet, as many public ones, and gives its name to
// them. reachable is the balancer with those public addresses alone whose subnet's
// routes lead back.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
func (b *builder) place(lb *balancer.Balancer) (reachable balancer.Balancer, err error) {
	var routed []netip.Addr
	for _, s := range lb.Subnets {
		own, err := b.ground.free(s.ID)
		if err != nil {
			return reachable, err
		}
		lb.Private = append(lb.Private, own)
		for _, a := range b.frontOf(*lb) {
			lb.Public = append(lb.Public, a)
			if b.ground.public[s.ID] {
				routed = append(routed, a)
			}
		}
	}
	if lb.Internal && lb.DualStack {
		lb.Private = append(lb.Private, b.allot.internal6.take())
	}
	b.assigned[lb.DNSName] = lb.Public
	if lb.Internal {
		b.assigned[lb.DNSName] = lb.Private
	}
	reachable = *lb
	reachable.Public = routed
	return reachable, nil
}

// frontOf are the public addresses of a balancer in one subnet.
func (b *builder) frontOf(lb balancer.Balancer) []netip.Addr {
	if lb.Internal {
		return nil
	}
	out := []netip.Addr{b.allot.balancer4.take()}
	if lb.DualStack {
		out = append(out, b.allot.balancer6.take())
	}
	return out
}

// distributions reads the distributions and allots their addresses.
func (b *builder) distributions() error {
	for _, state := range b.account.All(distributionToken) {
		d, err := edge.FromState(state)
		if err != nil {
			return err
		}
		d.Addresses = []netip.Addr{b.allot.edge4.take()}
		if d.IPv6 {
			d.Addresses = append(d.Addresses, b.allot.edge6.take())
		}
		b.assigned[d.DomainName] = d.Addresses
		b.sites = append(b.sites, d)
		b.places = append(b.places, placed{kind: EntryEdge, name: d.ID, addresses: d.Addresses, ports: []int{80, 443}})
	}
	return nil
}

// edges starts CloudFront, which all distributions share. It looks origins up in
// public DNS.
func (b *builder) edges() error {
	if len(b.sites) == 0 {
		return nil
	}
	certificates, err := b.certificates()
	if err != nil {
		return err
	}
	own, err := b.ca.Certificate(pki.Spec{Names: []string{"cloudfront.net", "*.cloudfront.net"}})
	if err != nil {
		return err
	}
	fleet, err := edge.Serve(b.network, edge.Options{
		Distributions: b.sites, Resolve: b.originAddress, Certificates: certificates, Default: own,
		Roots: b.ca.Roots(), Sink: b.opts.Sink, OriginFacing: b.lists4,
	})
	if err != nil {
		return err
	}
	b.closers = append(b.closers, fleet.Close)
	return nil
}

// originAddress is the first IPv4 address of a name on the internet.
func (b *builder) originAddress(_ context.Context, name string) (netip.Addr, bool) {
	found, ok := b.zones.Lookup(name, false, false)
	if !ok {
		return netip.Addr{}, false
	}
	return found[0], true
}

func (b *builder) dns() error {
	zones, err := zonesOf(b.account)
	if err != nil {
		return err
	}
	if b.zones, err = dns.New(zones, b.assigned); err != nil {
		return err
	}
	for _, z := range zones {
		for _, r := range z.Records {
			b.names = append(b.names, r.Name)
		}
	}
	for name := range b.assigned {
		b.names = append(b.names, name)
	}
	slices.Sort(b.names)
	b.closers = append(b.closers, b.closeDNS)
	if b.opts.After == nil {
		b.server, err = b.zones.Serve()
	}
	return err
}

// closeDNS stops the DNS server unless the next world has it.
func (w *World) closeDNS() error {
	if w.server == nil || w.passedOn.Load() {
		return nil
	}
	return w.server.Close()
}
