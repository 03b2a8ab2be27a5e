package alb

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/waf"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are what a load balancer needs besides its own resource.
type Options struct {
	// Account has its listeners with their rules and certificates, and its target
	// groups with their targets.
	Account *account.Resources
	// Public and Private are its addresses, which are not registered anywhere. It
	// connects to its targets from the first private one, which is required.
	Public, Private []netip.Addr
	// Certificates are the certificates by ARN, parsed. A listener's certificate that
	// is missing is an error.
	Certificates map[string]*tls.Certificate
	// Health is the health of targets by their id, whatever their health check
	// finds: server.Unhealthy or server.Draining. Default: the check decides.
	Health map[string]string
	// WebACL is asked about every request. Default: none, everything passes.
	WebACL *waf.ACL
	// Sink gets the events. Default: none.
	Sink wire.Sink
	// AccessLog gets the lines of the access log and the connection log. Default: none.
	AccessLog accesslog.Sink
}

// Running is a load balancer that serves.
type Running struct {
	network    *wire.Network
	registered account.LoadBalancer
	opts       Options
	source     wire.Source // of its connections to targets
	place      wire.Place
	groups     map[string]*group // by ARN
	ports      []*servedListener

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	once   sync.Once

	mu   sync.Mutex     // no request begins while ctx ends
	work sync.WaitGroup // requests, health checks and what listens
}

// Serve places a registered load balancer on the network, begins to check its
// targets, and listens on its ports. What the account refuses to register is not
// checked again. An error leaves nothing running behind.
func Serve(n *wire.Network, lb account.LoadBalancer, opts Options) (*Running, error) {
	if len(opts.Private) == 0 {
		return nil, fmt.Errorf("load balancer %q: it has no private address", lb.Name)
	}
	r := &Running{
		network: n, registered: lb, opts: opts, groups: map[string]*group{},
		place: wire.Place{
			Name: lb.Name, Addresses: slices.Concat(opts.Public, opts.Private), VPC: lb.VPCID, Groups: lb.SecurityGroups,
		},
		source: wire.Source{Kind: wire.KindLoadBalancer, Address: opts.Private[0], VPC: lb.VPCID, Groups: lb.SecurityGroups},
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	if err := r.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("load balancer %q: %w", lb.Name, err), r.Close())
	}
	return r, nil
}

// start makes what is needed of listeners and groups before anything runs.
func (r *Running) start() error {
	for _, l := range r.opts.Account.ListenersOf(r.registered.ARN) {
		p, err := r.newListener(l)
		if err != nil {
			return fmt.Errorf("listener on port %d: %w", l.Port, err)
		}
		r.ports = append(r.ports, p)
	}
	for _, g := range r.groups {
		for _, t := range g.targets {
			r.work.Go(func() { r.watch(g, t) })
		}
	}
	r.network.Place(r.place)
	for _, p := range r.ports {
		if err := p.open(); err != nil {
			return err
		}
	}
	return nil
}

// enter counts a request in, which Close waits for; false when it is closing.
func (r *Running) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return false
	}
	r.work.Add(1)
	return true
}

// seconds is how long a number of simulated seconds takes.
func (r *Running) seconds(n float64) time.Duration { return r.network.Clock().Seconds(n) }

// idle is how long a connection may carry nothing.
func (r *Running) idle() time.Duration { return r.seconds(r.registered.IdleTimeout) }

// Close stops serving: listeners, connections to both sides, and health checks. It
// returns when requests and checks have ended. A second call does nothing.
func (r *Running) Close() error {
	r.mu.Lock()
	r.cancel()
	r.mu.Unlock()
	var err error
	r.once.Do(func() {
		for _, p := range r.ports {
			err = errors.Join(err, p.close())
		}
	})
	r.work.Wait()
	for _, g := range r.groups {
		for _, c := range g.connections {
			c.CloseIdleConnections()
		}
	}
	return err
}
