package registered

import (
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

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
