// Package dns is Route 53 of the local AWS: hosted zones, a resolver over them,
// and a server on loopback.
package dns

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// Record is a record set of a hosted zone.
type Record struct {
	// Name is the full name; it may begin with "*.".
	Name string
	// Type is A, AAAA, CNAME, TXT, CAA or another one that has a text form.
	Type string
	// TTL is in seconds. Default: 60, which is also that of an alias.
	TTL int
	// Values are in Route 53's form. Those of TXT may lack the outer quotes, as
	// with the provider.
	Values []string
	// Alias is the name whose addresses the record has, instead of Values.
	Alias string
}

// Zone is a hosted zone.
type Zone struct {
	ID   string
	Name string
	// Private says that only the VPC sees it. Default: false.
	Private bool
	// NameServers are those in its NS record. Default: one of the local AWS.
	NameServers []string
	Records     []Record
}

// aliasTTL is the TTL of an alias.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
const aliasTTL = 60

// set is a parsed record set. The owner of its records is set when they are asked
// for.
type set struct {
	alias string
	rrs   []dns.RR
}

// zone is a hosted zone with its record sets by name and type.
type zone struct {
	id, name string
	private  bool
	sets     map[string]map[string]set
}

// Zones are the hosted zones of an account, and AWS's own. The methods may be called
// from several goroutines.
type Zones struct {
	mu    sync.RWMutex
	zones []*zone
}

// New parses hosted zones. assigned are the names that AWS gave to distributions
// and load balancers, with their addresses. A value that does not fit its type is an
// error.
func New(zones []Zone, assigned map[string][]netip.Addr) (*Zones, error) {
	z := &Zones{}
	for _, in := range slices.Concat(zones, zonesOfAWS(assigned)) {
		one := &zone{id: in.ID, name: dns.CanonicalName(in.Name), private: in.Private, sets: map[string]map[string]set{}}
		for _, r := range append(apex(in), in.Records...) {
			s, err := parse(r)
			if err != nil {
				return nil, fmt.Errorf("zone %s: %w", in.Name, err)
			}
			one.put(r.Name, r.Type, s)
		}
		z.zones = append(z.zones, one)
	}
	return z, nil
}

// zonesOfAWS are the zones in which AWS assigns names, such as cloudfront.net.
func zonesOfAWS(assigned map[string][]netip.Addr) []Zone {
	byName := map[string]Zone{}
	for name, addresses := range assigned {
		labels := dns.SplitDomainName(dns.CanonicalName(name))
		parent := strings.Join(labels[max(0, len(labels)-2):], ".")
		z := byName[parent]
		z.ID, z.Name, z.Records = parent, parent, append(z.Records, addressRecords(name, addresses)...)
		byName[parent] = z
	}
	var out []Zone
	for _, z := range byName {
		out = append(out, z)
	}
	return out
}

// addressRecords are the records of a name that AWS assigned. That of a load balancer
// also resolves with "dualstack." before it.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
func addressRecords(name string, addresses []netip.Addr) []Record {
	v4, v6 := Record{Name: name, Type: "A"}, Record{Name: name, Type: "AAAA"}
	for _, a := range addresses {
		if a.Is4() {
			v4.Values = append(v4.Values, a.String())
		} else {
			v6.Values = append(v6.Values, a.String())
		}
	}
	if !dns.IsSubDomain("elb.amazonaws.com.", dns.CanonicalName(name)) {
		return []Record{v4, v6}
	}
	return []Record{
		v4, {Name: "dualstack." + name, Type: "A", Alias: name},
		v6, {Name: "dualstack." + name, Type: "AAAA", Alias: name},
	}
}

// apex are the two records that every hosted zone has.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
func apex(z Zone) []Record {
	var servers []string
	for _, s := range z.NameServers {
		servers = append(servers, dns.Fqdn(s))
	}
	if len(servers) == 0 {
		servers = []string{"ns-1.awsdns-00.com."}
	}
	return []Record{
		{Name: z.Name, Type: "NS", TTL: 172800, Values: servers},
		{Name: z.Name, Type: "SOA", TTL: 900, Values: []string{servers[0] + " awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}},
	}
}

func parse(r Record) (set, error) {
	if r.Alias != "" {
		return set{alias: r.Alias}, nil
	}
	var s set
	for _, v := range r.Values {
		rr, err := dns.NewRR(fmt.Sprintf("owner. %d IN %s %s", cmp.Or(r.TTL, aliasTTL), r.Type, zoneFileValue(r.Type, v)))
		if err != nil || rr == nil {
			return set{}, fmt.Errorf("record %s of type %s: a value is not valid", r.Name, r.Type)
		}
		s.rrs = append(s.rrs, rr)
	}
	return s, nil
}

func (z *zone) put(name, kind string, s set) {
	name = dns.CanonicalName(name)
	if z.sets[name] == nil {
		z.sets[name] = map[string]set{}
	}
	z.sets[name][strings.ToUpper(kind)] = s
}

// Set creates a record set with values, or replaces the one of that name and type.
// An unknown zone, a name outside it or a value that does not fit the type is an
// error.
func (z *Zones) Set(zoneID, name, recordType string, values []string) error {
	s, err := parse(Record{Name: name, Type: recordType, Values: values})
	if err != nil {
		return err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	in, err := z.byID(zoneID)
	if err != nil {
		return err
	}
	if !dns.IsSubDomain(in.name, dns.CanonicalName(name)) {
		return fmt.Errorf("record %s is not in zone %s", name, in.name)
	}
	in.put(name, recordType, s)
	return nil
}

// Delete deletes a record set, if there is one. An unknown zone is an error.
func (z *Zones) Delete(zoneID, name, recordType string) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	in, err := z.byID(zoneID)
	if err != nil {
		return err
	}
	name = dns.CanonicalName(name)
	delete(in.sets[name], strings.ToUpper(recordType))
	if len(in.sets[name]) == 0 {
		delete(in.sets, name)
	}
	return nil
}

func (z *Zones) byID(id string) (*zone, error) {
	i := slices.IndexFunc(z.zones, func(one *zone) bool { return one.id == id })
	if i < 0 {
		return nil, fmt.Errorf("there is no hosted zone %s", id)
	}
	return z.zones[i], nil
}
