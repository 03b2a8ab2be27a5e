package components

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/requestpath"
)

// rulesField is the place in plans where the rules of a listener are.
const rulesField = "loadBalancers.listeners.rules"

// shadows are the faults of a plan with the route: requests for it that one of the
// other routes takes, or the other way round.
func (c *ServiceRoute) shadows(p requestpath.Plan, others []*ServiceRoute) pathFindings {
	var f pathFindings
	for _, s := range requestpath.Shadows(p) {
		theirs := s.By
		if s.Rule != c.args.Priority {
			theirs = s.Rule
		}
		i := slices.IndexFunc(others, func(r *ServiceRoute) bool { return r.args.Priority == theirs })
		if i < 0 || s.Rule != c.args.Priority && s.By != c.args.Priority {
			continue
		}
		loses, takes := c, others[i]
		if s.By == c.args.Priority {
			loses, takes = others[i], c
		}
		f.add(pathFault{
			field: rulesField, text: shadowText(s, loses, takes), cause: fmt.Sprintf("%s %d %d", rulesField, s.Rule, s.By),
		})
	}
	return f
}

func shadowText(s requestpath.Shadow, loses, takes *ServiceRoute) string {
	what := "for the path " + s.Path + " of any host"
	if s.Host != "" {
		what = "for https://" + s.Host + s.Path
	}
	fix := fmt.Sprintf("give %q a priority below %d, or narrow the hosts or paths of %q", loses.name, s.By, takes.name)
	if slices.Equal(loses.args.Hosts, takes.args.Hosts) && slices.Equal(loses.args.Paths, takes.args.Paths) {
		fix = "give the two routes different hosts or paths"
	}
	return fmt.Sprintf("a request %s would be answered by route %q, whose priority %d comes first, and never by route %q of priority %d; fix: %s",
		what, takes.name, s.By, loses.name, s.Rule, fix)
}

// givenPriority is the priority unless it is the one that follows from the route.
func (c *ServiceRoute) givenPriority() string {
	if a := c.args; a.Priority != awsrule.PlannedPriority(c.name, a.Hosts, a.Paths) {
		return strconv.Itoa(a.Priority)
	}
	return ""
}

// checkShadowsOnAdopted checks the route against the others of the program on a
// listener that exists already. What rules of other stacks take is known to AWS alone.
func (c *ServiceRoute) checkShadowsOnAdopted(routes *listenerRoutes) error {
	others := slices.DeleteFunc(routes.all(), func(r *ServiceRoute) bool { return r == c })
	loadBalancer, _ := c.loadBalancer(adoptedListener{})
	var p requestpath.Plan
	loadBalancer.addTo(&p, nil, append(slices.Clone(others), c))
	return c.pathCheck("").report(c.shadows(p, others))
}
