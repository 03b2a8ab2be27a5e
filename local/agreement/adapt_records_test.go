package agreement

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// adaptRecords drops records that Route 53 would refuse because of an earlier one,
// and turns aliases whose target is not allowed into CNAMEs.
// Sourced: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
func adaptRecords(p *requestpath.Plan) {
	for i := range p.Records {
		p.Records[i].Type = cmp.Or(p.Records[i].Type, requestpath.RecordA)
	}
	dropDoubles(p)
	for changed := true; changed; {
		changed = false
		for i := range p.Records {
			r := &p.Records[i]
			if r.Alias != "" && r.Type != requestpath.RecordCNAME && !aliasable(p, *r) {
				r.Type, changed = requestpath.RecordCNAME, true // what was an alias of it may be none now
			}
		}
	}
	dropDoubles(p)
}

// dropDoubles keeps the first of records that collide.
func dropDoubles(p *requestpath.Plan) {
	var kept []requestpath.Record
	for _, r := range p.Records {
		if !slices.ContainsFunc(kept, func(o requestpath.Record) bool { return collide(o, r) }) {
			kept = append(kept, r)
		}
	}
	p.Records = kept
}

// collide says whether a zone can have only one of two records.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
func collide(a, b requestpath.Record) bool {
	alone := a.Type == requestpath.RecordCNAME || b.Type == requestpath.RecordCNAME
	return sameName(a.Name, b.Name) && a.PrivateZone == b.PrivateZone && (a.Type == b.Type || alone)
}

// aliasable says whether the record can be an alias: of a load balancer, of a distribution with
// its name among the aliases, or of a record in its zone and of its type.
func aliasable(p *requestpath.Plan, r requestpath.Record) bool {
	target := strings.TrimPrefix(r.Alias, "dualstack.")
	return slices.ContainsFunc(p.LoadBalancers, func(b requestpath.LoadBalancer) bool { return sameName(b.DNSName, target) }) ||
		slices.ContainsFunc(p.Distributions, func(e requestpath.Distribution) bool {
			return sameName(e.DomainName, target) && answersTo(e, r.Name)
		}) ||
		slices.ContainsFunc(p.Records, func(o requestpath.Record) bool {
			return sameName(o.Name, target) && o.Type == r.Type && o.PrivateZone == r.PrivateZone && !sameName(o.Name, r.Name) &&
				zoneOf(o.Name) == zoneOf(r.Name)
		})
}

// answersTo says whether a distribution has the name, or its wildcard, among its aliases.
func answersTo(e requestpath.Distribution, name string) bool {
	_, parent, _ := strings.Cut(name, ".")
	return slices.ContainsFunc(e.Aliases, func(a string) bool { return sameName(a, name) || sameName(a, "*."+parent) })
}

// zoneOf is the hosted zone for a name: its last two labels.
func zoneOf(name string) string {
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(name, ".")), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
