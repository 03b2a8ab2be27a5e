package registered

import (
	"cmp"
	"slices"
	"time"

	"github.com/portico-iac/portico/internal/dnsname"
)

// Read describes what the resources make of a request.
//
// Names in the plan are AWS's: load balancers and target groups have their own, a
// distribution has its id, a server the instance's id or the ECS service's name, a
// security group its id. Values of headers that a distribution adds are
// replaced by "value-1" and so on, equal ones by equal ones, here and in the rules
// that look at those headers; Header does so with a request's.
//
// What a request could meet and a plan cannot describe is in the notes. An error
// names what is described wrongly by any plan.
func Read(resources []Resource, o Options) (*Model, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	r := &reader{Model: Model{values: newValues(), rules: map[place]string{}}, options: o, all: map[string][]*resource{}, stands: map[string][]string{},
		webACLs: map[*resource]string{}, webACLNames: map[string]bool{}}
	for i := range resources {
		one := &resources[i]
		kind := one.Kind()
		r.all[kind] = append(r.all[kind], &resource{object: one.State, kind: kind, id: one.ID, name: one.Name})
	}
	for _, same := range r.all {
		slices.SortStableFunc(same, func(a, b *resource) int { return cmp.Compare(a.id, b.id) })
	}
	r.noteUndescribed()
	r.readRecords()
	r.readGroups()
	r.readHeaders()
	r.readInstances()
	r.readTargetGroups()
	r.readServices()
	r.readAttachments()
	if err := r.readLoadBalancers(); err != nil {
		return nil, err
	}
	if err := r.readDistributions(); err != nil {
		return nil, err
	}
	r.readBuckets()
	r.readNetworkACLs()
	r.readAlarms()
	r.servers, r.services = r.serverNames()
	r.least, r.most = r.bounds()
	for _, zone := range r.all[typeZone] {
		r.zones = append(r.zones, dnsname.Normalise(zone.str("name")))
	}
	for _, name := range append(pluck(r.all[typeDistribution], "domainName"), pluck(r.all[typeLoadBalancer], "dnsName")...) {
		r.assigned = append(r.assigned, clean(name))
	}
	for _, b := range r.Plan.Buckets {
		r.assigned = append(r.assigned, clean(b.DomainName))
	}
	return &r.Model, nil
}

// reader is one reading in progress.
type reader struct {
	Model
	options Options
	all     map[string][]*resource
	// The rules of the groups in open and the addresses in standIns are not known.
	open, standIns []string
	// groups are the target groups by ARN, with what is known beside the plan.
	groups map[string]*targetGroup
	// stands are the subnets of a server, by its name in the plan, as far as they are known.
	stands map[string][]string
	// webACLs are the names in the plan of those that are described.
	webACLs     map[*resource]string
	webACLNames map[string]bool
}

// one is the resource of a type that a reference is to, or nil.
func (r *reader) one(kind, reference string) *resource {
	if i := slices.IndexFunc(r.all[kind], func(candidate *resource) bool { return candidate.is(reference) }); i >= 0 {
		return r.all[kind][i]
	}
	return nil
}

// get is the state of the resource that one returns, empty when there is none.
func (r *reader) get(kind, reference string) object {
	if found := r.one(kind, reference); found != nil {
		return found.object
	}
	return nil
}

// find is the first element that matches, or nil.
func find[T any](all []T, matches func(*T) bool) *T {
	for i := range all {
		if matches(&all[i]) {
			return &all[i]
		}
	}
	return nil
}

// where are the resources of a type of which a property has a value.
func (r *reader) where(kind, property, value string) []*resource {
	return slices.DeleteFunc(slices.Clone(r.all[kind]), func(candidate *resource) bool { return candidate.str(property) != value })
}

// about are the resources of a type of which a property refers to the resource.
func (r *reader) about(kind, property string, of *resource) []*resource {
	return slices.DeleteFunc(slices.Clone(r.all[kind]), func(candidate *resource) bool { return !of.is(candidate.str(property)) })
}

// doubt is note for something that may change the outcome of a request.
func (r *reader) doubt(of *resource, property, text string) {
	r.add(Note{Resource: of.label(), Property: property, Text: text, unsure: true})
}

// note says once what the plan takes for granted.
func (r *reader) note(of *resource, property, text string) {
	r.add(Note{Resource: of.label(), Property: property, Text: text})
}

// leaveOut notes what is not in the plan, with the names that lead to it.
func (r *reader) leaveOut(of *resource, property, text string, names ...string) {
	r.add(Note{Resource: of.label(), Property: property, Text: text, Names: present(names)})
}

func (r *reader) add(n Note) {
	same := func(o Note) bool { return o.String() == n.String() && o.Path == n.Path }
	if !slices.ContainsFunc(r.Notes, same) {
		r.Notes = append(r.Notes, n)
	}
}
