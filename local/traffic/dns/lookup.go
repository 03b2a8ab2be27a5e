package dns

import (
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// maxSteps is how many aliases and CNAMEs in a row are followed; a longer row is a
// circle.
const maxSteps = 10

// answer is what a question gets.
type answer struct {
	rrs []dns.RR
	// code is dns.RcodeSuccess, also when there is the name and nothing of the type
	// asked for, dns.RcodeNameError, or dns.RcodeRefused for a name outside all zones.
	code int
	// zone is where the last name is looked up; nil when that is AWS's own.
	zone *zone
	// outside says that the last name is in no zone here.
	outside bool
}

// Lookup is the IPv4 addresses of a name, or the IPv6 ones, as a resolver on the
// internet or in the VPC finds them. ok is false when it finds none.
func (z *Zones) Lookup(name string, v6, inVPC bool) (addrs []netip.Addr, ok bool) {
	kind := dns.TypeA
	if v6 {
		kind = dns.TypeAAAA
	}
	for _, rr := range z.ask(name, kind, inVPC).rrs {
		switch rr := rr.(type) {
		case *dns.A:
			if a, ok := netip.AddrFromSlice(rr.A); ok {
				addrs = append(addrs, a.Unmap())
			}
		case *dns.AAAA:
			if a, ok := netip.AddrFromSlice(rr.AAAA); ok {
				addrs = append(addrs, a)
			}
		}
	}
	return addrs, len(addrs) > 0
}

// ask answers one question, following CNAMEs.
func (z *Zones) ask(name string, kind uint16, inVPC bool) answer {
	z.mu.RLock()
	defer z.mu.RUnlock()
	var before []dns.RR
	for range maxSteps {
		a := z.step(normal(name), kind, inVPC, maxSteps)
		found := owned(name, a.rrs)
		before = append(before, found...)
		target, isCNAME := last(found).(*dns.CNAME)
		if !isCNAME || kind == dns.TypeCNAME {
			if a.outside && len(before) > 0 {
				a.code = dns.RcodeSuccess // a CNAME that leads away
			}
			a.rrs = before
			return a
		}
		name = target.Target
	}
	return answer{code: dns.RcodeServerFailure}
}

func last(rrs []dns.RR) dns.RR {
	if len(rrs) == 0 {
		return nil
	}
	return rrs[len(rrs)-1]
}

// owned are copies of records under the name that was asked for.
func owned(name string, rrs []dns.RR) []dns.RR {
	var out []dns.RR
	for _, rr := range rrs {
		rr = dns.Copy(rr)
		rr.Header().Name = dns.Fqdn(name)
		out = append(out, rr)
	}
	return out
}

// step looks one name up, through aliases. left is how many more of them are
// followed.
func (z *Zones) step(name string, kind uint16, inVPC bool, left int) answer {
	if addresses, ok := z.assignedTo(name); ok {
		return answer{rrs: addressRRs(addresses, kind)}
	}
	in := z.zoneOf(name, inVPC)
	switch {
	case in == nil:
		return answer{code: dns.RcodeRefused, outside: true}
	case left == 0:
		return answer{code: dns.RcodeServerFailure, zone: in}
	}
	sets, exists := in.at(name)
	if !exists {
		return answer{code: dns.RcodeNameError, zone: in}
	}
	s, ok := sets[dns.TypeToString[kind]]
	if !ok {
		s = sets["CNAME"]
	}
	if s.alias == "" {
		return answer{rrs: s.rrs, zone: in}
	}
	to := z.step(s.alias, kind, inVPC, left-1)
	return answer{rrs: withTTL(to.rrs), zone: in}
}

// withTTL are records as an alias has them.
func withTTL(rrs []dns.RR) []dns.RR {
	out := owned("owner", rrs)
	for _, rr := range out {
		rr.Header().Ttl = aliasTTL
	}
	return out
}

// assignedTo are the addresses behind a name that AWS assigned.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
func (z *Zones) assignedTo(name string) ([]netip.Addr, bool) {
	addresses, ok := z.assigned[name]
	if rest, cut := strings.CutPrefix(name, "dualstack."); !ok && cut && strings.HasSuffix(name, ".elb.amazonaws.com") {
		addresses, ok = z.assigned[rest]
	}
	return addresses, ok
}

func addressRRs(addresses []netip.Addr, kind uint16) []dns.RR {
	var out []dns.RR
	for _, a := range addresses {
		h := dns.RR_Header{Name: "owner.", Rrtype: kind, Class: dns.ClassINET, Ttl: aliasTTL}
		switch {
		case kind == dns.TypeA && a.Is4():
			out = append(out, &dns.A{Hdr: h, A: a.AsSlice()})
		case kind == dns.TypeAAAA && a.Is6():
			out = append(out, &dns.AAAA{Hdr: h, AAAA: a.AsSlice()})
		}
	}
	return out
}

// zoneOf is the zone that answers for a name: the most specific private one for
// who is in the VPC, even if it has no such record, or else the most specific
// public one.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
func (z *Zones) zoneOf(name string, inVPC bool) *zone {
	var best *zone
	for _, one := range z.zones {
		if !within(name, one.name) || one.private && !inVPC {
			continue
		}
		if best == nil || one.private && !best.private ||
			one.private == best.private && len(one.name) > len(best.name) {
			best = one
		}
	}
	return best
}

// at are the record sets at a name, by type. A wildcard stands for names that do
// not exist, below the closest name that does. exists is false when there is
// neither.
// Sourced: https://www.rfc-editor.org/rfc/rfc4592#section-3.3.1
func (z *zone) at(name string) (sets map[string]set, exists bool) {
	if z.exists(name) {
		return z.sets[name], true
	}
	for parent := name; parent != z.name; {
		_, rest, cut := strings.Cut(parent, ".")
		if !cut {
			break
		}
		if parent = rest; z.exists(parent) {
			sets, exists = z.sets["*."+parent]
			return sets, exists
		}
	}
	return nil, false
}

// exists says whether a name has records or is between two that have.
func (z *zone) exists(name string) bool {
	if len(z.sets[name]) > 0 {
		return true
	}
	for owner := range z.sets {
		if strings.HasSuffix(owner, "."+name) {
			return true
		}
	}
	return false
}
