// Package dns is Route 53 of the local AWS: hosted zones, a resolver over them,
// and a server on loopback.
package dns

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// Record is one record set of a hosted zone.
type Record struct {
	// Name is the full name; it may begin with "*.".
	Name string
	// Type is A, AAAA, CNAME, TXT, CAA or another one that has a text form.
	Type string
	// TTL is in seconds. Default: 60, which is also that of an alias.
	TTL int
	// Values are as Route 53 has them. Those of TXT may lack the outer quotes, as
	// with the provider.
	Values []string
	// Alias is the name whose addresses the record has, in place of Values.
	Alias string
}

// Zone is one hosted zone.
type Zone struct {
	ID   string
	Name string
	// Private says that only the VPC sees it. Default: false.
	Private bool
	// NameServers are those in its NS record. Default: one of the local AWS.
	NameServers []string
	Records     []Record
}

// aliasTTL is how long answers of an alias are kept.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
const aliasTTL = 60

// set is a record set as it is kept: values are parsed, and their owner is that
// of the name asked for.
type set struct {
	alias string
	rrs   []dns.RR
}

// zone is a hosted zone as it is kept: by name, by type.
type zone struct {
	id, name string
	private  bool
	sets     map[string]map[string]set
}

// Zones are the hosted zones of an account, and the names that AWS assigned. The
// methods may be called from several goroutines.
type Zones struct {
	mu       sync.RWMutex
	zones    []*zone
	assigned map[string][]netip.Addr
}

// New makes hosted zones. assigned are the names that AWS gave to distributions
// and balancers, with their addresses; a balancer's also answers with "dualstack."
// before it. A value that is none of its type is an error.
func New(zones []Zone, assigned map[string][]netip.Addr) (*Zones, error) {
	z := &Zones{assigned: map[string][]netip.Addr{}}
	for name, addresses := range assigned {
		z.assigned[normal(name)] = addresses
	}
	for _, in := range zones {
		one := &zone{id: in.ID, name: normal(in.Name), private: in.Private, sets: map[string]map[string]set{}}
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

// apex are the two records that every hosted zone has.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
func apex(z Zone) []Record {
	servers := z.NameServers
	if len(servers) == 0 {
		servers = []string{"ns-1.awsdns-00.com"}
	}
	var names []string
	for _, s := range servers {
		names = append(names, dns.Fqdn(s))
	}
	return []Record{
		{Name: z.Name, Type: "NS", TTL: 172800, Values: names},
		{Name: z.Name, Type: "SOA", TTL: 900, Values: []string{soaOf(names[0])}},
	}
}

func soaOf(server string) string {
	return server + " awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
}

// normal is a name as it is kept: in lower case, without the dot at the end.
func normal(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func parse(r Record) (set, error) {
	if r.Alias != "" {
		return set{alias: normal(r.Alias)}, nil
	}
	ttl := r.TTL
	if ttl == 0 {
		ttl = aliasTTL
	}
	var s set
	for _, v := range r.Values {
		rr, err := dns.NewRR(fmt.Sprintf("owner. %d IN %s %s", ttl, r.Type, zoneFileValue(r.Type, v)))
		if err != nil || rr == nil {
			return set{}, fmt.Errorf("record %s of type %s: a value is not valid", r.Name, r.Type)
		}
		s.rrs = append(s.rrs, rr)
	}
	return s, nil
}

// zoneFileValue is a value as zone files have it: a dot is behind a name.
func zoneFileValue(kind, value string) string {
	switch strings.ToUpper(kind) {
	case "CNAME":
		return dns.Fqdn(value)
	case "TXT":
		return zoneFileText(value)
	}
	return value
}

// Text is the value of a TXT record as Route 53 has it, in quotes. The provider takes
// values without them and adds the outer ones: `a" "b` is two strings.
// Sourced: https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/
func Text(value string) string {
	if len(value) > 1 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
		return value
	}
	return `"` + value + `"`
}

// escape is a character behind a backslash, or its code.
var escape = regexp.MustCompile(`\\(?:[0-7]{3}|.)`)

// zoneFileText is the value of a TXT record as zone files have it. There the codes of
// characters are decimal, at Route 53 they are octal, and strings stand apart.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html,
// https://www.rfc-editor.org/rfc/rfc1035#section-5.1
func zoneFileText(value string) string {
	decimal := escape.ReplaceAllStringFunc(Text(value), func(e string) string {
		code, err := strconv.ParseUint(e[1:], 8, 8)
		if err != nil || len(e) < 4 {
			return e
		}
		return fmt.Sprintf(`\%03d`, code)
	})
	return apart(decimal)
}

// apart puts a space between strings that touch.
func apart(value string) string {
	var out strings.Builder
	inside, escaped := false, false
	for _, c := range []byte(value) {
		if c == '"' && !escaped {
			if inside = !inside; inside {
				out.WriteByte(' ')
			}
		}
		escaped = c == '\\' && !escaped
		out.WriteByte(c)
	}
	return out.String()
}

func (z *zone) put(name, kind string, s set) {
	name = normal(name)
	if z.sets[name] == nil {
		z.sets[name] = map[string]set{}
	}
	z.sets[name][strings.ToUpper(kind)] = s
}

// Set makes a record set with values, or replaces the one that has the name and
// type. An unknown zone, a name outside it or a value that is none of the type is
// an error.
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
	if !within(normal(name), in.name) {
		return fmt.Errorf("record %s is not in zone %s", name, in.name)
	}
	in.put(name, recordType, s)
	return nil
}

// Delete takes a record set away; one that is not there is gone already. An
// unknown zone is an error.
func (z *Zones) Delete(zoneID, name, recordType string) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	in, err := z.byID(zoneID)
	if err != nil {
		return err
	}
	delete(in.sets[normal(name)], strings.ToUpper(recordType))
	if len(in.sets[normal(name)]) == 0 {
		delete(in.sets, normal(name))
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

func within(name, parent string) bool {
	return name == parent || strings.HasSuffix(name, "."+parent)
}
