package components

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"weak"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// routeClaims is what the routes of one program take on one listener, and AWS
// refuses to a second one only halfway through an update.
type routeClaims struct {
	mu sync.Mutex
	// priorities and targets map to the names of the routes.
	priorities map[int]string
	targets    map[routeTarget]string
}

// routeTarget is where a pair of security group rules leads to.
type routeTarget struct {
	group string
	port  int
}

// check says whether a route may take the priority, and open the way to the target,
// without taking them.
func (c *routeClaims) check(priority int, target routeTarget, name string) (priorityErr, targetErr error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.priorityFree(priority, name), c.targetFree(target)
}

// priorityFree: a second rule of the same priority is PriorityInUse.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
func (c *routeClaims) priorityFree(priority int, name string) error {
	owner, taken := c.priorities[priority]
	if !taken {
		return nil
	}
	free := priority + 1
	for c.priorities[free] != "" {
		free++
	}
	return fmt.Errorf("must be unique on the listener, got %d, which route %q has; give %q another, for example %d",
		priority, owner, name, free)
}

// targetFree: the same rule twice is InvalidPermission.Duplicate.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
func (c *routeClaims) targetFree(target routeTarget) error {
	owner, taken := c.targets[target]
	if !taken {
		return nil
	}
	return fmt.Errorf("must differ from the group of route %q on the same port, got %q and %d for both; "+
		"give these targets a group or a port of their own, or put all hosts and paths into one route",
		owner, target.group, target.port)
}

// count is how many routes there are.
func (c *routeClaims) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.priorities)
}

// claim takes the priority and the target for the route.
func (c *routeClaims) claim(priority int, target routeTarget, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := errors.Join(c.priorityFree(priority, name), c.targetFree(target)); err != nil {
		return err
	}
	if c.priorities == nil {
		c.priorities, c.targets = map[int]string{}, map[routeTarget]string{}
	}
	c.priorities[priority] = name
	if target.group != "" {
		c.targets[target] = name
	}
	return nil
}

// adoptedListenerKey is a listener that a program knows by its ARN only. The
// program's context keeps two programs in one process apart.
type adoptedListenerKey struct {
	ctx weak.Pointer[pulumi.Context]
	arn string
}

// adoptedClaims holds the claims on adopted listeners. They go when their
// program's context does.
var adoptedClaims sync.Map

// claimsOnAdopted returns the claims that all routes of this program make on the
// listener of the ARN.
func claimsOnAdopted(ctx *pulumi.Context, arn string) *routeClaims {
	key := adoptedListenerKey{ctx: weak.Make(ctx), arn: arn}
	claims, known := adoptedClaims.LoadOrStore(key, &routeClaims{})
	if !known {
		runtime.AddCleanup(ctx, func(k adoptedListenerKey) { adoptedClaims.Delete(k) }, key)
	}
	return claims.(*routeClaims)
}
