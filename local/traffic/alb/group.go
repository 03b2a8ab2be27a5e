package alb

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/portico-iac/portico/local/traffic/account"
)

// group is a target group at work.
type group struct {
	account.TargetGroup
	// connections are those to its targets, by the latest TLS version that they may
	// speak.
	connections map[uint16]*http.Transport

	mu      sync.Mutex
	targets []*target // that may get traffic
	turn    int
	changed chan struct{} // is closed when a target's health is found out
}

// groupFor is the target group with an ARN, to which a listener forwards.
func (r *Running) groupFor(l account.Listener, arn string) (*group, error) {
	g := r.groups[arn]
	if g == nil {
		registered, _ := r.opts.Account.TargetGroup(arn)
		targets, err := r.targetsOf(registered)
		if err != nil {
			return nil, fmt.Errorf("target group %q: %w", registered.Name, err)
		}
		g = &group{TargetGroup: registered, connections: map[uint16]*http.Transport{}, targets: targets, changed: make(chan struct{})}
		r.groups[arn] = g
	}
	latest := latestTowardsTargets(l.SSLPolicy)
	if g.connections[latest] == nil {
		g.connections[latest] = r.transport(g.ProtocolVersion, latest)
	}
	return g, nil
}

// choose is the target of the next request: the healthy ones in turn, and all of
// them in turn when none is. Nil when none may get traffic. As long as nothing is
// known of any target, it waits for the first checks.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// (that it waits is inferred: AWS does not say what a request meets before)
func (g *group) choose(ctx context.Context) *target {
	for len(g.targets) > 0 {
		g.mu.Lock()
		candidates, known := g.candidates()
		changed, turn := g.changed, g.turn
		if known {
			g.turn++
		}
		g.mu.Unlock()
		if known {
			return candidates[turn%len(candidates)]
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// candidates are the targets among which the next request goes round; false as long
// as that is not known.
func (g *group) candidates() ([]*target, bool) {
	var healthy []*target
	known := true
	for _, t := range g.targets {
		if t.healthy {
			healthy = append(healthy, t)
		}
		known = known && t.checked
	}
	if len(healthy) > 0 {
		return healthy, true
	}
	return g.targets, known || len(g.targets) == 1
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
	fresh := !t.everHealthy && t.failed < g.HealthCheck.UnhealthyThreshold
	switch {
	case passed && (fresh || t.passed >= g.HealthCheck.HealthyThreshold):
		t.healthy, t.everHealthy = true, true
	case !passed && t.failed >= g.HealthCheck.UnhealthyThreshold:
		t.healthy, t.everHealthy = false, true // from now on it needs several
	}
	t.checked = true
	close(g.changed)
	g.changed = make(chan struct{})
}
