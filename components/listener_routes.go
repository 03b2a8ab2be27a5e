package components

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"weak"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/fault"
)

// listenerRoutes are the routes of one program on one listener. What one of them has
// there, AWS refuses to a second one only halfway through an update.
type listenerRoutes struct {
	mu     sync.Mutex
	routes []attachedRoute
}

type attachedRoute struct {
	*ServiceRoute
	target routeTarget
}

// routeTarget is where a pair of security group rules leads to; without group, which
// may not be known before an update, it is like no other.
type routeTarget struct {
	group string
	port  int
}

// all are the routes by their priorities.
func (r *listenerRoutes) all() []*ServiceRoute {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*ServiceRoute, len(r.routes))
	for i, route := range r.routes {
		all[i] = route.ServiceRoute
	}
	slices.SortFunc(all, func(a, b *ServiceRoute) int { return a.args.Priority - b.args.Priority })
	return all
}

// add attaches the route, unless another one has its priority or its target.
func (r *listenerRoutes) add(c *ServiceRoute) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := c.owner.faults()
	r.checkLocked(l, c.args, c.prefix, c.name)
	if err := l.Err(); err != nil {
		return err
	}
	r.routes = append(r.routes, attachedRoute{c, c.args.claimedTarget()})
	return nil
}

// check records what a route of these args cannot have.
func (r *listenerRoutes) check(l *fault.List, a *ServiceRouteArgs, prefix, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checkLocked(l, a, prefix, name)
}

func (r *listenerRoutes) checkLocked(l *fault.List, a *ServiceRouteArgs, prefix, name string) {
	l.Check(prefix+"priority", r.priorityFree(a.Priority, name))
	l.Check(prefix+"targetSecurityGroupId", r.targetFree(a.claimedTarget()))
}

// priorityFree: a second rule of the same priority is PriorityInUse.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
func (r *listenerRoutes) priorityFree(priority int, name string) error {
	owner := r.withPriority(priority)
	if owner < 0 {
		return nil
	}
	free := priority + 1
	for r.withPriority(free) >= 0 {
		free++
	}
	return fmt.Errorf("must be unique on the listener, got %d, which route %q has; give %q another, for example %d",
		priority, r.routes[owner].name, name, free)
}

func (r *listenerRoutes) withPriority(priority int) int {
	return slices.IndexFunc(r.routes, func(o attachedRoute) bool { return o.args.Priority == priority })
}

// targetFree: the same rule twice is InvalidPermission.Duplicate.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
func (r *listenerRoutes) targetFree(target routeTarget) error {
	owner := slices.IndexFunc(r.routes, func(o attachedRoute) bool { return o.target == target && target.group != "" })
	if owner < 0 {
		return nil
	}
	return fmt.Errorf("must differ from the group of route %q on the same port, got %q and %d for both; "+
		"give these targets a group or a port of their own, or put all hosts and paths into one route",
		r.routes[owner].name, target.group, target.port)
}

// adoptedListenerKey is a listener that a program knows by its ARN only. The
// program's context keeps two programs in one process apart.
type adoptedListenerKey struct {
	ctx weak.Pointer[pulumi.Context]
	arn string
}

// adoptedListeners holds the routes on listeners that exist already. They go when
// their program's context does. Nothing else is shared by two routes that each know
// the listener by its ARN.
var adoptedListeners sync.Map

// routesOnAdopted are the routes of this program on the listener of the ARN.
func routesOnAdopted(ctx *pulumi.Context, arn string) *listenerRoutes {
	key := adoptedListenerKey{ctx: weak.Make(ctx), arn: arn}
	routes, known := adoptedListeners.LoadOrStore(key, &listenerRoutes{})
	if !known {
		runtime.AddCleanup(ctx, func(k adoptedListenerKey) { adoptedListeners.Delete(k) }, key)
	}
	return routes.(*listenerRoutes)
}
