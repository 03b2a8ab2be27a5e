package registered

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/requestpath"
)

// readRecords describes the records that lead somewhere: A, AAAA and CNAME. No
// request asks for those of certification authorities, which begin with "_".
func (r *reader) readRecords() {
	sets := map[[2]string][]*resource{}
	for _, record := range r.all[typeRecord] {
		kind, name := record.str("type"), r.recordName(record)
		if leadsSomewhere(kind, name) {
			key := [2]string{name, kind + " " + record.str("zoneId")}
			sets[key] = append(sets[key], record)
		}
	}
	noted := map[string]bool{}
	byKey := func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }
	for _, key := range slices.SortedFunc(maps.Keys(sets), byKey) {
		record := r.answering(sets[key])
		if id := record.str("zoneId"); r.one(typeZone, id) == nil && !noted[id] {
			noted[id] = true
			r.note(record, "zoneId", "the zone "+id+" is not among the resources: it is taken for a public one")
		}
		described := r.record(record, key[0])
		if described.Alias == "" {
			described.Addresses = record.strs("records")
		}
		r.Plan.Records = append(r.Plan.Records, described)
	}
	r.readOthers()
}

// record describes that the name exists, and what it is an alias of.
func (r *reader) record(record *resource, name string) requestpath.Record {
	return requestpath.Record{
		Name: name, Type: record.str("type"), Alias: aliasOf(record),
		Zone: r.zoneOf(record, name), PrivateZone: r.private(record.str("zoneId")),
	}
}

func leadsSomewhere(kind, name string) bool {
	known := kind == requestpath.RecordA || kind == requestpath.RecordAAAA || kind == requestpath.RecordCNAME
	return known && !strings.HasPrefix(name, "_")
}

// readOthers describes that names exist, by records of any type, where a wildcard
// would answer for names that do not.
// Sourced: https://www.rfc-editor.org/rfc/rfc4592#section-2.2.2
func (r *reader) readOthers() {
	described := len(r.Plan.Records)
	for _, record := range r.all[typeRecord] {
		name := r.recordName(record)
		exists := func(known requestpath.Record) bool { return known.Name == name }
		wild := func(known requestpath.Record) bool {
			return dnsname.IsWildcard(known.Name) && dnsname.Within(name, dnsname.Base(known.Name)) && name != dnsname.Base(known.Name)
		}
		if !slices.ContainsFunc(r.Plan.Records, exists) && slices.ContainsFunc(r.Plan.Records[:described], wild) {
			r.Plan.Records = append(r.Plan.Records, r.record(record, name))
		}
	}
}

// zoneOf is the name of the record's zone, "" when it is what a plan takes it for.
func (r *reader) zoneOf(record *resource, name string) string {
	if apex := r.apexOf(record); apex != requestpath.DefaultZone(name) {
		return apex
	}
	return ""
}

// apexOf is the name of the record's zone, "" when that is not among the resources.
func (r *reader) apexOf(record *resource) string {
	return dnsname.Normalise(r.get(typeZone, record.str("zoneId")).str("name"))
}

// recordName is the whole name: a program may give the part before the zone's.
func (r *reader) recordName(record *resource) string {
	name := dnsname.Normalise(strings.ReplaceAll(cmp.Or(record.str("fqdn"), record.str("name")), `\052`, "*"))
	apex := r.apexOf(record)
	if apex == "" || record.str("fqdn") != "" || dnsname.Within(name, apex) {
		return name
	}
	return strings.TrimPrefix(name+"."+apex, ".")
}

func aliasOf(record *resource) string {
	if alias := record.block("aliases"); alias != nil {
		return dnsname.Normalise(alias.str("name"))
	}
	if values := record.strs("records"); record.str("type") == requestpath.RecordCNAME && len(values) > 0 {
		return dnsname.Normalise(values[0])
	}
	return ""
}

// answering is the record of a set that is described: primary, or the heaviest.
func (r *reader) answering(set []*resource) *resource {
	best := set[0]
	rank := func(record *resource) int {
		if record.block("failoverRoutingPolicies").str("type") == "PRIMARY" {
			return 1
		}
		return record.block("weightedRoutingPolicies").num("weight")
	}
	for _, record := range set[1:] {
		if rank(record) > rank(best) {
			best = record
		}
	}
	if len(set) > 1 {
		r.note(best, "setIdentifier", "several records answer for "+r.recordName(best)+
			" by a routing policy; requests are walked by "+cmp.Or(best.str("setIdentifier"), "this one"))
	}
	return best
}

// private says whether a zone is hidden from everybody outside a VPC.
func (r *reader) private(id string) bool {
	zone := r.one(typeZone, id)
	return zone != nil && (len(zone.blocks("vpcs")) > 0 || len(r.where("aws:route53/zoneAssociation:ZoneAssociation", "zoneId", id)) > 0)
}

// leading are the names of records that lead to one of the names or addresses.
func (r *reader) leading(to ...string) []string {
	var names []string
	for _, record := range r.Plan.Records {
		if !slices.Contains(names, record.Name) && slices.Contains(to, r.end(record.Name)) {
			names = append(names, record.Name)
		}
	}
	return names
}

// end is what a name leads to: a name that has no record, or an address.
func (r *reader) end(name string) string {
	for range 10 {
		name = clean(name)
		record := find(r.Plan.Records, func(c *requestpath.Record) bool { return c.Name == name && c.Type != requestpath.RecordAAAA })
		if record == nil {
			return name
		}
		if record.Alias == "" {
			return strings.Join(record.Addresses[:min(1, len(record.Addresses))], "")
		}
		name = record.Alias
	}
	return name
}
