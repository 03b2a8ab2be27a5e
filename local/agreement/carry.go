package agreement

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// Carrier carries requests over what is registered.
type Carrier struct {
	// Dir keeps the certification authority, which is the one that issued imported
	// certificates.
	Dir string
	// Clock is how long simulated seconds take.
	Clock wire.Clock
	// Wait is how long the viewer waits. Default: as observe.World has it.
	Wait observe.Patience
}

// Carried is what happened to one request.
type Carried struct {
	observe.Observation
	// Events are what the hops tell of it, health checks left out.
	Events []wire.Event
}

// Carry serves what is registered, sends the request, and stops everything. follow
// follows redirects; the last request is then sent once more for its events, which
// may use connections of the first time: their handshakes are there too.
func (c Carrier) Carry(ctx context.Context, s *Setup, request requestpath.Request, follow bool) (out Carried, err error) {
	servers, err := served(s)
	if err != nil {
		return Carried{}, err
	}
	var log eventLog
	world, err := traffic.Serve(s.Driver.Account(), traffic.Options{Servers: servers, Clock: c.Clock, Dir: c.Dir, Sink: log.add})
	if err != nil {
		return Carried{}, fmt.Errorf("serving the resources: %w", err)
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	via := observe.World{World: world, Wait: c.Wait}
	if !follow {
		seen, err := observe.Send(ctx, via, request)
		return Carried{Observation: seen, Events: log.all()}, err
	}
	chain, err := observe.Follow(ctx, via, request, 0)
	if err != nil {
		return Carried{}, err
	}
	shaken := slices.DeleteFunc(log.all(), func(e wire.Event) bool { return e.Kind != wire.Handshake })
	log.reset()
	_, err = observe.Send(ctx, via, chain.Seen[len(chain.Seen)-1].Request)
	return Carried{Observation: chain.Outcome, Events: append(log.all(), shaken...)}, err
}

// served are the servers as the traffic wants them: both sides read the same JSON.
func served(s *Setup) (map[string]server.Server, error) {
	out := map[string]server.Server{}
	raw, err := json.Marshal(s.Servers)
	if err != nil {
		return nil, fmt.Errorf("writing the servers: %w", err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("reading the servers: %w", err)
	}
	for name := range out {
		if strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("a server without a name")
		}
	}
	return out, nil
}

// eventLog collects events.
type eventLog struct {
	lock   sync.Mutex
	events []wire.Event
}

func (l *eventLog) add(e wire.Event) {
	if isHealthCheck(e) {
		return
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	l.events = append(l.events, e)
}

func (l *eventLog) all() []wire.Event {
	l.lock.Lock()
	defer l.lock.Unlock()
	return slices.Clone(l.events)
}

func (l *eventLog) reset() {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.events = nil
}

// isHealthCheck says that a balancer's health check is behind the event, not a
// request: its Host header is the target's address with the port.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func isHealthCheck(e wire.Event) bool {
	_, err := netip.ParseAddrPort(e.Host)
	return e.Hop == wire.HopTarget && (err == nil || e.Kind == wire.Handshake)
}
