package registered

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/glob"
	"github.com/portico-iac/portico/requestpath"
)

// Model is the plan of some resources with what it leaves open.
type Model struct {
	// Plan has distributions with their default behaviours; see PlanFor.
	Plan  requestpath.Plan
	Notes []Note

	values *values
	// behaviours are those of the distributions, in the order in which they count.
	behaviours []behaviour
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

// behaviour is a distribution as requests for some paths meet it.
type behaviour struct {
	id string
	// pattern of the paths; "" is the default behaviour's.
	pattern string
	// distribution is nil when it cannot be described.
	distribution *requestpath.Distribution
}

// PlanFor is the plan for a request's path: of each distribution it has the
// behaviour that the path meets, which is the first one with a pattern that fits.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func (m *Model) PlanFor(path string) requestpath.Plan {
	path = cmp.Or(path, "/")
	plan := m.Plan
	plan.Distributions = nil
	seen := map[string]bool{}
	for _, b := range m.behaviours {
		if seen[b.id] || b.pattern != "" && !onPath(b.pattern, path) {
			continue
		}
		seen[b.id] = true
		if b.distribution != nil {
			plan.Distributions = append(plan.Distributions, *b.distribution)
		}
	}
	return plan
}

// Follow walks a request and its redirects through the plan for its path.
func (m *Model) Follow(request requestpath.Request) requestpath.Chain {
	return requestpath.Follow(m.PlanFor(request.Path), request)
}

// onPath says whether a behaviour's pattern fits a path; it may be written
// without the slash that every path begins with.
func onPath(pattern, path string) bool {
	return glob.Match(pattern, path) || glob.Match("/"+pattern, path)
}

// about says whether a note is about requests for the path.
func (n Note) about(path string) bool {
	return (n.Path == "" || onPath(n.Path, path)) &&
		!slices.ContainsFunc(n.except, func(pattern string) bool { return onPath(pattern, path) })
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
	plan := m.PlanFor(request.Path)
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
		behind[originServer(plan, e.Origin)] = true
	}
	plan.Servers = slices.DeleteFunc(slices.Clone(plan.Servers), func(s requestpath.Server) bool { return !behind[s.Name] })
	return plan
}

// originServer is the server that a distribution asks, "" when it asks something else.
func originServer(plan requestpath.Plan, o requestpath.Origin) string {
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
		if n.about(trace.Request.Path) && n.leaves(met...) {
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
