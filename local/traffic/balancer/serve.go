package balancer

import (
	"context"
	"errors"
	"fmt"
	"net/http/httputil"
	"slices"
	"sync"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// Running is a load balancer that serves.
type Running struct {
	network *wire.Network
	config  Balancer
	opts    Options
	source  wire.Source // of its connections to targets
	place   wire.Place
	groups  map[string]*group
	proxy   *httputil.ReverseProxy
	ports   []*servedListener

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	once   sync.Once

	mu      sync.Mutex
	closing bool
	work    sync.WaitGroup // everything that is going on
}

// Serve places a load balancer on the network, begins to check its targets, and
// listens on its ports. An error leaves nothing running behind.
func Serve(n *wire.Network, b Balancer, opts Options) (*Running, error) {
	if len(b.Private) == 0 {
		return nil, fmt.Errorf("load balancer %q: it has no private address", b.Name)
	}
	addresses := slices.Concat(b.Public, b.Private)
	r := &Running{
		network: n, config: b, opts: opts, groups: map[string]*group{},
		place:  wire.Place{Name: b.Name, Addresses: addresses, VPC: b.VPC, Groups: b.Groups},
		source: wire.Source{Kind: wire.KindBalancer, Address: b.Private[0], VPC: b.VPC, Groups: b.Groups},
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.proxy = r.newProxy()
	if err := r.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("load balancer %q: %w", b.Name, err), r.Close())
	}
	return r, nil
}

// start makes what is needed of listeners and groups before anything runs.
func (r *Running) start() error {
	for arn, config := range r.config.TargetGroups {
		r.groups[arn] = r.newGroup(config)
	}
	for _, l := range r.config.Listeners {
		p, err := r.newListener(l)
		if err != nil {
			return fmt.Errorf("listener on port %d: %w", l.Port, err)
		}
		r.ports = append(r.ports, p)
	}
	for _, g := range r.groups {
		r.watch(g)
	}
	r.network.Place(r.place)
	for _, p := range r.ports {
		if err := p.open(); err != nil {
			return err
		}
	}
	return nil
}

// enter counts something in that Close waits for; false when it is closing.
func (r *Running) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing {
		return false
	}
	r.work.Add(1)
	return true
}

// run does something in the background, unless it is closing.
func (r *Running) run(do func()) {
	if r.enter() {
		go func() {
			defer r.work.Done()
			do()
		}()
	}
}

// Close stops serving: listeners, connections to both sides, and health checks. It
// returns when all of them have ended. A second call does nothing.
func (r *Running) Close() error {
	var err error
	r.once.Do(func() {
		r.mu.Lock()
		r.closing = true
		r.mu.Unlock()
		r.cancel()
		for _, p := range r.ports {
			err = errors.Join(err, p.close())
		}
		r.work.Wait()
		for _, g := range r.groups {
			g.pools.close()
		}
	})
	return err
}
