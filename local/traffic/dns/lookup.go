package dns

import (
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// maxSteps is how many aliases and CNAMEs in a row are followed; a longer chain is a
// loop.
const maxSteps = 10

// answer is the answer to a question.
type answer struct {
	// code is dns.RcodeSuccess, also when the name has no records of the type asked
	// for, dns.RcodeNameError, or dns.RcodeRefused for a name outside all zones.
	code int
	rrs  []dns.RR
	// authority is the SOA record of the zone that has no records of that type.
	authority []dns.RR
}

// Lookup returns the IPv4 addresses of a name, or the IPv6 ones, as a resolver on the
// internet or in the VPC finds them. ok is false when it finds none.
func (z *Zones) Lookup(name string, v6, inVPC bool) (addrs []netip.Addr, ok bool) {
	kind := dns.TypeA
	if v6 {
		kind = dns.TypeAAAA
	}
	for _, rr := range z.ask(name, kind, inVPC).rrs {
		var ip net.IP
		switch rr := rr.(type) {
		case *dns.A:
			ip = rr.A.To4()
		case *dns.AAAA:
			ip = rr.AAAA
		}
		if a, ok := netip.AddrFromSlice(ip); ok {
			addrs = append(addrs, a)
		}
	}
	return addrs, len(addrs) > 0
}

// ask answers a question, following CNAMEs.
func (z *Zones) ask(name string, kind uint16, inVPC bool) answer {
	z.mu.RLock()
	defer z.mu.RUnlock()
	var out answer
	for range maxSteps {
		in := z.zoneOf(name, inVPC)
		if in == nil {
			if len(out.rrs) == 0 {
				out.code = dns.RcodeRefused
			}
			return out // a CNAME may lead outside
		}
		found, exists := z.records(in, name, kind, inVPC, maxSteps)
		out.rrs = append(out.rrs, owned(name, found)...)
		if !exists {
			out.code = dns.RcodeNameError
		}
		if len(found) == 0 {
			out.authority = owned(in.name, in.sets[in.name]["SOA"].rrs)
			return out
		}
		target, isCNAME := found[0].(*dns.CNAME)
		if !isCNAME || kind == dns.TypeCNAME {
			return out
		}
		name = target.Target
	}
	return answer{code: dns.RcodeServerFailure}
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

// records are the records of a name in a zone, of a type or CNAME, through aliases.
// left is how many more of them are followed. exists is false when there is no such
// name.
func (z *Zones) records(in *zone, name string, kind uint16, inVPC bool, left int) (rrs []dns.RR, exists bool) {
	sets, exists := in.at(dns.CanonicalName(name))
	s, ok := sets[dns.TypeToString[kind]]
	if !ok {
		s = sets["CNAME"]
	}
	if s.alias == "" {
		return s.rrs, exists
	}
	to := z.zoneOf(s.alias, inVPC)
	if to == nil || left == 0 {
		return nil, true
	}
	found, _ := z.records(to, s.alias, kind, inVPC, left-1)
	for _, rr := range owned(name, found) {
		rr.Header().Ttl = aliasTTL
		rrs = append(rrs, rr)
	}
	return rrs, true
}

// zoneOf is the zone that answers for a name: inside the VPC the most specific private
// one, even if it has no such record, or else the most specific public one.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
func (z *Zones) zoneOf(name string, inVPC bool) *zone {
	name = dns.CanonicalName(name)
	var best *zone
	for _, one := range z.zones {
		if !dns.IsSubDomain(one.name, name) || one.private && !inVPC {
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

// exists says whether a name, or one below it, has records.
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
