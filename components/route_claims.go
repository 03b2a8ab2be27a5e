package components

import (
	"fmt"
	"runtime"
	"sync"
	"weak"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// routeClaims is the priorities that the routes of one program take on one
// listener. AWS refuses a second rule of the same priority (PriorityInUse), but
// only halfway through an update.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
type routeClaims struct {
	mu    sync.Mutex
	names map[int]string
}

// check says whether a route may take the priority, without taking it.
func (c *routeClaims) check(priority int, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.checkLocked(priority, name)
}

// claim takes the priority for the route.
func (c *routeClaims) claim(priority int, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.checkLocked(priority, name); err != nil {
		return err
	}
	if c.names == nil {
		c.names = map[int]string{}
	}
	c.names[priority] = name
	return nil
}

func (c *routeClaims) checkLocked(priority int, name string) error {
	owner, taken := c.names[priority]
	if !taken {
		return nil
	}
	free := priority + 1
	for c.names[free] != "" {
		free++
	}
	return fmt.Errorf("must be unique on the listener, got %d, which route %q has; give %q another, for example %d",
		priority, owner, name, free)
}

// adoptedListener is a listener that a program knows by its ARN only. The
// program's context keeps two programs in one process apart.
type adoptedListener struct {
	ctx weak.Pointer[pulumi.Context]
	arn string
}

// adoptedClaims holds the claims on adopted listeners. They go when their
// program's context does.
var adoptedClaims sync.Map

// claimsOnAdopted returns the claims that all routes of this program make on the
// listener of the ARN.
func claimsOnAdopted(ctx *pulumi.Context, arn string) *routeClaims {
	key := adoptedListener{ctx: weak.Make(ctx), arn: arn}
	claims, known := adoptedClaims.LoadOrStore(key, &routeClaims{})
	if !known {
		runtime.AddCleanup(ctx, func(k adoptedListener) { adoptedClaims.Delete(k) }, key)
	}
	return claims.(*routeClaims)
}
