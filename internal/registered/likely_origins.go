package registered

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// likelyOrigins stand for origins that are encrypted as a whole, under each ID that is asked.
// A bucket whose policy names the distribution is what behaviours ask that do not let POST
// pass, and the fallback of the other origin, which is the one name that leads to a load
// balancer or a server.
func (r *reader) likelyOrigins(d *resource) []requestpath.Origin {
	const exact = "`pulumi stack export --show-secrets` says it, and no secret is printed or kept here"
	names := r.originNames()
	if len(names) != 1 {
		r.note(d, "origins", fmt.Sprintf("the origins are encrypted, and %d names could be the origin's (%s); %s",
			len(names), strings.Join(names, ", "), exact))
		return nil
	}
	service, bucket := r.likelyService(names[0]), r.likelyBucket(d)
	as := fmt.Sprintf("taken for one origin %s, %s, with %s", names[0], service.ProtocolPolicy, wantedHeader(r.values.secretHeader()))
	var out []requestpath.Origin
	for _, id := range askedOrigins(d) {
		origin := service
		if bucket.S3 && !carriesPOST(d, id) {
			origin = bucket
			as += ", and " + id + " for the bucket at " + bucket.DomainName
		}
		origin.ID = id
		out = append(out, origin)
	}
	r.note(d, "origins", "they are encrypted: "+as+"; "+exact)
	return out
}

// likelyService is the origin of a name, asked over HTTPS if it speaks that, with the header
// that rules want.
func (r *reader) likelyService(name string) requestpath.Origin {
	header := r.values.secretHeader()
	origin := requestpath.Origin{
		DomainName: name, ProtocolPolicy: requestpath.HTTPOnly,
		Headers: []requestpath.Header{{Name: header, Value: r.values.secretID(header)}},
	}
	if r.speaksHTTPS(r.end(name)) {
		origin.ProtocolPolicy = requestpath.HTTPSOnly
	}
	return origin
}

// likelyBucket is a bucket whose policy names the distribution; no S3 origin without one.
func (r *reader) likelyBucket(d *resource) requestpath.Origin {
	for _, policy := range r.all[typeBucketPolicy] {
		if !strings.Contains(policy.str("policy"), d.str("arn")) {
			continue
		}
		for _, kind := range bucketTypes {
			if b := r.one(kind, policy.str("bucket")); b != nil {
				return requestpath.Origin{DomainName: b.str("bucketRegionalDomainName"), S3: true, AccessControl: requestpath.SignAlways}
			}
		}
	}
	return requestpath.Origin{}
}

// askedOrigins are the IDs of the origins that behaviours ask, those in groups too.
func askedOrigins(d *resource) []string {
	groups := map[string][]string{}
	for _, g := range d.blocks("originGroups") {
		groups[g.str("originId")] = pluck(g.blocks("members"), "originId")
	}
	var ids []string
	for _, b := range behaviorBlocks(d) {
		if members := groups[b.str("targetOriginId")]; members != nil {
			ids = append(ids, members...)
		} else {
			ids = append(ids, b.str("targetOriginId"))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// carriesPOST says that an origin is asked by a behaviour that lets POST pass, or is the
// primary one of a group.
func carriesPOST(d *resource, id string) bool {
	return slices.ContainsFunc(behaviorBlocks(d), func(b object) bool {
		return b.str("targetOriginId") == id && slices.Contains(b.strs("allowedMethods"), "POST")
	}) || slices.ContainsFunc(d.blocks("originGroups"), func(g object) bool {
		members := pluck(g.blocks("members"), "originId")
		return len(members) > 0 && members[0] == id
	})
}

func behaviorBlocks(d *resource) []object {
	return append([]object{d.block("defaultCacheBehavior")}, d.blocks("orderedCacheBehaviors")...)
}

// originNames lead to a load balancer or a server; without any, the load balancers' own.
func (r *reader) originNames() []string {
	var names, own []string
	for _, b := range r.Plan.LoadBalancers {
		names, own = append(names, r.leading(b.DNSName)...), append(own, b.DNSName)
	}
	for _, s := range r.Plan.Servers {
		names = append(names, r.leading(s.Addresses...)...)
	}
	if names = present(names); len(names) == 0 {
		return own
	}
	slices.Sort(names)
	return slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "*.") })
}

func (r *reader) speaksHTTPS(end string) bool {
	if b := find(r.Plan.LoadBalancers, func(b *requestpath.LoadBalancer) bool { return strings.EqualFold(b.DNSName, end) }); b != nil {
		return slices.ContainsFunc(b.Listeners, func(l requestpath.Listener) bool { return l.Port == awstable.HTTPSPort })
	}
	s := r.serverAt(end)
	return s != nil && slices.ContainsFunc(s.Listeners, func(l requestpath.ServerListener) bool { return l.Port == awstable.HTTPSPort })
}
