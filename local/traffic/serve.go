package traffic

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/alb"
	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/dns"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/waf"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// builder makes a world.
type builder struct {
	*World
	opts         Options
	pools        *addressPools
	subnets      subnets
	machines     []machine
	assigned     map[string][]netip.Addr
	private      map[string][]netip.Addr     // of load balancers, by ARN
	certificates map[string]*tls.Certificate // by ARN
	webACLs      map[string]*waf.ACL         // by ARN
}

// Serve makes the resources of an account carry traffic on loopback. Later changes of
// the account need another Serve. The error names what cannot be served; nothing runs
// then.
func Serve(registered *core.Account, opts Options) (*World, error) {
	b := &builder{World: &World{}, opts: opts, pools: newAddressPools(), assigned: map[string][]netip.Addr{}, private: map[string][]netip.Addr{}}
	if err := b.build(registered); err != nil {
		return nil, errors.Join(fmt.Errorf("serving the local AWS: %w", err), b.Close())
	}
	if opts.After != nil {
		b.takeOver(opts.After)
	}
	return b.World, nil
}

// takeOver directs new connections from outside the process to this world. It does
// not wait for the existing ones.
func (b *builder) takeOver(before *World) {
	b.server = before.server
	b.server.Use(b.zones)
	before.serverHandedOver.Store(true)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	before.Retire(ended)
}

func (b *builder) build(registered *core.Account) (err error) {
	if b.account, err = account.Read(registered); err != nil {
		return err
	}
	b.webACLs = waf.All(b.account, b.opts.Clock)
	for _, step := range []func() error{
		b.authority, b.loadCertificates, b.buildNetwork, b.servers, b.loadBalancers, b.serveBuckets, b.placeDistributions, b.dns, b.serveDistributions,
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

func (b *builder) buildNetwork() error {
	groups := securityGroups(b.account)
	b.subnets = subnetsOf(b.account)
	if b.opts.After != nil {
		b.network = b.opts.After.network.Next(groups, b.opts.Clock)
	} else {
		b.network = wire.New(groups, b.opts.Clock)
	}
	b.closers = append(b.closers, b.network.Close)
	return nil
}

func (b *builder) servers() error {
	if err := b.readMachines(); err != nil {
		return err
	}
	for _, m := range b.machines {
		running, err := server.Serve(b.network, m.server, server.Options{Place: m.place, Authority: b.ca, Sink: b.opts.Sink})
		if err != nil {
			return err
		}
		b.closers = append(b.closers, running.Close)
		p := part{kind: EntryServer, name: m.place.Name, addresses: m.place.Addresses}
		for _, l := range m.server.Listeners {
			p.ports = append(p.ports, l.Port)
		}
		b.parts = append(b.parts, p)
	}
	return nil
}

func (b *builder) loadBalancers() error {
	for _, lb := range b.account.LoadBalancers {
		at, err := b.place(lb)
		if err != nil {
			return fmt.Errorf("load balancer %s: %w", lb.Name, err)
		}
		running, err := alb.Serve(b.network, lb, alb.Options{
			Account: b.account, Public: at.reachable, Private: at.private,
			Certificates: b.certificates, Health: healthOf(b.machines), Sink: b.opts.Sink, WebACL: b.webACLs[b.account.WebACLBefore(lb.ARN)],
			AccessLog: b.opts.AccessLog,
		})
		if err != nil {
			return err
		}
		b.closers = append(b.closers, running.Close)
		p := part{kind: EntryLoadBalancer, name: lb.Name, addresses: slices.Concat(at.public, at.private)}
		for _, l := range b.account.ListenersOf(lb.ARN) {
			p.ports = append(p.ports, l.Port)
		}
		b.parts = append(b.parts, p)
	}
	return nil
}

// placement are the addresses of a load balancer. reachable are those of its public
// ones whose subnet's routes lead back.
type placement struct{ public, reachable, private []netip.Addr }

// place gives a load balancer its addresses, a private one in each of its subnets
// and, when it faces the internet, as many public ones, and makes its name resolve
// to them.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
func (b *builder) place(lb account.LoadBalancer) (placement, error) {
	var at placement
	dualStack := lb.IPAddressType == "dualstack"
	for _, id := range lb.Subnets {
		own, err := b.subnets.allocate(id)
		if err != nil {
			return at, err
		}
		at.private = append(at.private, own)
		if lb.Internal {
			continue
		}
		public := []netip.Addr{b.pools.loadBalancer4.take()}
		if dualStack {
			public = append(public, b.pools.loadBalancer6.take())
		}
		at.public = append(at.public, public...)
		if b.subnets.isPublic(id) {
			at.reachable = append(at.reachable, public...)
		}
	}
	b.private[lb.ARN] = slices.Clone(at.private)
	b.assigned[lb.DNSName] = at.public
	if lb.Internal {
		if dualStack {
			at.private = append(at.private, b.pools.internal6.take())
		}
		b.assigned[lb.DNSName] = at.private
	}
	return at, nil
}

// placeDistributions gives addresses to the names of the distributions.
func (b *builder) placeDistributions() error {
	for _, d := range b.account.Distributions {
		addresses := []netip.Addr{b.pools.distribution4.take()}
		if d.IsIPv6Enabled {
			addresses = append(addresses, b.pools.distribution6.take())
		}
		b.assigned[d.DomainName] = addresses
		b.parts = append(b.parts, part{kind: EntryDistribution, name: d.ID, addresses: addresses, ports: []int{80, 443}})
	}
	return nil
}

// serveDistributions starts CloudFront, which all distributions share.
func (b *builder) serveDistributions() error {
	if len(b.account.Distributions) == 0 {
		return nil
	}
	fleet, err := cloudfront.Serve(b.network, cloudfront.Options{
		Distributions: b.account.Distributions, Addresses: b.assigned, Lookup: b.zones.Lookup,
		CachePolicies: b.account.CachePolicies, OriginRequestPolicies: b.account.OriginRequestPolicies,
		AccessControls: b.account.OriginAccessControls,
		Certificates:   b.certificates, Authority: b.ca, Sink: b.opts.Sink, WebACLs: b.webACLs, OriginFacing: b.account.CloudFrontLists,
		AccessLog: b.opts.AccessLog, VPCOrigins: b.vpcOrigins(), Functions: b.account.Functions,
		ResponseHeadersPolicies: b.account.ResponseHeadersPolicies,
	})
	if err != nil {
		return err
	}
	b.closers = append(b.closers, fleet.Close)
	return nil
}

func (b *builder) dns() error {
	var err error
	if b.zones, err = dns.New(zonesOf(b.account), b.assigned); err != nil {
		return err
	}
	b.names = slices.Collect(maps.Keys(b.assigned))
	for _, r := range b.account.Records {
		b.names = append(b.names, r.FQDN)
	}
	slices.Sort(b.names)
	b.names = slices.Compact(b.names)
	b.closers = append(b.closers, b.closeDNS)
	if b.opts.After == nil {
		b.server, err = b.zones.Serve()
	}
	return err
}

// closeDNS stops the DNS server unless the next world has it.
func (w *World) closeDNS() error {
	if w.server == nil || w.serverHandedOver.Load() {
		return nil
	}
	return w.server.Close()
}
