package requestpath

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
)

// place is a distribution, a load balancer, a bucket, or an address, which may be a server's.
type place struct {
	distribution *Distribution
	loadBalancer *LoadBalancer
	bucket       *Bucket
	server       *Server
	address      netip.Addr
}

func isPrivate(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified()
}

// maxAliases is how many aliases in a row are followed; a longer row is a circle.
const maxAliases = 10

// resolve looks up the dialled name as the peer sees it and adds the hop.
func (w *walker) resolve(c call) (place, *answer) {
	at, chain, ok := w.lookup(c.dialled, c.from)
	h := &Hop{Kind: HopDNS, Dialled: c.dialled, Resolved: strings.Join(chain, " -> ")}
	w.hops = append(w.hops, h)
	if !ok {
		return place{}, h.notFound(c, chain)
	}
	h.Decision = "leads to " + at.describe()
	if isAddress(c.dialled) {
		h.Decision = "an address needs no look-up"
	}
	return at, nil
}

func (p place) describe() string {
	switch {
	case p.distribution != nil:
		return fmt.Sprintf("the distribution %s", p.distribution.Name)
	case p.loadBalancer != nil && p.loadBalancer.Internal:
		return fmt.Sprintf("private addresses of the load balancer %s", p.loadBalancer.Name)
	case p.loadBalancer != nil:
		return fmt.Sprintf("the load balancer %s", p.loadBalancer.Name)
	}
	if p.bucket != nil {
		return fmt.Sprintf("the bucket %s", p.bucket.Name)
	}
	return p.address.String()
}

func (h *Hop) notFound(c call, chain []string) *answer {
	missing := c.dialled
	if len(chain) > 0 {
		missing = chain[len(chain)-1]
	}
	family := c.from.family()
	return h.fails(NameNotFound, "the name is not found", cause{
		fact: factNameNotFound, field: part("records", missing),
		why: fmt.Sprintf("%s has no %s record that the sender can see", missing, family),
		fix: fmt.Sprintf("add an %s record for %s in a public hosted zone, leading to a distribution, a load balancer or a server", family, missing),
	})
}

func (p peer) v6() bool { return p.address.Is6() && !p.address.Is4In6() }

// family is the type of the records with addresses that the peer can use.
func (p peer) family() string {
	if p.v6() {
		return RecordAAAA
	}
	return RecordA
}

// lookup follows aliases; chain has the names and addresses on the way.
func (w *walker) lookup(name string, from peer) (at place, chain []string, ok bool) {
	for range maxAliases {
		if address, err := netip.ParseAddr(name); err == nil {
			return w.placeOf(address), chain, true
		}
		name = strings.TrimPrefix(dnsname.Normalise(name), "dualstack.")
		if at, ok := w.assigned(name, from); ok {
			return at, chain, true
		}
		r := w.record(name, from)
		if r == nil {
			return place{}, chain, false
		}
		if name = cmp.Or(r.Alias, firstOf(r.Addresses)); name == "" {
			return place{}, chain, false
		}
		chain = append(chain, name)
	}
	return place{}, chain, false
}

// placeOf is the server at an address, or the address alone.
func (w *walker) placeOf(a netip.Addr) place {
	s := find(w.plan.Servers, func(s *Server) bool {
		return slices.ContainsFunc(s.Addresses, func(text string) bool {
			own, err := netip.ParseAddr(text)
			return err == nil && own == a
		})
	})
	return place{server: s, address: a}
}

// assigned is the distribution, load balancer or bucket to which AWS assigned the name. Without IPv6
// there is no AAAA record for it.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-cloudfront-distribution.html
func (w *walker) assigned(name string, from peer) (place, bool) {
	if name == "" {
		return place{}, false
	}
	if e := find(w.plan.Distributions, func(e *Distribution) bool { return dnsname.Normalise(e.DomainName) == name }); e != nil {
		return place{distribution: e}, e.IPv6 || !from.v6()
	}
	if b := find(w.plan.LoadBalancers, func(b *LoadBalancer) bool { return dnsname.Normalise(b.DNSName) == name }); b != nil {
		return place{loadBalancer: b}, b.DualStack || !from.v6()
	}
	if b := find(w.plan.Buckets, func(b *Bucket) bool { return b.is(name) }); b != nil {
		return place{bucket: b}, !from.v6()
	}
	return place{}, false
}

// record is the one that answers for name. The most specific zone that has the
// name is asked and no other: inside the VPC a private one before a public one.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
func (w *walker) record(name string, from peer) *Record {
	apex, private := w.zone(name, from)
	at := w.owner(name, apex, private)
	family := from.family()
	return find(w.plan.Records, func(r *Record) bool {
		return r.in(apex, private) && dnsname.Normalise(r.Name) == at && (r.Type == RecordCNAME || r.Type == family)
	})
}

// zone is the apex of the zone that is asked, and whether it is private.
func (w *walker) zone(name string, from peer) (apex string, private bool) {
	for _, r := range w.plan.Records {
		if !dnsname.Within(name, r.Zone) || r.PrivateZone && !from.inside {
			continue
		}
		if r.PrivateZone && !private || r.PrivateZone == private && len(r.Zone) > len(apex) {
			apex, private = r.Zone, r.PrivateZone
		}
	}
	return apex, private
}

// owner is the name whose records answer for name: its own when it exists, which
// it does as soon as there is a record below it; or else the wildcard below the
// closest name that exists.
// Sourced: https://www.rfc-editor.org/rfc/rfc4592#section-3.3.1
func (w *walker) owner(name, apex string, private bool) string {
	closest := apex
	for _, r := range w.plan.Records {
		c := common(name, dnsname.Normalise(r.Name))
		if r.in(apex, private) && len(c) > len(closest) {
			closest = c
		}
	}
	if closest == name {
		return name
	}
	return "*." + closest
}

// common is the longest name that two names are at or below.
func common(a, b string) string {
	for a != "" && !dnsname.Within(b, a) {
		_, a, _ = strings.Cut(a, ".")
	}
	return a
}

func (r *Record) in(apex string, private bool) bool {
	return r.PrivateZone == private && r.Zone == apex
}

func firstOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
