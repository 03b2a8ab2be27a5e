package registered

import (
	"cmp"
	"slices"

	"github.com/portico-iac/portico/internal/glob"
	"github.com/portico-iac/portico/requestpath"
)

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
