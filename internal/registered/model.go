package registered

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/requestpath"
)

// Model is the plan of some resources with what it leaves open.
type Model struct {
	Plan  requestpath.Plan
	Notes []Note

	values *values
	// zones are the names of the hosted zones, assigned those that AWS gave to
	// distributions and load balancers.
	zones, assigned []string
	// servers are the names by which Options.Servers may call servers, services
	// those of them that are ECS services'.
	servers, services []string
	// least and most bound what is not known: every security group whose own rules
	// are not known admits what is registered for it, or everything.
	least, most requestpath.Plan
	// rules are the labels of listener rules.
	rules map[place]string
	// silent are alarms that watch nothing.
	silent []Note
	// alternatives are what else may come of requests.
	alternatives []alternative
}

// Follow walks a request and its redirects through the plan.
func (m *Model) Follow(request requestpath.Request) requestpath.Chain {
	return requestpath.Follow(m.Plan, request)
}

// defaultBehavior is the path of notes about what applies when no pattern matches.
const defaultBehavior = "default"

// about says whether a note is about a request that is walked so.
func (n Note) about(trace requestpath.Trace) bool {
	return n.Path == "" || slices.ContainsFunc(trace.Hops, func(h requestpath.Hop) bool {
		return h.Kind == requestpath.HopDistribution && h.Rule == n.Path
	})
}

// Unsure are the notes because of which it cannot be known whether a request has
// the outcome that Follow predicts. It is empty when the outcome is judged alike and
// comes from the same resource, whether the rules and conditions that are not known
// admit and match nothing or everything, and when it is judged alike whatever network
// ACLs, authentication, weights and error pages do. An outcome that is not described
// is never known.
func (m *Model) Unsure(request requestpath.Request, judge func(requestpath.Chain) bool) []Note {
	out := append(m.bounded(request, judge), m.differing(request, judge)...)
	if chain := m.Follow(request); !described(chain) {
		out = append(out, Note{Resource: chain.Outcome.Field, Text: chain.Outcome.Why})
	}
	return out
}

// bounded are the notes about rules and conditions that are not known, if it matters.
func (m *Model) bounded(request requestpath.Request, judge func(requestpath.Chain) bool) []Note {
	unsure := slices.DeleteFunc(slices.Clone(m.Notes), func(n Note) bool { return !n.unsure })
	if len(unsure) == 0 {
		return nil
	}
	least, most := m.followIn(m.least, request), m.followIn(m.most, request)
	if judge(least) == judge(most) && described(least) == described(most) &&
		least.Outcome.Status == most.Outcome.Status && least.Outcome.ByName == most.Outcome.ByName {
		return nil
	}
	return unsure
}

func (m *Model) followIn(bound requestpath.Plan, request requestpath.Request) requestpath.Chain {
	plan := m.Plan
	plan.SecurityGroups, plan.Servers, plan.LoadBalancers = bound.SecurityGroups, bound.Servers, bound.LoadBalancers
	return requestpath.Follow(plan, request)
}

// Fronted is the plan without servers that neither a load balancer nor a distribution
// stands before: there is nothing that a request to those could get around.
func (m *Model) Fronted() requestpath.Plan {
	plan := m.Plan
	behind := map[string]bool{}
	for _, g := range plan.TargetGroups {
		for _, t := range g.Targets {
			behind[t.Server] = true
		}
	}
	for _, e := range plan.Distributions {
		for _, o := range e.Origins {
			behind[originServer(plan, o)] = true
		}
	}
	plan.Servers = slices.DeleteFunc(slices.Clone(plan.Servers), func(s requestpath.Server) bool { return !behind[s.Name] })
	return plan
}

// originServer is the server that a distribution asks, "" when it asks something else.
func originServer(plan requestpath.Plan, o requestpath.Origin) string {
	if o.VPCOrigin != "" {
		return o.VPCOrigin
	}
	trace := requestpath.Walk(plan, requestpath.Request{
		Scheme: requestpath.SchemeHTTPS, Name: o.DomainName, Port: o.HTTPSPort,
		From: requestpath.Source{Kind: requestpath.FromCloudFront}, IgnoreCertificate: true,
	})
	if hop := trace.Hop(requestpath.HopOrigin); hop != nil {
		return hop.Name
	}
	return ""
}

// Meets are the notes about something that is left out and that the request
// meets: its outcome is then not to be relied on. A name that does not resolve is
// such a thing when no zone among the resources has it.
func (m *Model) Meets(trace requestpath.Trace) []Note {
	var met, ends []string
	for _, h := range trace.Hops {
		if h.Kind == requestpath.HopDNS {
			names := lookedUp(h)
			met, ends = append(met, names...), append(ends, names[len(names)-1])
		}
	}
	var out []Note
	for _, n := range m.Notes {
		if n.about(trace) && n.leaves(met...) {
			out = append(out, n)
		}
	}
	for _, end := range ends {
		if !m.knows(end) && !slices.ContainsFunc(out, func(n Note) bool { return n.leaves(end) }) {
			out = append(out, Note{
				Resource: "DNS name " + end, Text: "no zone and nothing else among the resources has it, so what it leads to is not described",
				Names: []string{end},
			})
		}
	}
	return out
}

// leaves says whether one of the names leads to what the note says is left out.
func (n Note) leaves(names ...string) bool {
	return slices.ContainsFunc(n.Names, func(own string) bool { return slices.Contains(names, clean(own)) })
}

// lookedUp are the names and addresses of a look-up, in order.
func lookedUp(h requestpath.Hop) []string {
	names := []string{clean(h.Dialled)}
	for _, name := range strings.Split(h.Resolved, " -> ") {
		if name != "" {
			names = append(names, clean(name))
		}
	}
	return names
}

// knows says whether the resources decide what a name leads to.
func (m *Model) knows(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return slices.Contains(m.assigned, name) ||
		slices.ContainsFunc(m.zones, func(zone string) bool { return dnsname.Within(name, zone) })
}

func clean(name string) string { return strings.TrimPrefix(dnsname.Normalise(name), "dualstack.") }
