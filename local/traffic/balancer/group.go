package balancer

import (
	"context"
	"net/netip"
	"sync"
)

// group is a target group at work.
type group struct {
	config TargetGroup
	pools  pools

	mu      sync.Mutex
	targets []*target
	turn    int
	changed chan struct{} // is closed when a target's health is found out
}

// target is a target with what its health checks found.
type target struct {
	Target
	at       netip.AddrPort
	override string // Unhealthy, Draining or ""

	checked, healthy bool
	everHealthy      bool
	passed, failed   int // in a row
}

// newGroup prepares a group.
func (r *Running) newGroup(config TargetGroup) *group {
	g := &group{config: config, pools: r.newPools(config), changed: make(chan struct{})}
	for _, t := range config.Targets {
		at := netip.AddrPortFrom(t.Address, uint16(t.Port))
		g.targets = append(g.targets, &target{Target: t, at: at, override: r.opts.Health[t.ID]})
	}
	return g
}

// choose is the target of the next request: the healthy ones in turn, and all of
// them in turn when none is. Nil when no target is registered, or all are unused or
// being deregistered. As long as nothing is known of any target, it waits for the
// first checks.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// (that it waits is inferred: AWS does not say what a request meets before)
func (g *group) choose(ctx context.Context) *target {
	for {
		g.mu.Lock()
		candidates, healthy, known := g.inService()
		if len(candidates) == 0 {
			g.mu.Unlock()
			return nil
		}
		if len(healthy) > 0 {
			candidates = healthy
		}
		if known || len(healthy) > 0 || len(candidates) == 1 {
			t := candidates[g.turn%len(candidates)]
			g.turn++
			g.mu.Unlock()
			return t
		}
		changed := g.changed
		g.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// inService are the targets that may get traffic, those of them that are healthy,
// and whether something is known of each.
func (g *group) inService() (all, healthy []*target, known bool) {
	known = true
	for _, t := range g.targets {
		if t.Unused != "" || t.override == Draining {
			continue
		}
		all = append(all, t)
		if t.healthy {
			healthy = append(healthy, t)
		}
		known = known && t.checked
	}
	return all, healthy, known
}

// recordCheck records the result of a health check. A target that is new needs one
// check that passes; later, several in a row change its state.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func (g *group) recordCheck(t *target, passed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if passed {
		t.passed, t.failed = t.passed+1, 0
	} else {
		t.passed, t.failed = 0, t.failed+1
	}
	fresh := !t.everHealthy && t.failed < g.config.Check.Unhealthy
	switch {
	case passed && (fresh || t.passed >= g.config.Check.Healthy):
		t.healthy, t.everHealthy = true, true
	case !passed && t.failed >= g.config.Check.Unhealthy:
		t.healthy, t.everHealthy = false, true // from now on it needs several
	}
	t.checked = true
	close(g.changed)
	g.changed = make(chan struct{})
}
