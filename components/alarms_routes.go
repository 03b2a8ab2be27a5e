package components

import "fmt"

// routesOf are the routes of load balancers and services, and further ones, each once.
func routesOf(loadBalancers []*SecuredALB, services []*PrivateFargateService, further []*ServiceRoute) []*ServiceRoute {
	var all []*ServiceRoute
	seen := map[*ServiceRoute]bool{}
	add := func(routes ...*ServiceRoute) {
		for _, r := range routes {
			if r != nil && !seen[r] {
				all, seen[r] = append(all, r), true
			}
		}
	}
	for _, b := range loadBalancers {
		add(b.routes.all()...)
	}
	for _, s := range services {
		add(s.routes()...)
	}
	add(further...)
	return all
}

// routesRegistered refuses a route that has no target group yet, which would not be watched,
// and two of one name, after which alarms are named.
func routesRegistered(routes []*ServiceRoute) error {
	names := map[string]bool{}
	for _, r := range routes {
		switch {
		case r.TargetGroup == nil:
			return fmt.Errorf("must have routes that are registered, got route %q, which is not yet: "+
				"call Register after that of everything that is watched", r.name)
		case names[r.name]:
			return fmt.Errorf("must have routes that differ in their names, got %q twice; rename one", r.name)
		}
		names[r.name] = true
	}
	return nil
}
